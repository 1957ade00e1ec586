"""The server answers as its OpenAPI document says: schemathesis asks every route, also wrongly."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS as ALL_CHECKS
from schemathesis.checks import load_all_checks
from schemathesis.generation import GenerationMode

from rtc_server.config import Config
from rtc_server.errors import PreparationFailed
from rtc_server.http.app_keys import HISTORY
from rtc_server.http.openapi.document import build_document
from rtc_server.http.requests.parameters import JOB_ID
from rtc_server.http.sessions import SDP
from rtc_server.lessons.store import Lesson
from rtc_server.uploads import service as uploads
from rtc_server.webrtc import trickle
from tests.integration.conftest import RunningServer, serving
from tests.integration.http_checks import build_offer
from tests.integration.scripted_learner import ScriptedLearner
from tests.unit.rtc_server.sample_results import make_result

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # It is the server that uses it, in another thread.
    pytest.mark.filterwarnings("ignore:Do not use the .random. module inside strategies"),
]
EXAMPLES = 12  # of each route and kind
SHORT = {"path_parameters": {"id": "short"}}
PIA = {"path_parameters": {"name": "Pia"}}
VIDEO = {"body": b"a video", "media_type": "application/octet-stream"}
RESULT = make_result(2, "Pia", lesson="short")
FULL = (503, 507)  # a server may be full or stopping; both are described
load_all_checks()
NO_CRASH, NEGATIVE, *CHECKS = ALL_CHECKS.get_by_names(
    [
        "not_a_server_error",
        "negative_data_rejection",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "status_code_conformance",
    ]
)
# Both are text; schemathesis knows only the usual media types.
schemathesis.serializer.alias([SDP, trickle.CONTENT_TYPE], "text/plain")
SCHEMA = schemathesis.openapi.from_dict(build_document())
OPERATIONS = {
    operation.label: operation
    for operation in (result.ok() for result in SCHEMA.get_all_operations())
}


CHECKED_WORDS = {"pattern", "enum", "minimum", "maxLength"}
# Nothing about a request can be wrong where any text is an id, and there is no body.
REFUSING = [
    label
    for label, operation in OPERATIONS.items()
    if "requestBody" in operation.definition.raw
    or any(CHECKED_WORDS & set(p["schema"]) for p in operation.definition.raw["parameters"])
]


async def _refuse_video(*_: Any) -> None:
    raise PreparationFailed("these tests make no lessons")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(
    configured: Callable[..., Config],
    short_lesson: Lesson,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[RunningServer]:
    """A server with a lesson that may be changed and with results."""
    folder = tmp_path_factory.mktemp("described")
    shutil.copytree(short_lesson.folder, folder / "lessons" / "short")
    config = configured(
        lessons=folder / "lessons", history=str(folder / "history.sqlite3"), max_sessions=2
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads, "run_worker", _refuse_video)
        async with serving(config) as running:
            for result in (make_result(1, "Pia", lesson="short"), RESULT):
                await running.app[HISTORY].save(result)
            yield running


def ask(
    server: RunningServer, label: str, *, wrong: bool = False, **known: Mapping[str, Any]
) -> set[int]:
    """Send generated requests and check the answers.

    :param wrong: whether each request is wrong in some way, and has to be refused.
    :param known: parameters or a body that are not generated.
    """
    statuses = set()
    mode = GenerationMode.NEGATIVE if wrong else GenerationMode.POSITIVE

    @settings(
        max_examples=1 if known else EXAMPLES,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(OPERATIONS[label].as_strategy(mode, **known))
    def send(case: schemathesis.Case) -> None:
        response = case.call(base_url=server.url)
        statuses.add(response.status_code)
        checks = [*CHECKS, NEGATIVE] if wrong else [*CHECKS]
        if response.status_code not in FULL:
            checks.append(NO_CRASH)
        case.validate_response(response, checks=checks)

    try:
        send()
    except (AssertionError, ExceptionGroup) as error:
        # pytest would need minutes to write the source of each function that was on the way.
        pytest.fail(f"{label}: {error}", pytrace=False)
    return statuses


@pytest.mark.parametrize(
    ("label", "known", "status"),
    [
        ("GET /api/lessons/{id}", SHORT, 200),
        ("GET /api/lessons/{id}/video", SHORT | {"headers": {}}, 200),
        ("GET /api/lessons/{id}/video", SHORT | {"headers": {"Range": "bytes=0-9"}}, 206),
        ("GET /api/lessons/{id}/video", SHORT | {"headers": {"Range": "bytes=999999999-"}}, 416),
        ("GET /api/lessons/{id}/poses.json", SHORT, 200),
        ("GET /api/lessons/{id}/poses.csv", SHORT, 200),
        ("GET /api/lessons/{id}/thumbnail.jpg", SHORT | {"headers": {}}, 200),
        ("GET /api/lessons/{id}/thumbnails.jpg", SHORT, 200),
        ("GET /api/lessons/{id}/leaderboard", SHORT, 200),
        ("PATCH /api/lessons/{id}", SHORT | {"body": {"title": "Kurz"}}, 200),
        ("GET /api/history", {"query": {"learner": "Pia", "limit": 1}}, 200),
        ("GET /api/history/{id}", {"path_parameters": {"id": RESULT.attempt}}, 200),
        ("GET /api/sessions/{id}/report", {"path_parameters": {"id": RESULT.session}}, 200),
        ("GET /api/learners/{name}/export", PIA | {"query": {"format": "json"}}, 200),
        ("GET /api/learners/{name}/export", PIA | {"query": {"format": "csv"}}, 200),
        ("DELETE /api/learners/{name}", PIA, 204),
    ],
)
async def test_what_is_there_is_as_described(
    server: RunningServer, label: str, known: dict[str, Any], status: int
) -> None:
    assert await asyncio.to_thread(ask, server, label, **known) == {status}


async def test_a_session_is_as_described(server: RunningServer) -> None:
    body = {"type": "offer", "lesson": "short", "sdp": await build_offer()}
    offer = {"body": body, "media_type": "application/json", "query": {}}
    assert await asyncio.to_thread(ask, server, "POST /offer", **offer) == {201}
    candidates = {"body": "a=end-of-candidates\r\n", "media_type": trickle.CONTENT_TYPE}
    async with ScriptedLearner(server.url) as learner:
        for label, status, known in (
            ("GET /api/sessions/{id}", 200, {}),
            ("GET /api/sessions/{id}/report", 200, {}),
            ("PATCH /api/sessions/{id}", 204, candidates | {"headers": {}}),
            ("PATCH /api/sessions/{id}", 412, candidates | {"headers": {"If-Match": '"x"'}}),
            ("POST /api/sessions/{id}/close", 204, {}),
        ):
            known = known | {"path_parameters": {"id": learner.id}}
            assert await asyncio.to_thread(ask, server, label, **known) == {status}


async def test_a_job_is_as_described(server: RunningServer) -> None:
    job = {"path_parameters": {"id": JOB_ID.example}}
    for label, status, known in (
        ("POST /api/lessons", 202, {"query": {"title": "New", "job": JOB_ID.example}, **VIDEO}),
        ("POST /api/lessons", 409, {"query": {"title": "New", "job": JOB_ID.example}, **VIDEO}),
        ("GET /api/jobs/{id}", 200, job),
        ("DELETE /api/jobs/{id}", 204, job),
    ):
        assert await asyncio.to_thread(ask, server, label, **known) == {status}
    # One that had not ended was cancelled, and can be asked for; it is forgotten the second time.
    await asyncio.to_thread(ask, server, "DELETE /api/jobs/{id}", **job)
    assert await asyncio.to_thread(ask, server, "GET /api/jobs/{id}", **job) == {404}


@pytest.mark.parametrize("label", OPERATIONS)
async def test_any_request_is_answered_as_described(server: RunningServer, label: str) -> None:
    await asyncio.to_thread(ask, server, label)


@pytest.mark.parametrize("label", REFUSING)
async def test_a_wrong_request_is_refused_as_described(server: RunningServer, label: str) -> None:
    await asyncio.to_thread(ask, server, label, wrong=True)
