"""The session hosts of other machines, as this one's front knows them: found, and followed."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.handle import HostHandle, HostRuntime
from rtc_server.cluster.host_record import HostRecord
from rtc_server.cluster.placement import is_fresh
from rtc_server.cluster.reports import HostReport, LessonChange, ReportRequest

logger = logging.getLogger(__name__)

LOOK_S = 1.0  # how often it is looked whether there are others
HOST_NAME = re.compile(r"(m\d+)w\d+")

OnReport = Callable[[HostRecord, HostReport], None]


class PeerHosts:
    """Leaving the `async with` block ends nothing on the other machines."""

    def __init__(
        self,
        runtime: HostRuntime,
        now: Callable[[], float],
        on_report: OnReport,
        on_gone: Callable[[HostRecord], None],
    ) -> None:
        """:param on_gone: called once for each host that has ended, died or cannot be reached."""
        self._finder = runtime.finder
        self._own_prefix = runtime.machine.prefix
        self._now = now
        self._on_report = on_report
        self._on_gone = on_gone
        self._hosts: dict[str, HostRecord] = {}
        self._tasks = asyncio.TaskGroup()
        self._running: list[asyncio.Task[None]] = []
        self._is_head_there = True

    async def __aenter__(self) -> PeerHosts:
        await self._tasks.__aenter__()
        if self._finder is not None:
            self._spawn(self._look())
        return self

    async def __aexit__(self, *error: Any) -> None:
        for task in self._running:
            task.cancel()
        await self._tasks.__aexit__(*error)

    def __iter__(self) -> Iterator[HostRecord]:
        """Those that have reported: others are starting, or have died and Ray does not know yet."""
        return iter([host for host in self._hosts.values() if host.reports])

    async def change_lesson(self, change: LessonChange) -> None:
        """Change a lesson on each other machine that has it.

        :raises HostLost: one has just died.
        """
        hosts = {host.machine: host for host in self if is_fresh(host, self._now())}
        for host in hosts.values():
            await host.ask(lambda handle: handle.change_lesson(change))

    def _spawn(self, work: Any) -> None:
        task = self._tasks.create_task(work)
        self._running.append(task)
        task.add_done_callback(self._running.remove)

    async def _look(self) -> None:
        """Follow hosts that are new, until cancelled; those that are known are heard of anyway."""
        assert self._finder is not None
        while True:
            try:
                names = await self._finder.list_names()
                self._note_head(is_there=True)
                for name in names:
                    if self._is_new_peer(name):
                        self._follow(name, await self._finder.find(name))
            except HostLost as error:
                self._note_head(is_there=False, why=str(error))
            await asyncio.sleep(LOOK_S)

    def _is_new_peer(self, name: str) -> bool:
        found = HOST_NAME.fullmatch(name)
        return found is not None and found[1] != self._own_prefix and name not in self._hosts

    def _note_head(self, *, is_there: bool, why: str = "") -> None:
        if is_there != self._is_head_there:
            self._is_head_there = is_there
            if is_there:
                logger.info("the machine that leads the cluster answers again")
            else:
                logger.warning("no more machines are found and no hosts started for now: %s", why)

    def _follow(self, name: str, handle: HostHandle) -> None:
        host = HostRecord(name, 0, is_own=False, now=self._now, handle=handle)
        self._hosts[name] = host
        self._spawn(self._take_reports(host, handle))

    async def _take_reports(self, host: HostRecord, handle: HostHandle) -> None:
        request = ReportRequest(f"{self._own_prefix}-{secrets.token_hex(4)}")
        try:
            while True:
                report = await handle.report(request)
                if not host.reports:
                    logger.info("host %s is on %s", host.name, report.machine)
                host.on_report(report, self._now())
                self._on_report(host, report)
        except HostLost as error:
            if host.reports:  # else it is starting, and is found again
                logger.warning("%s; it was on %s", error, host.machine)
        except Exception:  # of any kind: it would end the other hosts, too
            logger.exception("host %s is not followed any more", host.name)
        finally:
            host.state = "gone"
            del self._hosts[host.name]
            self._on_gone(host)
