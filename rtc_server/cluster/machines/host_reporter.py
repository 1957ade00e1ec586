"""What a session host says of itself to the fronts of all machines."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rtc_server import __version__
from rtc_server.cluster.classes.news import HostClassNews
from rtc_server.cluster.classes.recordings.host_recordings import HostRecordings
from rtc_server.cluster.classes.recordings.messages import RecordingNews
from rtc_server.cluster.handle import Machine
from rtc_server.cluster.host_log import ReportedLog
from rtc_server.cluster.host_results import HostResults
from rtc_server.cluster.host_watch import HostCostMeter, HostLoadMeter
from rtc_server.cluster.lesson_copies.catalog import LessonCatalog
from rtc_server.cluster.machines.readers import Reader, Readers
from rtc_server.cluster.reports import (
    DrainWish,
    HostReport,
    HostState,
    LessonFacts,
    ReportRequest,
    SessionFacts,
)
from rtc_server.cluster.snapshots import can_move
from rtc_server.session.admission import Stage
from rtc_server.session.registry import SessionRegistry
from rtc_server.session.session import Session

REPORT_S = 1.0


class HostReporter:
    """Makes the reports of one host."""

    def __init__(
        self,
        machine: Machine,
        registry: SessionRegistry,
        results: HostResults,
        log: ReportedLog,
        cost: HostCostMeter | None,
        classes: HostClassNews,
        recordings: HostRecordings,
    ) -> None:
        """:param cost: None: the number of places is set."""
        self._machine = machine
        self._cost = cost
        self._registry = registry
        self._results = results
        self._log = log
        self._classes, self._recordings = classes, recordings
        self._meter = HostLoadMeter()
        self._continued: dict[str, str] = {}  # which session each one goes on with
        self._opening: set[str] = set()  # sessions that any front asks for now
        self.readers = Readers(time.monotonic)
        self.state: HostState = "ready"  # as the front of this machine has it
        self.catalog = LessonCatalog()  # of this machine, as its front says
        self.drain_wish: DrainWish | None = None  # of an operator at another machine's front
        results.on_added = self.readers.add_result

    def note_continued(self, session: str, before: str) -> None:
        """A session runs now that goes on with another one."""
        self._continued[session] = before

    @contextlib.contextmanager
    def opening(self, session: str) -> Iterator[None]:
        """Count this session as one that runs, so that a host which drains waits for it.

        Its own front does not know of an order that another machine's gave.
        """
        self._opening.add(session)
        try:
            yield
        finally:
            self._opening.discard(session)

    async def report(
        self, request: ReportRequest, find_problem: Callable[[], str | None]
    ) -> HostReport:
        """Wait a second, or until a session has ended, and say how things are; at first at once."""
        is_first = request.reader not in self.readers
        reader = self.readers.get(request.reader)
        self._results.on_kept(request.kept_results)
        self.state = request.state or self.state
        self.catalog = request.catalog or self.catalog
        if request.recordings is not None:
            self._recordings.take_orders(request.recordings)
        if not is_first:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REPORT_S):
                    await self._results.added.wait()
        cost = await self._cost.measure(self._registry) if self._cost else None
        running = list(self._registry)
        found = {each.id: each.build_resumable() for each in running if each.end_reason is None}
        found |= dict(self._registry.resume_store.list())
        found = {id: one for id, one in found.items() if can_move(one)}
        opening: dict[str, Stage] = dict.fromkeys(self._opening, "offered")
        report = HostReport(
            load=self._meter.measure(running),
            stages=opening | {each.id: each.stage for each in running},
            kept=self.readers.collect_attempts(reader, found),
            resumable=frozenset(found),
            results=self._results.list_waiting() if request.is_own else reader.take_results(),
            problem=find_problem(),
            version=__version__,
            machine=self._machine.label,
            pid=os.getpid(),
            state=self.state,
            sessions=self._describe_sessions(running),
            removed_names=reader.take_names(),
            cost=cost,
            has_classes=self._classes.is_busy,
            classes=self._classes.collect(reader.told_classes),
        )
        if request.is_own:
            return self._add_for_own_front(report, reader)
        return self._add_for_other_front(report, reader)

    def _add_for_own_front(self, report: HostReport, reader: Reader) -> HostReport:
        """What only the front of this machine gets."""
        reader.results.clear()  # it has got all that wait
        log, log_lost = self._log.take()
        wish, self.drain_wish = self.drain_wish, None
        recordings = self._recordings.collect()
        return replace(report, log=log, log_lost=log_lost, drain_wish=wish, recordings=recordings)

    def _add_for_other_front(self, report: HostReport, reader: Reader) -> HostReport:
        """What has changed on this machine since that front was told."""
        if reader.catalog is not self.catalog:
            reader.catalog = self.catalog
            report = replace(report, catalog=self.catalog)
        if reader.jobs is not self._recordings.jobs:
            reader.jobs = self._recordings.jobs
            report = replace(report, recordings=RecordingNews(jobs=reader.jobs))
        return report

    def _describe_sessions(self, running: Sequence[Session]) -> dict[str, SessionFacts]:
        for id in self._continued.keys() - {each.id for each in running}:
            del self._continued[id]
        return {
            each.id: SessionFacts(
                LessonFacts(each.request.lesson.id, each.request.lesson.source_sha256),
                learner=each.learner,
                invitation=each.request.invitation,
                ice_tag=each.ice_tag,
                continues=self._continued.get(each.id),
                cost=each.cost,
            )
            for each in running
        }
