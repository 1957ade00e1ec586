"""The messages that a learner may send on the control channel, and how nonsense is answered."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import pytest

from rtc_server.session.session import Session
from rtc_server.webrtc.peer import MAX_QUEUED_MESSAGES
from tests.integration.conftest import RunningServer
from tests.integration.scripted_learner import ScriptedLearner
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Reading(NamedTuple):
    """Where a session is in its lesson, and between which times that was."""

    from_s: float
    lesson_s: float
    to_s: float


def now_s() -> float:
    return asyncio.get_running_loop().time()


def read_position(session: Session) -> Reading:
    """The server runs in this process, on this clock: a busy machine widens the interval only."""
    from_s = now_s()
    return Reading(from_s, session._player.position_s, now_s())


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
        async with asyncio.timeout(PATIENCE_S):
            await learner.closed.wait()
    await server.wait_until_empty()


async def test_half_the_rate_takes_twice_as_long(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        await learner.wait_for(type="state", state="ready")
        learner.send("rate", rate=0.5)
        assert (await learner.wait_for(type="state", rate=0.5))["state"] == "ready"
        learner.send("start", lesson_s=4.5)
        await learner.wait_for(type="state", state="playing")
        session = server.sessions.find(learner.id)
        earlier = read_position(session)
        await asyncio.sleep(0.4)
        later = read_position(session)
        moved_s = later.lesson_s - earlier.lesson_s
        assert 0.5 * (later.from_s - earlier.to_s) - 0.001 <= moved_s
        assert moved_s <= 0.5 * (later.to_s - earlier.from_s) + 0.001
        await learner.wait_for(type="state", state="ended", reason="finished")
        assert now_s() - earlier.from_s >= (5.0 - earlier.lesson_s) / 0.5 - 0.001


async def test_a_loop_repeats_until_it_is_ended(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        await learner.wait_for(type="state", state="ready")
        learner.send("loop", from_s=3.2, to_s=4.4)
        assert (await learner.wait_for(type="state", state="ready", loop=[3.0, 4.4]))["rate"] == 1
        learner.send("start", lesson_s=3.0)
        first = await learner.wait_for(type="state", state="playing")
        assert first["lesson_s"] == pytest.approx(3.0, abs=0.1)
        session = server.sessions.find(learner.id)
        before = read_position(session)
        learner.clear_messages()
        again = await learner.wait_for(type="state", state="playing")
        assert 3.0 <= again["lesson_s"] < 4.4
        after = read_position(session)
        # However late the jump was made, no time of the lesson is lost by it.
        laps_s = [after.lesson_s - before.lesson_s + 1.4 * laps for laps in range(1, 50)]
        least_s, most_s = after.from_s - before.to_s, after.to_s - before.from_s
        assert any(least_s - 0.001 <= passed_s <= most_s + 0.001 for passed_s in laps_s)
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
    """While the server is busy only the newest messages wait; the others are counted as lost."""
    async with ScriptedLearner(server.url) as learner:
        await learner.wait_for(type="state", state="ready")
        session = server.sessions.find(learner.id)
        free = asyncio.Event()
        read = session._peer.next_message

        async def read_when_free() -> str | bytes:
            await free.wait()
            return await read()

        session._peer.next_message = read_when_free  # type: ignore[method-assign]
        for k in range(300):
            learner.send("ping", t0_ms=k)
        lost = 300 - 1 - MAX_QUEUED_MESSAGES  # one was awaited already
        await wait_until(lambda: session.describe()["messages_lost"] == lost)
        free.set()
        await learner.wait_for(type="pong", t0_ms=299)
        answered = [message["t0_ms"] for message in learner.messages if message["type"] == "pong"]
        assert answered[1:] == list(range(300 - MAX_QUEUED_MESSAGES, 300))
        assert session.describe()["messages_lost"] == lost
        assert session.describe()["state"] == "ready"
