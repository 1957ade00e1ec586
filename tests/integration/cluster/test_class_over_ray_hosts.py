"""A class on two session hosts that are processes of their own, and one of them is killed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from rtc_server.authoring.build import DEMO_VIDEO
from rtc_server.client.classes.live_film import LiveFilm
from rtc_server.client.classes.requests import ask
from rtc_server.client.classes.teacher import ClassTeacher
from rtc_server.client.options import LearnerOptions
from rtc_server.client.reconnect import ReconnectingLearner
from rtc_server.cluster.session_ids import parse_host_name
from tests.integration.attacks.server_process import ServerProcess, server_process
from tests.integration.cluster.hosts import kill_host, list_hosts, wait_for_hosts
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOGETHER_S = 0.1


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crowded(
    require_ray: None, store_with_demo: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ServerProcess]:
    """Each host has room for two: the teacher and a learner."""
    folder = tmp_path_factory.mktemp("crowded")
    settings = {"TANDEM_WORKERS": "2", "TANDEM_HISTORY": ""}
    program = ("-m", "tests.integration.cluster.crowded_server")
    async with server_process(store_with_demo, folder, settings, program=program) as running:
        await wait_for_hosts(running.url, 2)
        yield running


async def open_class(server: ServerProcess, **body: Any) -> dict[str, Any]:
    """Open one once those of the last test have gone."""
    async with asyncio.timeout(PATIENCE_S):
        while any(host["sessions"] for host in await list_hosts(server.url)):
            await asyncio.sleep(0.2)
    opened: dict[str, Any] = await ask("POST", server.url, "/api/classes", body=body)
    return opened


class Dancer:
    """A headless learner of a class, and what they were told."""

    def __init__(self, server: ServerProcess, code: str, name: str) -> None:
        options = LearnerOptions(
            *(server.url, "", "instructor"), mirror="off", learner=name, class_code=code
        )
        self.messages: list[dict[str, Any]] = []
        self._learner = ReconnectingLearner(options, self.messages.append)
        self.following = asyncio.create_task(self._learner.follow())

    def list(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == kind]

    @property
    def session(self) -> str:
        return str(self.list("welcome")[-1]["session"])

    @property
    def host(self) -> str | None:
        return parse_host_name(self.session)

    async def wait_for(self, kind: str, count: int = 1) -> None:
        await wait_until(lambda: len(self.list(kind)) >= count, 2 * PATIENCE_S)


def teach(
    server: ServerProcess, opened: dict[str, Any], film: LiveFilm | None = None
) -> ClassTeacher:
    options = LearnerOptions(
        *(server.url, "", ""), token=opened["token"], class_code=opened["code"]
    )
    return ClassTeacher(options, learners=2, film=film)


async def fetch_whole_report(server: ServerProcess, opened: dict[str, Any]) -> dict[str, Any]:
    path = f"/api/classes/{opened['code']}/report"
    report: dict[str, Any] = {"complete": False}
    async with asyncio.timeout(PATIENCE_S):
        while not report["complete"]:
            report = await ask("GET", server.url, path, opened["token"])
    return report


async def fetch_position_s(http: aiohttp.ClientSession, session: str) -> float:
    async with http.get(f"/api/sessions/{session}") as answer:
        return float((await answer.json())["lesson_s"])


async def test_a_class_with_a_lesson_on_two_hosts(crowded: ServerProcess) -> None:
    opened = await open_class(crowded, lesson="demo")
    teacher = teach(crowded, opened)
    teaching = asyncio.create_task(teacher.follow())
    ann = Dancer(crowded, opened["code"], "Ann")
    await ann.wait_for("welcome")
    bo = Dancer(crowded, opened["code"], "Bo")
    await bo.wait_for("score")
    assert ann.host != bo.host
    async with aiohttp.ClientSession(base_url=crowded.url, raise_for_status=True) as http:
        before = await fetch_position_s(http, ann.session)
        between = await fetch_position_s(http, bo.session)
        after = await fetch_position_s(http, ann.session)
    assert before - TOGETHER_S <= between <= after + TOGETHER_S
    teacher._send({"type": "cue", "text": "Well done"})
    await bo.wait_for("cue")
    await asyncio.gather(teaching, ann.following, bo.following)
    report = await fetch_whole_report(crowded, opened)
    rows = {row["name"]: row for row in report["learners"]}
    assert rows["Ann"]["complete"] and rows["Bo"]["complete"]
    assert rows["Bo"]["cues"] == 1
    for one, name in ((ann, "Ann"), (bo, "Bo")):
        for summary in one.list("summary"):  # a busy machine's learner may miss it
            assert summary["score"] == rows[name]["score"]


async def test_a_live_class_on_two_hosts(crowded: ServerProcess) -> None:
    opened = await open_class(crowded, live=True)
    teacher = teach(crowded, opened, LiveFilm(DEMO_VIDEO))
    teaching = asyncio.create_task(teacher.follow())
    ann = Dancer(crowded, opened["code"], "Ann")
    await ann.wait_for("welcome")
    bo = Dancer(crowded, opened["code"], "Bo")
    outcomes = await asyncio.gather(teaching, ann.following, bo.following)
    assert ann.host != bo.host
    assert all(one.frames > 0 for one in outcomes[1:])
    report = await fetch_whole_report(crowded, opened)
    rows = {row["name"]: row for row in report["learners"]}
    assert rows.keys() == {"Ann", "Bo"}
    assert None not in {row["score"] for row in rows.values()}  # judged on both hosts
    for one, name in ((ann, "Ann"), (bo, "Bo")):
        for summary in one.list("summary"):
            assert summary["score"] == rows[name]["score"]


async def test_a_host_of_learners_is_killed_and_the_class_goes_on(crowded: ServerProcess) -> None:
    opened = await open_class(crowded, lesson="demo")
    teacher = teach(crowded, opened)
    teaching = asyncio.create_task(teacher.follow())
    ann = Dancer(crowded, opened["code"], "Ann")
    await ann.wait_for("welcome")
    bo = Dancer(crowded, opened["code"], "Bo")
    await bo.wait_for("welcome")
    teacher._send({"type": "loop", "from_s": 0.0, "to_s": 20.0})
    await bo.wait_for("score", 20)
    killed = bo.host
    assert killed is not None and killed != ann.host
    await kill_host(crowded.url, killed)
    await bo.wait_for("welcome", 2)
    assert bo.host != killed
    assert bo.list("welcome")[1]["resumed"]["samples"] > 0
    teacher.stop()
    await asyncio.gather(teaching, ann.following, bo.following)
    report = await fetch_whole_report(crowded, opened)
    assert sorted(row["name"] for row in report["learners"]) == ["Ann", "Bo"]
    await wait_for_hosts(crowded.url, 2)
