"""What a host's reports say of recordings: the file to its own front, the job to the others."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.classes.live.recording.limits import RecordingSpace
from rtc_server.cluster.classes.recordings.host_recordings import HostRecordings
from rtc_server.cluster.classes.recordings.messages import (
    RecordingAnswer,
    RecordingNews,
    RecordingOrders,
)
from rtc_server.cluster.handle import Machine
from rtc_server.cluster.host_log import ReportedLog
from rtc_server.cluster.host_results import HostResults
from rtc_server.cluster.machines.host_reporter import HostReporter
from rtc_server.cluster.reports import ReportRequest
from tests.unit.rtc_server.cluster.classes.recordings.fake_maker import finish
from tests.unit.rtc_server.cluster.machines.test_orders_of_other_fronts import NoSessions


class ReportingHost:
    """A host that reports at once."""

    def __init__(self) -> None:
        self.recordings = HostRecordings(RecordingSpace(10**6))
        registry: Any = NoSessions()
        news: Any = SimpleNamespace(is_busy=False, collect=lambda _: ())
        self._results = HostResults()
        self._reporter = HostReporter(
            *(Machine(), registry, self._results, ReportedLog(), None, news, self.recordings)
        )

    async def tell_own(self, orders: RecordingOrders | None = None) -> RecordingNews:
        return await self._tell(ReportRequest("own", state="ready", recordings=orders))

    async def tell_other(self) -> RecordingNews:
        return await self._tell(ReportRequest("other"))

    async def _tell(self, request: ReportRequest) -> RecordingNews:
        self._results.added.set()
        return (await self._reporter.report(request, lambda: None)).recordings


@pytest.fixture
def host() -> ReportingHost:
    return ReportingHost()


async def test_only_the_front_of_the_hosts_machine_is_offered_a_recording(
    host: ReportingHost,
) -> None:
    submitting = asyncio.create_task(host.recordings.submit(finish()))
    await asyncio.sleep(0)
    for _ in range(2):
        (offered,) = (await host.tell_own()).waiting
        assert (await host.tell_other()).waiting == ()
    orders = RecordingOrders(10**6, (RecordingAnswer(offered.number, "job", "tuesday"),))
    assert (await host.tell_own(orders)).waiting == ()  # in the answer to that very question
    assert (await submitting).id == "job"


async def test_other_fronts_are_told_of_jobs_when_they_change(host: ReportingHost) -> None:
    await host.tell_other()
    jobs = {"KRT4MW": {"state": "waiting"}}
    assert (await host.tell_own(RecordingOrders(10**6, jobs=jobs))).jobs is None
    assert (await host.tell_other()).jobs == jobs
    assert (await host.tell_other()).jobs is None
    await host.tell_own(RecordingOrders(10**6))
    assert (await host.tell_other()).jobs is None
    jobs = {"KRT4MW": {"state": "ready"}}
    await host.tell_own(RecordingOrders(10**6, jobs=jobs))
    assert (await host.tell_other()).jobs == jobs
