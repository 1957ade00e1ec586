"""What the front knows of one session host."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.handle import HostHandle
from rtc_server.cluster.lesson_copies.catalog import LessonCatalog
from rtc_server.cluster.placement import STALE_S
from rtc_server.cluster.reports import HostLoad, HostReport, HostState, OpenedSession

T = TypeVar("T")
OpenSession = Callable[[HostHandle], Awaitable[OpenedSession]]

EMPTY = LessonCatalog()
KEPT_WAIT_S = 0.5  # for results to be kept, before the next report confirms them


@dataclass(eq=False, slots=True)
class HostRecord:
    """A host from its start to its end."""

    name: str
    slot: int  # which UDP port it has
    machine: str = ""  # hosts of the same machine share its processors
    is_own: bool = True  # False: another machine's front starts and ends it
    now: Callable[[], float] = time.monotonic
    handle: HostHandle | None = None
    state: HostState = "starting"
    is_wanted: bool = True  # False: it drains, or will once another one has taken its place
    load: HostLoad | None = None
    reported_s: float = -math.inf  # when the last report came
    reports: int = 0  # how many came
    placed: int = 0  # learners placed since the last one
    opening: int = 0  # sessions that it is asked to open now
    problem: str | None = None
    version: str | None = None  # of its program
    pid: int | None = None
    catalog: LessonCatalog = EMPTY  # its machine's lessons
    told_catalog: LessonCatalog = EMPTY  # that it was told of by this front
    told_state: HostState | None = None  # that it knew when it made its last report
    results: set[int] = field(default_factory=set)  # numbers of those that it waits to have kept
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _kept: set[int] = field(default_factory=set)  # of `results`
    _all_kept: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def reachable(self) -> HostHandle:
        """
        :raises HostLost: it has not started yet, or has ended.
        """
        if self.handle is None or self.state == "gone":
            raise HostLost(f"host {self.name} has ended")
        return self.handle

    async def ask(self, question: Callable[[HostHandle], Awaitable[T]]) -> T:
        """Ask it; another machine's as long as it reports.

        Of a process of this machine it is known at once when it dies. A machine that has lost its
        power says nothing, and so does a network that fails.

        :raises HostLost: it has ended, or does not report any more.
        """
        if self.is_own:
            return await question(self.reachable)
        answering = asyncio.ensure_future(question(self.reachable))
        try:
            while True:
                left_s = self.reported_s + STALE_S - self.now()
                if left_s <= 0:
                    raise HostLost(f"host {self.name} does not report")
                done, _ = await asyncio.wait({answering}, timeout=min(left_s, STALE_S))
                if done:
                    return answering.result()
        finally:
            answering.cancel()

    async def open(self, open_session: OpenSession) -> OpenedSession:
        """Have it open a session.

        :raises HostLost: it died, maybe after it had answered.
        """
        self.placed += 1
        self.opening += 1
        try:
            opened = await self.ask(open_session)
        finally:
            self.opening -= 1
        if self.state == "gone":
            raise HostLost(f"host {self.name} has ended")
        return opened

    def describe(self, now_s: float) -> dict[str, object]:
        """What an operator sees of it."""
        load = self.load
        return {
            "name": self.name,
            "machine": self.machine,
            "state": self.state,
            "sessions": load.sessions if load else 0,
            "cores": load and load.cores,
            "slowest_per_s": load and load.slowest_per_s,
            "report_age_s": round(now_s - self.reported_s, 2) if self.reports else None,
            "version": self.version,
            "pid": self.pid or (self.handle and self.handle.pid),
            "problem": self.problem,
        }

    def on_report(self, report: HostReport, now_s: float) -> None:
        """Take what it says of itself."""
        self.load, self.problem, self.version = report.load, report.problem, report.version
        self.pid = report.pid
        self.reported_s, self.placed = now_s, 0
        self.told_state = report.state
        if not self.is_own:
            self.state, self.machine = report.state, report.machine
            self.catalog = report.catalog or self.catalog
        self.reports += 1

    def on_result(self, number: int) -> bool:
        """A report has this result; return whether it is new."""
        is_new = number not in self.results
        self.results.add(number)
        return is_new

    def on_kept(self, number: int) -> None:
        """This result is kept."""
        self._kept.add(number)
        if self._kept == self.results:
            self._all_kept.set()

    def take_kept(self) -> tuple[int, ...]:
        """The results that the next report confirms."""
        kept = tuple(self._kept)
        self.results.difference_update(kept)
        self._kept.clear()
        self._all_kept.clear()
        return kept

    async def wait_until_kept(self) -> None:
        """Wait a little until all results are kept, so that the host hears of it at once."""
        if not self.results:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(KEPT_WAIT_S):
                await self._all_kept.wait()
