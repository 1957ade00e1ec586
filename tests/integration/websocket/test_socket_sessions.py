"""Sessions without WebRTC: the same lesson, the same messages, the same places."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import NothingToResume
from rtc_server.client.reconnect import ReconnectingLearner
from rtc_server.client.socket_learner import SocketLearner
from rtc_server.errors import SessionFailed
from tests.integration.conftest import RunningServer
from tests.integration.http_checks import check_problem
from tests.integration.websocket.raw_learner import RawLearner
from tests.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")

LESSON_S, POSE_FPS = 5, 5


async def test_an_echo_follows_to_a_clean_end_with_a_good_score(server: RunningServer) -> None:
    """And sees the pictures that the server has drawn on."""
    options = LearnerOptions(
        *(server.url, "short", "instructor"), mirror="off", annotated=True, transport="websocket"
    )
    outcome = await ReconnectingLearner(options).follow()
    report = outcome.report()
    assert (report["ended"], report["reason"], report["errors"]) == ("clean", "finished", [])
    assert report["summary"]["complete"] and report["summary"]["shape"] >= 90
    samples = report["summary"]["samples"] + report["summary"]["dropped"]
    assert samples >= 0.9 * LESSON_S * POSE_FPS
    scored = [score for score in report["scores"] if score["score"] is not None]
    assert {(score["sync"], score["capture"]) for score in scored} == {("measured", "client")}
    assert report["stats"]["annotated_frames"] > 0 and report["stats"]["instructor_frames"] > 0
    await server.wait_until_empty()


async def test_commands_and_the_end_are_as_over_webrtc(server: RunningServer) -> None:
    async with RawLearner(server.url) as learner:
        await learner.send("hello", protocol=1, client="test")
        welcome = await learner.wait_for(type="welcome")
        session = server.sessions.find(welcome["session"])
        await learner.send("rate", rate=0.5)
        await learner.send("start", lesson_s=1)
        await learner.wait_for(type="state", state="counting", rate=0.5)
        await learner.wait_for(type="state", state="playing")
        for command, state in (
            ({"type": "pause"}, "paused"),
            ({"type": "seek", "lesson_s": 2}, "paused"),
            ({"type": "loop", "from_s": 1, "to_s": 3}, "paused"),
            ({"type": "resume"}, "playing"),
        ):
            await learner.send(**command)
            await learner.wait_for(type="state", state=state)
        assert session.describe()["loop"] == (1, 3)
        await learner.send("resume")
        await learner.wait_for(type="error", code="out_of_order")
        await learner.socket.send_str("no message of ours")
        await learner.wait_for(type="error", code="bad_message")
        await learner.send("bye")
        assert await learner.wait_until_closed() == 1000
        assert learner.close_reason == "left"
        last = [message["type"] for message in learner.messages if message["type"] != "score"]
        assert last[-2:] == ["state", "summary"]
    await server.wait_until_empty()


async def test_a_session_that_broke_off_goes_on(server: RunningServer) -> None:
    async with RawLearner(server.url, learner="Ann") as learner:
        await learner.send("hello", protocol=1, client="test")
        first = (await learner.wait_for(type="welcome"))["session"]
        await learner.send("seek", lesson_s=3)
        await learner.wait_for(type="state", lesson_s=3)
    await server.wait_until_empty()
    async with RawLearner(server.url, resume=first) as learner:
        await learner.send("hello", protocol=1, client="test")
        welcome = await learner.wait_for(type="welcome")
        assert welcome["resumed"] == {"lesson_s": 3.0, "samples": 0}
        assert server.sessions.find(welcome["session"]).learner == "Ann"
        async with RawLearner(server.url, resume=first) as another:
            await another.send("hello", protocol=1, client="test")
            await another.wait_for(type="welcome")
            assert await learner.wait_until_closed() == 4001  # replaced
    await server.wait_until_empty()


@pytest.mark.parametrize(
    ("query", "close_code", "code", "status"),
    [
        ({"lesson": "none-such"}, 1008, "unknown_lesson", 404),
        ({"resume": "no session"}, 1008, "unknown_session", 404),
        ({"mirror": "sideways"}, 1008, "bad_message", 400),
        ({"learner": "\u202e"}, 1008, "bad_learner", 400),
    ],
)
async def test_a_refusal_is_a_message_and_a_close_code(
    server: RunningServer, query: dict[str, str], close_code: int, code: str, status: int
) -> None:
    """Pages cannot read what the answer to a handshake says."""
    async with RawLearner(server.url, **query) as learner:
        refusal = await learner.wait_for(type="error")
        assert (refusal["code"], refusal["status"]) == (code, status)
        assert await learner.wait_until_closed() == close_code
        assert learner.close_reason.startswith(f"{code}: ")
    await server.wait_until_empty()


async def test_places_are_shared_with_everybody_else(server: RunningServer) -> None:
    learners = [RawLearner(server.url) for _ in range(3)]
    for learner in learners:
        await learner.__aenter__()
        await learner.send("hello", protocol=1, client="test")
        await learner.wait_for(type="welcome")
    async with RawLearner(server.url) as one_too_many:
        refusal = await one_too_many.wait_for(type="error")
        assert (refusal["code"], refusal["status"]) == ("server_full", 503)
        assert refusal["retry_after_s"] > 0
        assert await one_too_many.wait_until_closed() == 1013
    options = LearnerOptions(server.url, "short", "instructor", transport="websocket")
    with pytest.raises(SessionFailed, match="all 3 places are taken"):
        await SocketLearner(options).follow()
    for learner in learners:
        await learner.__aexit__(None, None, None)
    await server.wait_until_empty()


async def test_who_cannot_be_resumed_hears_it(server: RunningServer) -> None:
    options = LearnerOptions(server.url, "short", "instructor", transport="websocket")
    previous = SocketLearner(options)
    previous.session = "gone"
    with pytest.raises(NothingToResume):
        await SocketLearner(options, previous=previous).follow()


async def test_pages_of_other_sites_open_none(server: RunningServer) -> None:
    address = f"{server.url}/api/sessions/ws?lesson=short"
    foreign = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    async with aiohttp.ClientSession() as http:
        for headers in (foreign, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(address, headers=headers)
            assert refused.value.status == 403
        async with http.ws_connect(address, headers={"Origin": server.url}) as socket:
            await socket.send_str('{"type": "bye"}')
        async with http.get(address) as response:
            await check_problem(response, 426)
            assert response.headers["Upgrade"] == "websocket"
    await server.wait_until_empty()


async def test_a_camera_that_shows_nothing_readable_is_named(server: RunningServer) -> None:
    async with RawLearner(server.url) as learner:
        hearing = asyncio.create_task(learner.wait_for(type="error", code="no_camera"))
        damaged = b"\xff\xd8 but nothing of a picture follows"
        while not hearing.done():
            await learner.send_picture(damaged)
            await asyncio.sleep(0.2)
        assert "expected a JPEG marker" in hearing.result()["message"]
        (session,) = server.sessions
        assert session.describe()["webcam_frames_refused"] > 0
    await server.wait_until_empty()


async def test_a_server_that_stops_says_so_first(server: RunningServer) -> None:
    """aiohttp would cancel the handlers of WebSockets before sessions are ended."""
    async with RawLearner(server.url) as learner:
        await learner.send("hello", protocol=1, client="test")
        await learner.wait_for(type="welcome")
        closing = asyncio.create_task(server.sessions.drain("server stopping"))
        assert await learner.wait_until_closed() == 1001
        assert [message["type"] for message in learner.messages[-2:]] == ["state", "summary"]
        await closing
    await wait_until(lambda: not len(server.sessions))
