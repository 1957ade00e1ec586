"""A guest class and its home host are kept in step, and what happens when that host is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rtc_server.classes.errors import UnknownClass
from rtc_server.cluster.classes.spread import link as link_module
from rtc_server.cluster.classes.spread.home_offset import HomeOffset
from rtc_server.cluster.classes.spread.link import IDLE_S, LOST_S, GuestLink
from rtc_server.cluster.classes.spread.messages import GuestUpdate, HomeNews, HomeTime
from rtc_server.cluster.errors import HostLost
from tests.unit.rtc_server.classes.people import sample
from tests.unit.rtc_server.cluster.classes.spread.two_hosts import TwoHosts


class Home:
    """A `GuestsHandle` of the class, whose time passes with each update."""

    def __init__(self, two: TwoHosts) -> None:
        self.two = two
        self.is_lost = self.is_unknown = False
        self.failures = 0  # of the next updates; they have come nevertheless
        self.updates: list[GuestUpdate] = []

    async def update(self, code: str, update: GuestUpdate) -> HomeTime:  # noqa: ARG002
        self.two.now.now_s += 0.5
        if self.is_lost:
            raise HostLost("host has died")
        if self.is_unknown:
            raise UnknownClass("forgotten")
        self.updates.append(update)
        self.two.home.update(update)
        if self.failures:
            self.failures -= 1
            raise HostLost("host does not answer")
        return HomeTime(self.two.now(), "here")

    async def wait_for_news(self, code: str, host: str, confirmed: int) -> HomeNews:  # noqa: ARG002
        if self.is_lost:
            raise HostLost("host has died")
        return await self.two.home.wait_for_news(host, confirmed)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UPDATE_S", "GAP_S", "RETRY_S"):
        monkeypatch.setattr(link_module, name, 0.0)


def connect(two: TwoHosts, home: Any) -> GuestLink:
    async def find() -> Any:
        return home

    return GuestLink("KRT4MW", two.guest, find, HomeOffset("here"), two.now, two.metrics)


async def test_what_is_new_is_carried_both_ways_until_nobody_is_here() -> None:
    two = TwoHosts()
    visit, seat = two.join("Bo")
    running = asyncio.create_task(connect(two, Home(two)).run())
    while not seat.is_let_in:
        await asyncio.sleep(0)
    assert two.room.members.present()
    two.guest.on_learner_end(visit.member, seat, None)
    await running
    assert two.room.members.present() == []


async def test_an_update_whose_answer_is_lost_is_sent_again_and_counts_once() -> None:
    two = TwoHosts()
    visit, _ = two.join("Bo")
    home = Home(two)
    home.failures = 2
    two.guest.on_sample(visit.member, sample(None), 4 / 3)
    link = connect(two, home)
    assert await link._update()
    assert [update.number for update in home.updates] == [1, 1, 1]
    assert len(two.room.members.find(0).sample_times_s) == 1


@pytest.mark.parametrize("how", ["is_lost", "is_unknown"])
async def test_the_class_ends_here_when_its_host_is_lost_or_knows_it_no_more(how: str) -> None:
    two = TwoHosts()
    visit, seat = two.join("Bo")
    home = Home(two)
    setattr(home, how, True)
    begin_s = two.now()
    await connect(two, home).run()
    assert two.guest.clock.end_reason.result() == "class ended"
    assert two.now() - begin_s < LOST_S + IDLE_S + 2.0
    two.guest.on_learner_end(visit.member, seat, None)  # nobody is told any more
    assert len(two.guest) == 0
