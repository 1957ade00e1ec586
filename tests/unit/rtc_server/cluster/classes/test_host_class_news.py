"""What each front is told of a host's classes, and when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.classes.directory import NewClass
from rtc_server.classes.options import ClassOptions
from rtc_server.classes.registry import ClassRegistry
from rtc_server.cluster.classes.news import LINGER_S, REPORT_EVERY_S, HostClassNews
from rtc_server.config import Config
from rtc_server.metrics import Metrics
from tests.unit.rtc_server.classes.people import Clock, FakeLesson, make_room
from tests.waiting import wait_until


@dataclass
class HostOfClasses:
    registry: ClassRegistry
    news: HostClassNews
    clock: Clock

    def open(self) -> Any:
        lesson: Any = FakeLesson()
        reference = make_room(self.clock).reference
        options = ClassOptions("Tuesday", "lesson")
        return self.registry.open(NewClass(options, "a", None, lesson, reference))

    async def end(self, room: Any) -> None:
        await asyncio.sleep(0)
        room.end()
        while [*self.registry]:
            await asyncio.sleep(0)


@pytest.fixture
async def host() -> AsyncIterator[HostOfClasses]:
    clock = Clock()
    sessions: Any = None  # nobody comes
    async with ClassRegistry(Config(), sessions, Metrics(), clock) as registry:
        yield HostOfClasses(registry, HostClassNews(registry, clock), clock)


async def test_each_front_hears_of_a_class_at_once_and_of_its_report_again(
    host: HostOfClasses,
) -> None:
    room = host.open()
    first: dict[str, float] = {}
    (told,) = host.news.collect(first)
    assert told.facts.code == room.code and not told.is_over
    assert told.report["code"] == room.code
    assert host.news.collect(first) == ()
    assert len(host.news.collect({})) == 1  # another front
    host.clock.now_s += REPORT_EVERY_S
    assert len(host.news.collect(first)) == 1


async def test_each_front_hears_of_its_end_once(host: HostOfClasses) -> None:
    room = host.open()
    told: dict[str, float] = {}
    host.news.collect(told)
    await host.end(room)
    (over,) = host.news.collect(told)
    assert over.is_over and over.report["complete"]
    host.clock.now_s += 10 * REPORT_EVERY_S
    assert host.news.collect(told) == ()
    host.clock.now_s += 3 * 3600
    host.news.collect(told)
    assert told == {}


async def test_a_host_that_drains_waits_until_all_fronts_have_heard(host: HostOfClasses) -> None:
    assert not host.news.is_busy
    room = host.open()
    assert host.news.is_busy
    await host.end(room)
    assert host.news.is_busy
    host.clock.now_s += LINGER_S
    assert not host.news.is_busy


class KeptTeacher:
    """A live teacher whose recording the front has not taken yet."""

    problem = None
    keep = True

    def __init__(self) -> None:
        self.recording, self.is_handed_over = self, asyncio.Event()
        self.lesson, self.reference = FakeLesson(), make_room(Clock()).reference

    def describe_kept(self) -> dict[str, str]:
        return {"state": "waiting" if self.is_handed_over.is_set() else "saving"}

    async def wait_until_handed_over(self) -> None:
        await self.is_handed_over.wait()

    def end(self) -> None:
        """It is over."""

    async def close(self) -> None:
        """Nothing is open."""


async def test_a_host_that_drains_waits_until_the_front_has_what_it_recorded() -> None:
    clock, teacher = Clock(), KeptTeacher()
    sessions: Any = None  # nobody comes
    teachers: Any = SimpleNamespace(open=lambda *_: teacher)
    async with ClassRegistry(Config(), sessions, Metrics(), clock, teachers.open) as registry:
        news = HostClassNews(registry, clock)
        room = registry.open(NewClass(ClassOptions("Tuesday", "live", keep=True), "a", None))
        await asyncio.sleep(0)
        room.end()
        await wait_until(lambda: room.is_complete)
        clock.now_s += 10 * LINGER_S
        assert news.is_busy
        teacher.is_handed_over.set()
        await wait_until(lambda: not [*registry])
        (told,) = news.collect({})
        assert told.is_over and told.report["kept"] == {"state": "waiting"}
        clock.now_s += LINGER_S
        assert not news.is_busy
