"""A class's clock on another host, by that host's own clock."""

from __future__ import annotations

import asyncio

import pytest

from rtc_server.classes.class_clock import ClassClock
from rtc_server.cluster.classes.spread.guest_clock import GuestClock
from rtc_server.cluster.classes.spread.home_offset import HomeOffset
from rtc_server.cluster.classes.spread.messages import ClockNews, HomeTime
from rtc_server.protocol.client_messages import Pause, Seek, SetLoop, SetRate, Start
from rtc_server.protocol.server_messages import StateMessage
from tests.unit.rtc_server.classes.people import Clock

AHEAD_S = 5000.0  # of the guest host's clock


class Pair:
    """The class's clock, and that of a guest host."""

    def __init__(self) -> None:
        self.now = Clock()
        self.home = ClassClock(20.0, 0, self.now, is_live=False)
        self.guest = GuestClock(20.0, lambda: self.now() + AHEAD_S)
        self.news: list[ClockNews] = []

    def on_state(self, message: StateMessage) -> None:
        clock = self.home.player.clock
        reason = self.home.end_reason.result() if self.home.is_ended else None
        self.news.append(ClockNews(message, clock.run, clock.rate, clock.loop, reason))
        self.guest.take(self.news[-1], AHEAD_S)

    def assert_together(self) -> None:
        for _ in range(30):
            self.now.now_s += 0.1
            assert self.guest.player.position_s == pytest.approx(self.home.player.position_s)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_guest_clock_is_where_the_classs_is_whatever_the_teacher_does() -> None:
    pair = Pair()
    running = asyncio.create_task(pair.home.run())
    with pair.home.following(pair.on_state):
        for command in (Start(None), SetRate(0.5), Seek(3.0), SetLoop(3.0, 15.0)):
            pair.home.handle(command)
            await settle()
            pair.assert_together()
            assert pair.guest.state == pair.home.state
        pair.home.handle(Pause())
        pair.assert_together()
        assert pair.guest.state == "paused"
        pair.home.end("class ended")
        await running
    assert pair.guest.end_reason.result() == "class ended"
    assert pair.guest.state == "ended"


async def test_who_comes_late_is_told_where_the_class_is() -> None:
    pair = Pair()
    running = asyncio.create_task(pair.home.run())
    with pair.home.following(pair.on_state):
        await settle()
        pair.home.handle(Start(None))
        await settle()
        pair.now.now_s += 4.0
        told: list[StateMessage] = []
        with pair.guest.following(told.append):
            assert (told[0]["state"], told[0]["lesson_s"]) == ("playing", 4.0)
    running.cancel()


async def test_a_better_offset_corrects_what_plays() -> None:
    pair = Pair()
    running = asyncio.create_task(pair.home.run())
    with pair.home.following(pair.on_state):
        await settle()
        pair.home.handle(Start(None))
        await settle()
    pair.guest.take(pair.news[-1], AHEAD_S + 0.3)
    told: list[StateMessage] = []
    with pair.guest.following(told.append):
        pair.guest.correct(AHEAD_S + 0.299)
        assert len(told) == 1
        pair.guest.correct(AHEAD_S)
        assert len(told) == 2
    pair.assert_together()
    running.cancel()


async def test_the_clock_of_a_lost_class_ends() -> None:
    guest = GuestClock(20.0, Clock())
    told: list[StateMessage] = []
    with guest.following(told.append):
        guest.end()
        guest.end()
    assert [message["state"] for message in told] == ["ended"]
    assert guest.end_reason.result() == "class ended"


def test_processes_of_one_machine_have_one_clock() -> None:
    offset = HomeOffset("here")
    offset.on_round_trip(10.0, HomeTime(99.0, "here"), 10.4)
    assert (offset.offset_s, offset.error_s) == (0.0, 0.0)


def test_between_machines_the_fastest_way_counts_and_the_error_is_known() -> None:
    offset = HomeOffset("here")
    for sent_s, there_s, back_s in ((10.0, 110.3, 10.4), (11.0, 111.001, 11.002)):
        offset.on_round_trip(sent_s, HomeTime(there_s, "there"), back_s)
    assert offset.offset_s == pytest.approx(-100.0, abs=0.002)
    assert offset.error_s < 0.002
