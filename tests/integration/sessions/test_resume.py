"""A learner whose connection broke off goes on where they were, with the score so far."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from rtc_server.config import Config
from rtc_server.session.session import Session
from tests.integration.conftest import RunningServer, serving
from tests.integration.http_checks import build_offer, check_problem
from tests.integration.scripted_learner import Message, ScriptedLearner, is_score
from tests.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")

LESSON = "demo"  # 24 s long: it does not end before enough is scored, on a slow machine either
LESSON_S = 24.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(
    configured: Callable[..., Config], store_with_demo: Path
) -> AsyncIterator[RunningServer]:
    """With two lessons, and patience for those who vanish."""
    config = configured(lessons=store_with_demo, max_sessions=3, silence_timeout_s=30)
    async with serving(config, empty_room=True) as running:
        yield running


def connect(server: RunningServer, **offer: Any) -> ScriptedLearner:
    return ScriptedLearner(server.url, LESSON, **offer)


async def play(
    server: RunningServer, learner: ScriptedLearner, samples: int = 2, from_s: float = 1.0
) -> Session:
    """Play until so many samples are scored and the learner got one of the scores."""
    await learner.wait_for(type="state", state="ready")
    learner.send("start", lesson_s=from_s)
    session = server.sessions.find(learner.id)
    await wait_until(lambda: session.attempt.samples >= samples)
    await learner.wait_for_score()
    return session


def check_position(lesson_s: float, samples: int, messages: list[Message]) -> None:
    """It is where the last of so many samples was scored, of which the scores are here, but for
    those on their way when the connection broke off."""
    places_s = [message["lesson_s"] for message in filter(is_score, messages)]
    if len(places_s) == samples:
        assert lesson_s == pytest.approx(places_s[-1], abs=0.001)
    else:
        assert len(places_s) < samples and lesson_s > places_s[-1]


async def get(http: aiohttp.ClientSession, path: str) -> dict[str, Any]:
    response = await http.get(path)
    assert response.status == 200
    body: dict[str, Any] = await response.json()
    return body


async def test_a_learner_who_was_cut_off_goes_on_with_the_score_so_far(
    server: RunningServer, http: aiohttp.ClientSession
) -> None:
    async with connect(server, mirror="on") as first:
        await play(server, first)
    await server.wait_until_empty()
    before = await get(http, f"/api/sessions/{first.id}/report")

    async with connect(server, resume=first.id, mirror="auto") as second:
        second.send("hello", protocol=1, client="test")
        resumed = (await second.wait_for(type="welcome"))["resumed"]
        assert resumed["samples"] == before["samples"] >= 2
        check_position(resumed["lesson_s"], resumed["samples"], first.messages)
        second.send("start")
        playing = await second.wait_for(type="state", state="playing")
        assert playing["lesson_s"] == pytest.approx(resumed["lesson_s"], abs=0.1)
        await second.wait_for_score()
        second.send("seek", lesson_s=LESSON_S - 0.5)
        ended = await second.wait_for(type="state", state="ended")
        summary = await second.wait_for(type="summary")
    assert ended["reason"] == "finished" and summary["complete"]
    assert summary["mirror"] == "on"  # as the first part was judged
    # Both parts: from the first's beginning to the lesson's end.
    scored = len(list(filter(is_score, second.messages)))
    assert summary["samples"] >= before["samples"] + scored > before["samples"]
    assert summary["timeline"] == [] or summary["timeline"][0][0] < resumed["lesson_s"]
    assert await get(http, f"/api/sessions/{first.id}/report") == before
    assert (await get(http, f"/api/sessions/{second.id}/report"))["samples"] == summary["samples"]


async def test_who_comes_back_early_replaces_the_connection_that_hangs(
    server: RunningServer, http: aiohttp.ClientSession
) -> None:
    async with connect(server) as first:
        session = await play(server, first)
        first.go_silent()
        samples = session.attempt.samples
        async with connect(server, resume=first.id) as second:
            assert session.end_reason == "replaced"
            assert len(server.sessions) == 1
            assert server.sessions.find(second.id).attempt is session.attempt
            assert (await get(http, f"/api/sessions/{second.id}"))["samples"] >= samples
            second.send("bye")
            await server.wait_until_empty()
        await check_problem(await http.get(f"/api/sessions/{first.id}"), 404)


async def test_a_client_that_missed_the_answer_may_name_the_first_session_again(
    server: RunningServer,
) -> None:
    async with connect(server) as first:
        session = await play(server, first)
    await server.wait_until_empty()
    missed = connect(server, resume=first.id)
    async with missed, connect(server, resume=first.id) as third:
        assert server.sessions.find(third.id).attempt is session.attempt
        assert len(server.sessions) == 1
        third.send("bye")
        await server.wait_until_empty()


async def test_rate_loop_and_name_go_on(server: RunningServer) -> None:
    async with connect(server, learner="Ann") as first:
        await first.wait_for(type="state", state="ready")
        first.send("rate", rate=0.5)
        first.send("loop", from_s=2.0, to_s=4.0)
        first.send("seek", lesson_s=3.0)
        await first.wait_for(type="state", lesson_s=3.0, rate=0.5)
    async with connect(server, resume=first.id) as second:
        state = await second.wait_for(type="state", state="ready")
        assert (state["lesson_s"], state["rate"], state["loop"]) == (3.0, 0.5, [2.0, 4.0])
        assert server.sessions.find(second.id).learner == "Ann"
        second.send("bye")
    await server.wait_until_empty()


@pytest.mark.parametrize("way", ["bye", "stop", "delete"])
async def test_an_end_that_was_meant_cannot_be_gone_on_with(
    server: RunningServer, http: aiohttp.ClientSession, way: str
) -> None:
    async with connect(server) as learner:
        await learner.wait_for(type="state", state="ready")
        if way == "delete":
            assert (await http.delete(f"/api/sessions/{learner.id}")).status == 204
        else:
            learner.send(way)
        await server.wait_until_empty()
    body = {"type": "offer", "lesson": LESSON, "sdp": await build_offer(), "resume": learner.id}
    told = await check_problem(await http.post("/api/sessions", json=body), 404)
    assert told["code"] == "unknown_session" and "broke off" in told["detail"]


async def test_a_page_that_was_closed_by_beacon_may_come_back(
    server: RunningServer, http: aiohttp.ClientSession
) -> None:
    async with connect(server) as learner:
        session = await play(server, learner)
        assert (await http.post(f"/api/sessions/{learner.id}/close")).status == 204
    async with connect(server, resume=learner.id) as back:
        assert server.sessions.find(back.id).attempt is session.attempt
        back.send("bye")
        await server.wait_until_empty()


async def test_an_offer_that_fails_loses_nothing(
    server: RunningServer, http: aiohttp.ClientSession
) -> None:
    async with connect(server) as learner:
        session = await play(server, learner)
    await server.wait_until_empty()
    body = {"type": "offer", "lesson": LESSON, "resume": learner.id}
    await check_problem(await http.post("/offer", json={**body, "sdp": "nonsense"}), 400)
    await check_problem(
        await http.post("/offer", json={**body, "sdp": await build_offer(channel=False)}), 422
    )
    async with connect(server, resume=learner.id) as back:
        assert server.sessions.find(back.id).attempt is session.attempt
        back.send("bye")
        await server.wait_until_empty()


async def test_another_lesson_is_refused_and_nothing_ended(
    server: RunningServer, http: aiohttp.ClientSession
) -> None:
    async with connect(server) as learner:
        await learner.wait_for(type="state", state="ready")
        body = {
            "type": "offer",
            "lesson": "short",
            "sdp": await build_offer(),
            "resume": learner.id,
        }
        told = await check_problem(await http.post("/offer", json=body), 422)
        assert told["code"] == "other_lesson" and "expected lesson 'demo'" in told["detail"]
        assert server.sessions.find(learner.id).describe()["state"] == "ready"
        learner.send("bye")
    await server.wait_until_empty()


async def test_resume_must_be_text(http: aiohttp.ClientSession) -> None:
    body = {"type": "offer", "lesson": LESSON, "sdp": await build_offer(), "resume": 7}
    told = await check_problem(await http.post("/offer", json=body), 400)
    assert told["detail"] == "resume: expected the id of a session, got 7"


async def test_whip_resumes_by_its_address(
    server: RunningServer, http: aiohttp.ClientSession
) -> None:
    async with connect(server) as learner:
        session = await play(server, learner)
    await server.wait_until_empty()
    response = await http.post(
        f"/api/sessions?lesson={LESSON}&resume={learner.id}",
        data=await build_offer(),
        headers={"Content-Type": "application/sdp"},
    )
    assert response.status == 201
    back = server.sessions.find(response.headers["Location"].rsplit("/", 1)[1])
    assert back.attempt is session.attempt
    assert (await http.delete(response.headers["Location"])).status == 204


async def test_a_lesson_that_ended_unheard_can_be_gone_on_with(server: RunningServer) -> None:
    async with connect(server) as learner:
        session = await play(server, learner)
        learner.send("seek", lesson_s=LESSON_S - 1)
        await learner.wait_for(type="state", state="playing", lesson_s=LESSON_S - 1)
        learner.go_silent()
        await server.wait_until_empty()
        assert session.end_reason == "finished"
    async with connect(server, resume=learner.id) as back:
        back.send("hello", protocol=1, client="test")
        resumed = (await back.wait_for(type="welcome"))["resumed"]
        assert LESSON_S - 1 <= resumed["lesson_s"] <= LESSON_S
        back.send("start")
        assert (await back.wait_for(type="summary"))["complete"]
    await server.wait_until_empty()


async def test_while_nothing_is_heard_the_lesson_stands_still_and_then_goes_on(
    server: RunningServer,
) -> None:
    async with connect(server) as learner:
        session = await play(server, learner, samples=2, from_s=0.0)
        dropped = session.attempt.dropped
        learner.go_silent()
        paused = await learner.wait_for(type="state", state="paused")
        assert paused["reason"] == "connection"
        samples = session.attempt.samples
        check_position(paused["lesson_s"], samples, learner.messages)
        assert session.attempt.dropped - dropped < 10  # 15 samples would have been due in silence
        await asyncio.sleep(0.5)
        assert session.describe()["lesson_s"] == paused["lesson_s"]
        assert session.attempt.samples == samples
        learner.clear_messages()
        learner.send_again()
        playing = await learner.wait_for(type="state", state="playing")
        assert playing["lesson_s"] == pytest.approx(paused["lesson_s"], abs=0.1)
        learner.send("seek", lesson_s=LESSON_S - 0.5)
        assert (await learner.wait_for(type="summary"))["complete"]
        assert not [m for m in learner.messages if m["type"] == "error"]
    await server.wait_until_empty()
