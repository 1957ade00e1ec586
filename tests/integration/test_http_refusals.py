"""What routes say when they are used wrongly, and offers first of all."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from tests.integration.conftest import RunningServer
from tests.integration.http_checks import build_offer, check_problem
from tests.integration.scripted_learner import ScriptedLearner

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("path", ["/api/lessons/none", "/api/lessons/None..", "/api/sessions/0"])
async def test_what_is_not_there_is_404(http: aiohttp.ClientSession, path: str) -> None:
    await check_problem(await http.get(path), 404)


async def test_a_wrong_method_is_405_and_names_the_right_one(http: aiohttp.ClientSession) -> None:
    response = await http.get("/offer")
    await check_problem(response, 405)
    assert response.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("{", "got no JSON"),
        ("[]", "expected a JSON object, got list"),
        ('{"type":"offer","lesson":"short"}', "sdp: expected text, got None"),
        ('{"type":"offer","sdp":"v=0"}', "lesson: expected text, got None"),
        ('{"type":"answer","sdp":"v=0","lesson":"short"}', 'type: expected "offer"'),
        ('{"type":"offer","sdp":"v=0","lesson":"short","mirror":1}', "mirror: expected one of"),
        ('{"type":"offer","sdp":"nonsense","lesson":"short"}', "SDP"),
    ],
)
async def test_a_bad_offer_is_400_and_says_what_was_expected(
    http: aiohttp.ClientSession, body: str, detail: str
) -> None:
    response = await http.post("/offer", data=body, headers={"Content-Type": "application/json"})
    assert detail in (await check_problem(response, 400))["detail"]


@pytest.mark.parametrize(
    ("left_out", "detail"),
    [
        ({"video": None}, "that sends the webcam"),
        ({"video": "recvonly"}, "that sends the webcam"),
        ({"video": "sendonly"}, "can receive the instructor"),
        ({"channel": False}, "data channels"),
    ],
)
async def test_an_offer_that_lacks_something_is_422(
    server: RunningServer, http: aiohttp.ClientSession, left_out: dict[str, Any], detail: str
) -> None:
    body = {"type": "offer", "lesson": "short", "sdp": await build_offer(**left_out)}
    assert detail in (await check_problem(await http.post("/offer", json=body), 422))["detail"]
    assert len(server.sessions) == 0


async def test_an_unknown_lesson_is_404(http: aiohttp.ClientSession) -> None:
    body = {"type": "offer", "lesson": "tango", "sdp": await build_offer()}
    assert "'tango'" in (await check_problem(await http.post("/offer", json=body), 404))["detail"]


async def test_a_large_body_is_413(http: aiohttp.ClientSession) -> None:
    body = json.dumps({"type": "offer", "lesson": "short", "sdp": "x" * 4_000_000})
    headers = {"Content-Type": "application/json"}
    answer = await http.post("/offer", data=body, headers=headers)
    await check_problem(answer, 413)
    assert answer.headers["Connection"] == "close"  # the body was not read


async def test_another_content_type_is_415(http: aiohttp.ClientSession) -> None:
    await check_problem(
        await http.post("/offer", data=b"v=0", headers={"Content-Type": "text/x"}), 415
    )


async def test_whip_takes_sdp_and_gives_sdp(
    server: RunningServer, http: aiohttp.ClientSession
) -> None:
    response = await http.post(
        "/api/sessions?lesson=short",
        data=await build_offer(),
        headers={"Content-Type": "application/sdp"},
    )
    assert response.status == 201 and response.content_type == "application/sdp"
    assert (await response.text()).startswith("v=0")
    place = response.headers["Location"]
    assert (await (await http.get(place)).json())["state"] == "ready"
    assert (await http.delete(place)).status == 204
    await check_problem(await http.delete(place), 404)
    await server.wait_until_empty()


async def test_whip_without_a_lesson_is_400(http: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/sdp"}
    response = await http.post("/api/sessions", data=await build_offer(), headers=headers)
    assert "?lesson=ID" in (await check_problem(response, 400))["detail"]


async def test_a_beacon_closes(server: RunningServer, http: aiohttp.ClientSession) -> None:
    async with ScriptedLearner(server.url) as learner:
        assert (await http.post(f"/api/sessions/{learner.id}/close")).status == 204
        assert (await learner.wait_for(type="state", state="ended"))["reason"] == "closed"
    await server.wait_until_empty()


async def test_the_server_is_full_at_its_limit_and_free_again_after(
    server: RunningServer, http: aiohttp.ClientSession
) -> None:
    async with (
        ScriptedLearner(server.url),
        ScriptedLearner(server.url),
        ScriptedLearner(server.url) as last,
    ):
        body = {"type": "offer", "lesson": "short", "sdp": await build_offer()}
        response = await http.post("/offer", json=body)
        assert "3 places are taken" in (await check_problem(response, 503))["detail"]
        assert int(response.headers["Retry-After"]) > 0
        assert (await http.delete(f"/api/sessions/{last.id}")).status == 204
        async with ScriptedLearner(server.url):
            pass
    await server.wait_until_empty()
