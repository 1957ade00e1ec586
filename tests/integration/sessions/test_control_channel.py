"""What a learner may say on the control channel, and what happens to nonsense."""

from __future__ import annotations

import asyncio

import pytest

from tests.integration.conftest import RunningServer
from tests.integration.scripted_learner import ScriptedLearner

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_hello_is_answered_by_welcome(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        learner.send("hello", protocol=1, client="test")
        welcome = await learner.wait_for(type="welcome")
        assert welcome["session"] == learner.id
        assert welcome["lesson"]["id"] == "short"
        assert welcome["lesson"]["duration_s"] == pytest.approx(5.0)
        assert welcome["pose_fps"] == 5


async def test_ping_is_answered_with_the_servers_times(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        learner.send("ping", t0_ms=123.5)
        pong = await learner.wait_for(type="pong")
        assert pong["t0_ms"] == 123.5
        assert pong["t1_ms"] <= pong["t2_ms"]


async def test_start_pause_resume_seek_stop(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        await learner.wait_for(type="state", state="ready")
        learner.send("start", lesson_s=1.0)
        counting = await learner.wait_for(type="state", state="counting")
        assert counting["countdown_s"] == 1
        playing = await learner.wait_for(type="state", state="playing")
        assert playing["lesson_s"] == pytest.approx(1.0, abs=0.1)
        learner.send("pause")
        paused = await learner.wait_for(type="state", state="paused")
        learner.clear_messages()
        learner.send("seek", lesson_s=3.0)
        assert (await learner.wait_for(type="state", state="paused"))["lesson_s"] == 3.0
        learner.send("resume")
        resumed = await learner.wait_for(type="state", state="playing")
        assert resumed["lesson_s"] == pytest.approx(3.0, abs=0.1)
        assert paused["lesson_s"] < 3.0
        learner.send("stop")
        ended = await learner.wait_for(type="state", state="ended")
        assert ended["reason"] == "stopped"
        assert not (await learner.wait_for(type="summary"))["complete"]
        async with asyncio.timeout(5):
            await learner.closed.wait()
    await server.wait_until_empty()


async def test_half_the_rate_takes_twice_as_long(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        await learner.wait_for(type="state", state="ready")
        learner.send("rate", rate=0.5)
        assert (await learner.wait_for(type="state", rate=0.5))["state"] == "ready"
        learner.send("start", lesson_s=4.5)
        await learner.wait_for(type="state", state="playing")
        began_s = asyncio.get_running_loop().time()
        await learner.wait_for(type="state", state="ended", reason="finished")
        assert asyncio.get_running_loop().time() - began_s == pytest.approx(1.0, abs=0.3)


async def test_a_loop_repeats_until_it_is_ended(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        await learner.wait_for(type="state", state="ready")
        learner.send("loop", from_s=3.2, to_s=4.4)
        assert (await learner.wait_for(type="state", state="ready", loop=[3.0, 4.4]))["rate"] == 1
        learner.send("start", lesson_s=3.0)
        for _ in range(2):
            learner.clear_messages()
            lap = await learner.wait_for(type="state", state="playing")
            assert lap["lesson_s"] == pytest.approx(3.0, abs=0.1)
        learner.send("loop")
        await learner.wait_for(type="state", state="ended", reason="finished")


async def test_the_lesson_ends_by_itself(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        await learner.wait_for(type="state", state="ready")
        learner.send("start", lesson_s=4.0)
        ended = await learner.wait_for(type="state", state="ended")
        assert ended["reason"] == "finished" and ended["lesson_s"] == pytest.approx(5.0)
        summary = await learner.wait_for(type="summary")
        assert summary["complete"] and summary["grade"] is None  # a camera without a person
        assert summary["coverage"] < 0.5
    await server.wait_until_empty()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "bad_message"),
        ("[1]", "bad_message"),
        ('{"type":"seek"}', "bad_message"),
        (b"\x00\x01", "bad_message"),
        ('{"type":"pause"}', "out_of_order"),
        ('{"type":"resume"}', "out_of_order"),
        ('{"type":"rate","rate":2}', "bad_message"),
        ('{"type":"loop","from_s":1,"to_s":1.5}', "bad_message"),
    ],
)
async def test_nonsense_is_answered_and_ends_nothing(
    server: RunningServer, text: str | bytes, code: str
) -> None:
    async with ScriptedLearner(server.url) as learner:
        await learner.wait_for(type="state", state="ready")
        learner.control.send(text)
        error = await learner.wait_for(type="error", code=code)
        assert error["message"]
        learner.send("unheard-of")
        learner.send("ping", t0_ms=1)
        await learner.wait_for(type="pong")


async def test_a_second_start_is_out_of_order(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        await learner.wait_for(type="state", state="ready")
        learner.send("start")
        learner.send("start")
        await learner.wait_for(type="error", code="out_of_order")
        await learner.wait_for(type="state", state="playing")


async def test_bye_frees_the_place(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        await learner.wait_for(type="state", state="ready")
        learner.send("bye")
        await server.wait_until_empty()


async def test_a_flood_of_messages_is_bounded_and_counted(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        await learner.wait_for(type="state", state="ready")
        for k in range(300):
            learner.send("ping", t0_ms=k)
        await learner.wait_for(type="pong", t0_ms=299)
        assert server.sessions.find(learner.id).describe()["state"] == "ready"
