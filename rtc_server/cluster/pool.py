"""The session hosts of a front: started one after another, watched, drained and replaced."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from rtc_server.cluster.classes.recordings.messages import RecordingOrders
from rtc_server.cluster.errors import HostLost, LastHost, LessonUnreachable, UnknownHost
from rtc_server.cluster.handle import HostHandle, HostRuntime, HostSpec, build_host_config
from rtc_server.cluster.host_record import EMPTY, HostRecord, OpenSession
from rtc_server.cluster.lesson_copies.catalog import LessonCatalog
from rtc_server.cluster.machines.peer_hosts import OnReport, PeerHosts
from rtc_server.cluster.metrics_text import collect_metrics
from rtc_server.cluster.placement import is_fresh, is_open, sort_by_load
from rtc_server.cluster.reports import (
    HostReport,
    HostState,
    OpenedSession,
    ReportRequest,
    SessionOrder,
)
from rtc_server.config import Config
from rtc_server.errors import NoRoom, NotReady, ServerFull, TandemError, UnknownLesson
from rtc_server.metrics import Metrics

logger = logging.getLogger(__name__)

# Before a host is started in place of one that did not start.
PAUSES_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
FRONT = "front"  # its name among the metrics' hosts


class HostPool:
    """Keeps `workers` hosts that take learners; leaving the `async with` block ends all."""

    def __init__(
        self,
        config: Config,
        runtime: HostRuntime,
        metrics: Metrics,
        now: Callable[[], float],
        on_report: OnReport,
        on_gone: Callable[[HostRecord], None],
        give_orders: Callable[[HostRecord], RecordingOrders | None] = lambda _: None,
    ) -> None:
        """:param on_gone: called once for each host that has ended or died.
        :param give_orders: what a host of this machine is told of recordings.
        """
        self._config = config
        self._launch, self._machine = runtime.launch, runtime.machine
        self._metrics = metrics
        self._now = now
        self._on_report = on_report
        self._on_gone, self._give_orders = on_gone, give_orders
        self._numbers = itertools.count(1)
        self._hosts: list[HostRecord] = []  # of this machine
        self._catalog = EMPTY
        self._reader = secrets.token_hex(4)
        self.peers = PeerHosts(runtime, now, on_report, on_gone)
        self.wanted = config.workers
        self._changed = asyncio.Event()
        self._tasks = asyncio.TaskGroup()
        self.started: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def __aenter__(self) -> HostPool:
        await self._tasks.__aenter__()
        await self.peers.__aenter__()
        self._keeper = self._tasks.create_task(self._keep_hosts(), name="hosts")
        return self

    async def __aexit__(self, *error: Any) -> None:
        self._keeper.cancel()
        for host in self._hosts:
            host.stopping.set()
        await self.peers.__aexit__(*error)
        await self._tasks.__aexit__(*error)

    def __iter__(self) -> Iterator[HostRecord]:
        """The hosts of all machines."""
        return itertools.chain(list(self._hosts), self.peers)

    def find(self, name: str) -> HostRecord:
        """
        :raises UnknownHost: there is none of that name, or it has ended.
        """
        for host in self:
            if host.name == name:
                return host
        known = ", ".join(host.name for host in self) or "none"
        raise UnknownHost(f"expected the name of a host ({known}), got {name[:60]!r}")

    async def request_drain(self, name: str, *, is_replaced: bool) -> HostRecord:
        """As `drain`, of a host of any machine: the front of its machine does it.

        :raises HostLost: it has died.
        """
        host = self.find(name)
        if host.is_own:
            return self.drain(name, is_replaced=is_replaced)
        self._require_others(host, is_replaced=is_replaced)
        await host.ask(lambda handle: handle.wish_drain(is_replaced=is_replaced))
        return host

    def drain(self, name: str, *, is_replaced: bool) -> HostRecord:
        """Place nobody there any more; the host ends when its last session has.

        :param is_replaced: start another one first, and drain this one once that is ready.
        :raises UnknownHost: there is none of that name.
        :raises LastHost: no other takes learners, and none would be started.
        """
        host = self.find(name)
        self._require_others(host, is_replaced=is_replaced)
        if host.is_wanted:
            host.is_wanted = False
            if not is_replaced:
                host.state = "draining"
                self.wanted -= 1
            self._changed.set()
        return host

    def _require_others(self, host: HostRecord, *, is_replaced: bool) -> None:
        """
        :raises LastHost: nobody would take learners.
        """
        others = [each for each in self if each is not host and is_open(each, self._now())]
        if not is_replaced and not others:
            raise LastHost(
                f"expected another host that takes learners beside {host.name}, there is none; "
                "let it be replaced, or stop the server"
            )

    async def place(
        self,
        make_order: Callable[[str], SessionOrder],
        require_room: Callable[[HostRecord], None] = lambda _: None,
    ) -> tuple[HostRecord, SessionOrder, OpenedSession]:
        """Have a session opened by the host with the least load, or by the next that can.

        :param make_order: of a host's name.
        :param require_room: raises `ServerFull` if a host is to have no more learners.
        :raises ServerFull: no host takes learners.
        :raises LessonUnreachable: no host can get the lesson.
        :raises TandemError: what the host refuses the order with.
        """
        refusal: TandemError = ServerFull("no host takes learners at the moment; try again soon")
        for host in sort_by_load(self, self._now()):
            order = make_order(host.name)
            try:
                require_room(host)
                return host, order, await host.open(_opens(order))
            except HostLost:
                continue
            except (LessonUnreachable, NoRoom, UnknownLesson) as error:
                refusal = error  # another machine may have the lesson, or room for it
            except ServerFull as error:
                refusal = error
        self._metrics.sessions_refused.inc()
        raise refusal

    async def _keep_hosts(self) -> None:
        """Start hosts, one at a time, until as many take learners as shall, and again later."""
        failures = 0
        while True:
            self._changed.clear()
            if sum(host.is_wanted for host in self._hosts) >= self.wanted:
                await self._changed.wait()
                continue
            try:
                await self._start_host()
                failures = 0
            except HostLost as error:
                logger.error("%s", error)
                if not self.started.done():
                    self.started.set_exception(error)
                    return
                await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
                failures += 1

    async def _start_host(self) -> None:
        """
        :raises HostLost: it did not start.
        """
        slot = self._find_slot()
        name = f"{self._machine.prefix}w{next(self._numbers)}"
        host = HostRecord(name, slot, machine=self._machine.label, now=self._now)
        self._hosts.append(host)
        try:
            spec = HostSpec(host.name, build_host_config(self._config, slot), self._machine)
            host.handle = await self._launch(spec)
            await self._take_report(host, host.handle)
        except BaseException:
            self._hosts.remove(host)
            if host.handle is not None:
                host.handle.kill()
            raise
        host.state = "ready"
        logger.info("host %s is ready", host.name)
        for other in self._hosts:
            if other.state == "ready" and not other.is_wanted:  # it is replaced by this one
                other.state = "draining"
        if not self.started.done():
            self.started.set_result(None)
        self._tasks.create_task(self._serve(host, host.handle), name=f"host-{host.name}")

    def _find_slot(self) -> int:
        taken = {host.slot for host in self._hosts}
        return next(slot for slot in itertools.count() if slot not in taken)

    async def _serve(self, host: HostRecord, handle: HostHandle) -> None:
        """Take the host's reports until it is drained, stopped or dead."""
        try:
            while not (host.stopping.is_set() and not host.results):
                report = await self._take_report(host, handle)
                await host.wait_until_kept()
                # It refuses other fronts' learners, too, once it has been told that it drains.
                is_drained = host.told_state == "draining" and not report.is_used
                if is_drained and not (host.results or host.opening):
                    logger.info("host %s is drained", host.name)
                    break
            await handle.stop()
        except HostLost as error:
            sessions = host.load.sessions if host.load else 0
            logger.error("%s; %d learners were there", error, sessions)
            self._metrics.hosts_lost.inc()
        except Exception:  # of any kind: it would end the other hosts, too
            logger.exception("host %s is given up", host.name)
            self._metrics.hosts_lost.inc()
        finally:
            handle.kill()
            host.state = "gone"
            self._hosts.remove(host)
            self._on_gone(host)
            self._changed.set()

    async def _take_report(self, host: HostRecord, handle: HostHandle) -> HostReport:
        state: HostState = "ready" if host.state == "starting" else host.state
        news = self._catalog if host.told_catalog is not self._catalog else None
        host.catalog = host.told_catalog = self._catalog
        orders = self._give_orders(host)
        request = ReportRequest(self._reader, host.take_kept(), state, news, orders)
        report = await handle.report(request)
        host.on_report(report, self._now())
        self._on_report(host, report)
        if (wish := report.drain_wish) is not None:  # of an operator at another machine's front
            with contextlib.suppress(LastHost):
                self.drain(host.name, is_replaced=wish.is_replaced)
        return report

    def publish(self, catalog: LessonCatalog) -> None:
        """Let all machines know which lessons this one has."""
        self._catalog = catalog

    def is_reliable(self, host: HostRecord) -> bool:
        """Whether what runs there can be relied on."""
        return is_fresh(host, self._now())

    def describe(self, host: HostRecord) -> dict[str, object]:
        """What an operator sees of a host."""
        port = self._config.udp_port if host.is_own else 0  # another machine's is not known here
        return host.describe(self._now()) | {"udp_port": port + host.slot if port else None}

    def require_host(self) -> None:
        """
        :raises NotReady: no host takes learners.
        """
        if not any(is_open(host, self._now()) for host in self):
            raise NotReady("no session host takes learners at the moment")

    def find_problem(self) -> str | None:
        """Why the hosts are not well, in a sentence; None if they are, or a new one starts."""
        if not any(host.state != "starting" and self.is_reliable(host) for host in self):
            return "no session host reports"
        found = [f"host {host.name}: {host.problem}" for host in self._hosts if host.problem]
        return "; ".join(found) or None

    async def metrics_text(self, own: str) -> str:
        """The metrics of all processes, each with its host's name.

        :param own: those of this process.
        """
        return await collect_metrics({f"{self._machine.prefix}{FRONT}": own}, self)


def _opens(order: SessionOrder) -> OpenSession:
    return lambda handle: handle.open(order)
