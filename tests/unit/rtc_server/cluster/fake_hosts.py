"""Session hosts without processes: they do what a test tells them."""

# ruff: noqa: ARG002  they answer to a protocol

from __future__ import annotations

import asyncio
from typing import Any

from rtc_server.cluster.attempts.kept_attempt import KeptAttempt
from rtc_server.cluster.classes.recordings.messages import RecordingNews
from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.handle import HostSpec
from rtc_server.cluster.pool import HostPool
from rtc_server.cluster.reports import (
    DrainWish,
    FragmentAnswer,
    HostCost,
    HostLoad,
    HostReport,
    HostState,
    LessonFacts,
    NumberedResult,
    OpenedSession,
    ReportRequest,
    SessionFacts,
    SessionOrder,
)
from rtc_server.errors import TandemError, UnknownSession
from rtc_server.history.results import Result
from rtc_server.protocol.server_messages import EndReason
from rtc_server.session.dancers import cost_of
from rtc_server.webrtc.trickle import Fragment
from tests.unit.rtc_server.cluster.classes.fake_classes import FakeClasses

LOST = HostLost("host has died")


def kept(session: str = "a.w1", **fields: Any) -> KeptAttempt:
    about: dict[str, Any] = {"lesson": "demo", "source_sha256": "5", "owner": None}
    about |= {"names": (fields.pop("learner", None),), "dancers": None}
    about |= {"samples": 7, "version": "0.1.0", "content": b"danced"}
    return KeptAttempt(session=session, **(about | fields))


class FakeHost:
    """A host with sessions by id, whose reports come when the test lets them."""

    def __init__(self, spec: HostSpec) -> None:
        self.spec = spec
        self.pid = 4711
        self.orders: dict[str, SessionOrder] = {}  # of the sessions that run
        self.classes = FakeClasses(self._answer, self.orders)
        self.resumable: dict[str, KeptAttempt] = {}
        self.results: dict[int, Result] = {}
        self.confirmed: list[int] = []
        self.names_removed: list[str] = []
        self.ended: list[tuple[str, EndReason]] = []
        self.load = HostLoad(0.0, 0, None)
        self.state: HostState = "ready"
        self.requests: list[ReportRequest] = []
        self.removed_names: list[tuple[str, str | None]] = []  # at another front
        self.drain_wish: DrainWish | None = None
        self.refusal: TandemError | None = None
        self.is_stopped = self.is_killed = False
        self.cost: HostCost | None = None
        self.recordings = RecordingNews()
        self._reports: asyncio.Queue[TandemError | None] = asyncio.Queue()
        self._reports.put_nowait(None)  # the first comes at once
        self._asked = asyncio.Event()

    def die(self) -> None:
        """Every call fails from now on."""
        self.refusal = LOST
        self._reports.put_nowait(LOST)

    async def let_report(self) -> None:
        """Send a report, and wait until the front has it and asks for the next one."""
        self._asked.clear()
        self._reports.put_nowait(None)
        await self._asked.wait()

    def _answer(self) -> None:
        if self.refusal is not None:
            raise self.refusal

    async def open(self, order: SessionOrder) -> OpenedSession:
        self._answer()
        self.orders[order.session] = order
        learner = order.learner or (order.kept.learner if order.kept else None)
        return OpenedSession("answer", '"tag"', learner, cost_of(order.dancers))

    def _find(self, session: str) -> SessionOrder:
        self._answer()
        if session not in self.orders:
            raise UnknownSession(session)
        return self.orders[session]

    async def describe(self, session: str) -> dict[str, object]:
        return {"id": self._find(session).session}

    async def result(self, session: str) -> Result:
        raise UnknownSession(session)

    async def add_fragment(self, session: str, fragment: Fragment, address: str) -> FragmentAnswer:
        self._find(session)
        return FragmentAnswer(None, '"next"')

    async def close(self, session: str, reason: EndReason, *, may_resume: bool) -> None:
        del self.orders[self._find(session).session]
        self.ended.append((session, reason))

    async def take_over(self, session: str, owner: str | None) -> KeptAttempt:
        self._answer()
        self.orders.pop(session, None)
        if session not in self.resumable or self.resumable[session].owner != owner:
            raise UnknownSession(session)
        return self.resumable.pop(session)

    async def remove_name(self, learner: str, owner: str | None) -> None:
        self._answer()
        self.names_removed.append(learner)

    async def wish_drain(self, *, is_replaced: bool) -> None:
        self._answer()
        self.drain_wish = DrainWish(is_replaced)

    async def report(self, request: ReportRequest) -> HostReport:
        self.requests.append(request)
        self.confirmed += request.kept_results
        self.state = request.state or self.state
        for number in request.kept_results:
            self.results.pop(number, None)
        self._asked.set()
        if (refusal := await self._reports.get()) is not None:
            raise refusal
        return HostReport(
            load=self.load,
            stages=dict.fromkeys(self.orders, "connected"),
            kept=tuple(self.resumable.values()),
            resumable=frozenset(self.resumable),
            results=tuple(NumberedResult(number, one) for number, one in self.results.items()),
            problem=None,
            version="0.1.0",
            machine=self.spec.machine.label,
            state=self.state,
            sessions={id: self._describe(one) for id, one in self.orders.items() if one},
            removed_names=tuple(self.removed_names),
            drain_wish=self.drain_wish,
            cost=self.cost,
            has_classes=bool(self.classes.running),
            classes=self.classes.list_news(),
            recordings=self.recordings,
        )

    def _describe(self, order: SessionOrder) -> SessionFacts:
        lesson = LessonFacts(order.lesson, order.source_sha256)
        continues = order.kept.session if order.kept else None
        cost = cost_of(order.dancers)
        return SessionFacts(lesson, order.learner, order.invitation, '"tag"', continues, cost)

    async def metrics_text(self) -> str:
        self._answer()
        return "# HELP n N\n# TYPE n gauge\nn 1.0\n"

    async def drain(self, reason: EndReason) -> None:
        self._answer()
        self.ended += [(session, reason) for session in self.orders]
        self.orders.clear()

    async def stop(self) -> None:
        self.is_stopped = True

    def kill(self) -> None:
        self.is_killed = True


class FakeHosts:
    """Starts fake hosts, in the order in which they are asked for."""

    def __init__(self) -> None:
        self.started: list[FakeHost] = []
        self.failures: list[HostLost] = []
        self.may_start = asyncio.Event()
        self.may_start.set()
        self.is_starting = asyncio.Event()

    async def launch(self, spec: HostSpec) -> FakeHost:
        self.is_starting.set()
        await self.may_start.wait()
        if self.failures:
            raise self.failures.pop(0)
        host = FakeHost(spec)
        self.started.append(host)
        return host

    def let_end(self, pool: HostPool) -> None:
        """Answer the last question to each host, so that the pool need not wait for it."""
        for record in pool:
            record.stopping.set()
        for host in self.started:
            host.results.clear()
            host._reports.put_nowait(None)


class FakeHistory:
    """What a front saves and deletes."""

    enabled = True

    def __init__(self) -> None:
        self.saved: list[Result] = []
        self.deleted: list[str] = []

    async def save(self, result: Result) -> None:
        self.saved.append(result)

    async def delete_learner(self, learner: str, owner: str | None = None) -> int:
        self.deleted.append(learner)
        return 1
