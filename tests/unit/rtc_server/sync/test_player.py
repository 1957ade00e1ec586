"""Waiting for a lesson's end, for its loop, and for changes."""

from __future__ import annotations

import asyncio
import math

import pytest

from rtc_server.sync.player import Player
from tests.unit.rtc_server.tracks import Time


@pytest.fixture
def now() -> Time:
    return Time()


@pytest.fixture
async def player(now: Time) -> Player:
    return Player(3.0, now)


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_wait_for_end_returns_at_the_lessons_end(player: Player, now: Time) -> None:
    over = asyncio.ensure_future(player.wait_for_end(lambda _: None))
    await turns()
    player.play()
    now.s += 3.0
    player.notify()
    await turns()
    assert over.done()


async def test_a_loop_restarts_and_reports_the_run_that_ended(player: Player, now: Time) -> None:
    ended: list[int] = []
    over = asyncio.ensure_future(player.wait_for_end(ended.append))
    player.set_loop((1.0, 2.0))
    player.play()
    run = player.clock.run_number
    now.s += 2.25  # a quarter of a second late: that must not shift the lesson
    player.notify()
    await turns()
    assert ended == [run]
    assert player.position_s == pytest.approx(1.25)
    player.set_loop(None)
    now.s += 1.75
    player.notify()
    await turns()
    assert over.done()


async def test_wait_until_returns_false_when_something_changes(player: Player) -> None:
    waiting = asyncio.ensure_future(player.wait_until(2000.0))
    await turns()
    player.pause()
    await turns()
    assert waiting.result() is False


async def test_who_listens_is_told_of_each_change_until_it_leaves(player: Player) -> None:
    told: list[float] = []
    with player.listening(lambda: told.append(player.clock.rate)):
        player.play()
        player.set_rate(0.5)
    player.pause()
    assert told == [1.0, 0.5]


async def test_a_wait_without_end_is_for_a_change(player: Player) -> None:
    waiting = asyncio.ensure_future(player.wait_until(math.inf))
    await turns()
    assert not waiting.done()
    player.play()
    await turns()
    assert waiting.result() is False
