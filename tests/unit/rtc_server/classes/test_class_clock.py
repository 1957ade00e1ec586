"""One clock: what the teacher asks for happens to everybody at once, by the server's clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from rtc_server.classes.class_clock import ClassClock
from rtc_server.classes.followed_playback import FollowedPlayback
from rtc_server.errors import BadMessage, OutOfOrder
from rtc_server.protocol.client_messages import (
    Pause,
    PlaybackCommand,
    Resume,
    Seek,
    SetLoop,
    SetRate,
    Start,
    Stop,
)
from rtc_server.sync.player import Player
from tests.unit.rtc_server.classes.people import Clock

DURATION_S = 20.0


class FakePeer:
    """A session's connection."""

    def __init__(self) -> None:
        self.channels_open = asyncio.Event()
        self.channels_open.set()
        self.states: list[Any] = []

    def send_control(self, message: Any) -> None:
        self.states.append(message)


class Screen:
    """What a session knows of the learner's screen."""

    def __init__(self) -> None:
        self.ended_runs: list[float] = []

    def end_run(self, _: int, lesson_s: float, *, last_frame_stays: bool) -> None:  # noqa: ARG002
        self.ended_runs.append(lesson_s)


class Follower:
    """One session of the class."""

    def __init__(self, leader: ClassClock, now: Callable[[], float]) -> None:
        self.peer, self.screen, self.opened = FakePeer(), Screen(), 0
        self.player = Player(DURATION_S, now)
        self.playback = FollowedPlayback(self.player, self.screen, self.peer, leader, self._open)

    def _open(self) -> None:
        self.opened += 1
        self.playback.let_in()

    @property
    def said(self) -> list[str]:
        return [message["state"] for message in self.peer.states]


async def settle() -> None:
    """Let every task that can go on do so."""
    for _ in range(10):
        await asyncio.sleep(0)


@asynccontextmanager
async def playing(
    count: int, *, is_live: bool = False
) -> AsyncIterator[tuple[Clock, ClassClock, list[Follower]]]:
    now = Clock()
    leader = ClassClock(DURATION_S, 0, now, is_live=is_live)
    followers = [Follower(leader, now) for _ in range(count)]
    runs: list[Awaitable[object]] = [leader.run(), *(f.playback.run() for f in followers)]
    tasks = [asyncio.ensure_future(run) for run in runs]
    await settle()
    yield now, leader, followers
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def command(leader: ClassClock, one: PlaybackCommand) -> None:
    leader.handle(one)
    await settle()


async def test_all_are_at_one_position_through_pause_seek_rate_and_loop() -> None:
    async with playing(3) as (now, leader, followers):
        for one, then_s in (
            *((Start(None), 2.0), (Pause(), 1.0), (Seek(10.0), 1.0), (Resume(), 1.5)),
            *((SetRate(0.5), 2.0), (SetLoop(4.0, 6.0), 0.5), (SetLoop(None, None), 1.0)),
        ):
            await command(leader, one)
            now.now_s += then_s
            expected = leader.player.position_s
            assert [f.player.position_s for f in followers] == pytest.approx([expected] * 3)
        assert leader.player.position_s == pytest.approx(4.75)
        assert {tuple(f.said) for f in followers} == {
            *(("ready", "playing", "paused", "paused", "playing", "playing", "playing", "playing"),)
        }
        assert all(f.screen.ended_runs for f in followers)


async def test_who_comes_late_is_where_the_class_is() -> None:
    async with playing(1) as (now, leader, _):
        await command(leader, Start(None))
        await command(leader, SetRate(0.75))
        now.now_s += 4.0
        late = Follower(leader, now)
        task = asyncio.ensure_future(late.playback.run())
        await settle()
        assert late.said == ["playing"]
        assert late.peer.states[0]["lesson_s"] == pytest.approx(3.0)
        assert late.peer.states[0]["rate"] == 0.75
        now.now_s += 2.0
        assert late.player.position_s == pytest.approx(leader.player.position_s)
        task.cancel()


async def test_who_waits_to_be_let_in_is_told_ready_and_stands_still() -> None:
    async with playing(0) as (now, leader, _):
        waiting = Follower(leader, now)
        waiting._open = lambda: None  # type: ignore[method-assign]
        waiting.playback._on_open = lambda: None
        task = asyncio.ensure_future(waiting.playback.run())
        await command(leader, Start(None))
        now.now_s += 3.0
        assert waiting.said == ["ready"]
        assert waiting.player.position_s == 0.0
        waiting.playback.let_in()
        await settle()
        assert waiting.said == ["ready", "playing"]
        assert waiting.player.position_s == pytest.approx(3.0)
        task.cancel()


@pytest.mark.parametrize("one", [Start(None), Pause(), Resume(), Seek(3.0), SetRate(0.5)])
async def test_a_learner_moves_nothing(one: PlaybackCommand) -> None:
    async with playing(1) as (_, leader, (learner,)):
        await command(leader, Start(None))
        with pytest.raises(OutOfOrder):
            learner.playback.handle(one)
        assert leader.state == "playing"


async def test_a_learner_who_stops_leaves_alone() -> None:
    async with playing(2) as (_, leader, (one, other)):
        one.playback.handle(Stop())
        assert one.playback.end_reason.result() == "stopped"
        assert not other.playback.end_reason.done()
        assert not leader.is_ended


async def test_the_class_waits_for_no_learner() -> None:
    async with playing(2) as (now, leader, (silent, other)):
        await command(leader, Start(None))
        silent.playback.wait_for("connection", 0.0)
        now.now_s += 2.0
        assert other.player.position_s == pytest.approx(2.0)
        silent.playback.stop_waiting("connection")
        assert silent.player.position_s == pytest.approx(2.0)
        assert silent.said == other.said


async def test_without_its_teacher_the_class_stands_still_until_they_are_back() -> None:
    async with playing(1) as (now, leader, (learner,)):
        await command(leader, Start(None))
        now.now_s += 2.0
        leader.hold()
        now.now_s += 60.0
        assert learner.peer.states[-1]["reason"] == "teacher"
        assert learner.player.position_s == pytest.approx(2.0)
        leader.go_on()
        now.now_s += 1.0
        assert learner.player.position_s == pytest.approx(3.0)


async def test_a_class_that_the_teacher_has_paused_stays_so_when_they_come_back() -> None:
    async with playing(1) as (_, leader, _learners):
        await command(leader, Start(None))
        await command(leader, Pause())
        leader.hold()
        leader.go_on()
        assert leader.state == "paused"


async def test_the_end_is_everybodys_and_for_one_reason() -> None:
    async with playing(3) as (_, leader, followers):
        await command(leader, Start(None))
        leader.end("class ended")
        leader.end("finished")
        await settle()
        assert {f.playback.end_reason.result() for f in followers} == {"class ended"}


async def test_a_live_class_has_no_positions_to_go_to() -> None:
    async with playing(1, is_live=True) as (_, leader, _learners):
        for one in (Seek(3.0), SetRate(0.5), SetLoop(None, None)):
            with pytest.raises(OutOfOrder):
                leader.handle(one)
        await command(leader, Start(None))
        assert leader.state == "playing"


async def test_a_loop_that_cannot_be_is_refused_and_changes_nothing() -> None:
    async with playing(1) as (_, leader, (learner,)):
        with pytest.raises(BadMessage):
            leader.handle(SetLoop(19.5, 60.0))
        assert learner.said == ["ready"]
