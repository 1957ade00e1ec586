"""A host's own front hears of sessions that another machine's front has ordered."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.classes.live.recording.limits import RecordingSpace
from rtc_server.classes.options import ClassOptions
from rtc_server.cluster.classes.orders import ClassOrder
from rtc_server.cluster.classes.recordings.host_recordings import HostRecordings
from rtc_server.cluster.handle import HostSpec, Machine
from rtc_server.cluster.host import SessionHost
from rtc_server.cluster.host_log import ReportedLog
from rtc_server.cluster.host_results import HostResults
from rtc_server.cluster.machines.host_reporter import REPORT_S
from rtc_server.cluster.reports import HostReport, ReportRequest
from rtc_server.config import Config
from rtc_server.errors import ServerFull, UnknownLesson

OWN_FRONT = ReportRequest("own", state="draining")
ORDER: Any = SimpleNamespace(session="a.m2w1", lesson="demo", source_sha256="5", lesson_source=None)


class NoSessions:
    """A registry in which nothing runs."""

    resume_store = SimpleNamespace(list=dict)
    list_ended = list  # nor is any class

    def __iter__(self) -> Any:
        return iter(())

    def places_lost(self) -> int:
        return 0


class LessonUnderWay:
    """A lesson that has to be fetched from another machine first."""

    def __init__(self) -> None:
        self.is_asked = asyncio.Event()
        self.may_fail = asyncio.Event()

    async def get(self, *_: object) -> Any:
        self.is_asked.set()
        await self.may_fail.wait()
        raise UnknownLesson("a lesson that nobody has")


@pytest.fixture
def host() -> SessionHost:
    unused: Any = SimpleNamespace(why_unhealthy=lambda: None, add_to=str)
    registry: Any = NoSessions()
    return SessionHost(
        *(HostSpec("m2w1", Config(), Machine()), registry, registry, HostResults(), unused),
        *(unused, ReportedLog(), unused, unused, None, None, unused),
        HostRecordings(RecordingSpace(10**6)),
    )


async def report(host: SessionHost) -> HostReport:
    """The next report to the host's own front."""
    async with asyncio.timeout(60 * REPORT_S):
        return await host.report(OWN_FRONT)


async def test_a_session_that_is_being_opened_keeps_its_host_from_being_drained(
    host: SessionHost,
) -> None:
    """Its own front ends a host that drains once a report has no session."""
    lesson: Any = LessonUnderWay()
    host._lessons = lesson
    opening = asyncio.create_task(host.open(ORDER))
    await lesson.is_asked.wait()
    assert (await report(host)).stages == {"a.m2w1": "offered"}
    lesson.may_fail.set()
    with pytest.raises(UnknownLesson):
        await opening
    host._reporter._results.added.set()  # so that the next report comes at once
    assert (await report(host)).stages == {}


async def test_so_does_a_class_that_is_being_opened(host: SessionHost) -> None:
    lesson: Any = LessonUnderWay()
    host.classes._lessons = lesson
    order = ClassOrder("KRT4MW", ClassOptions("Tuesday", "lesson"), "a", None, "demo", "5")
    opening = asyncio.create_task(host.classes.open(order))
    await lesson.is_asked.wait()
    assert (await report(host)).is_used
    lesson.may_fail.set()
    with pytest.raises(UnknownLesson):
        await opening
    host._reporter._results.added.set()
    assert not (await report(host)).is_used


async def test_a_host_that_drains_refuses_orders_that_come_later(host: SessionHost) -> None:
    await report(host)
    with pytest.raises(ServerFull, match="try another one"):
        await host.open(ORDER)
