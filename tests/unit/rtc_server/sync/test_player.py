"""A lesson that plays: its end, its loop, and who is woken."""

from __future__ import annotations

import asyncio

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


async def test_waiting_ends_at_the_end_of_a_playing_lesson(player: Player, now: Time) -> None:
    over = asyncio.ensure_future(player.wait_for_end(lambda _: None))
    await turns()
    player.play()
    now.s += 3.0
    player.notify()
    await turns()
    assert over.done()


async def test_a_loop_begins_again_and_says_which_run_it_ended(player: Player, now: Time) -> None:
    ended: list[int] = []
    over = asyncio.ensure_future(player.wait_for_end(ended.append))
    player.set_loop((1.0, 2.0))
    player.play()
    run = player.clock.run_number
    now.s += 2.25  # a quarter of a second late: no time of the lesson may be lost by that
    player.notify()
    await turns()
    assert ended == [run]
    assert player.position_s == pytest.approx(1.25)
    player.set_loop(None)
    now.s += 1.75
    player.notify()
    await turns()
    assert over.done()


async def test_waiting_ends_when_something_changes(player: Player) -> None:
    waiting = asyncio.ensure_future(player.wait_until(2000.0))
    await turns()
    player.pause()
    await turns()
    assert waiting.result() is False
