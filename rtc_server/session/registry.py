"""All learners: how many may come, finding one, and sending everybody home."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import TracebackType

from rtc_server.config import Config
from rtc_server.errors import ServerFull, ServerStopping, UnknownSession
from rtc_server.history.async_store import AsyncResultStore
from rtc_server.history.results import Result
from rtc_server.lessons.store import Lesson
from rtc_server.metrics import Metrics
from rtc_server.pose.inference import InferenceService, Tracker
from rtc_server.protocol.server_messages import EndReason
from rtc_server.session.resume import ResumeStore, require_same
from rtc_server.session.session import Session, SessionRequest
from rtc_server.webrtc.gc_sweeper import GcSweeper

logger = logging.getLogger(__name__)

REMEMBERED = 100  # results of sessions that have ended


class SessionRegistry:
    """Owns the task of every session; leaving the block ends them all."""

    def __init__(
        self,
        config: Config,
        posing: InferenceService,
        make_tracker: Callable[[], Tracker],
        metrics: Metrics,
        archive: AsyncResultStore,
    ) -> None:
        self._config = config
        self._posing = posing
        self._make_tracker = make_tracker
        self._metrics = metrics
        self._archive = archive
        self._taken = 0  # seats, those of learners who are still being answered included
        self._running: dict[str, tuple[Session, asyncio.Task[None]]] = {}
        self._results: OrderedDict[str, Result] = OrderedDict()
        self._remembered = ResumeStore(time.monotonic)
        self.sweeper = GcSweeper()
        self._tasks = asyncio.TaskGroup()
        self._open = True
        metrics.sessions.set_function(lambda: len(self._running))

    async def __aenter__(self) -> SessionRegistry:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.drain("server stopping")
        await self._tasks.__aexit__(kind, error, trace)
        self.sweeper.stop()

    def __len__(self) -> int:
        return len(self._running)

    def __iter__(self) -> Iterator[Session]:
        return iter([session for session, _ in self._running.values()])

    async def open(
        self, order: SessionRequest, offer_sdp: str, resume: str | None = None
    ) -> tuple[Session, str]:
        """Seat a learner: the session and the answer to their offer.

        :param resume: a session that broke off, to go on with; one still running is ended.
        :raises UnknownSession: `resume` is none that can be gone on with.
        :raises OtherLesson: `resume` is of another lesson.
        :raises ServerFull: no seat.
        :raises ServerStopping: it lets nobody in any more.
        :raises BadOffer: SDP that cannot be read.
        :raises UnfitOffer: SDP that lacks what a session needs.
        """
        if not self._open:
            raise ServerStopping("the server is stopping; try again in a moment")
        before = None if resume is None else await self._end_former(resume, order.lesson)
        if self._taken >= self._config.max_sessions:
            self._metrics.refused.inc()
            raise ServerFull(f"all {self._config.max_sessions} places are taken; try again soon")
        self._taken += 1
        former = None if before is None else self._remembered.take(before)
        if former is not None:
            learner = order.learner or former.learner
            order = replace(order, mirror=former.mirror, learner=learner)
        try:
            session = Session(
                *(order, self._config, self._posing, self._make_tracker(), self._metrics),
                keep=self._archive.save,
                former=former,
            )
            answer = await session.negotiate(offer_sdp)
            task = self._tasks.create_task(self._run(session), name=f"session-{session.id[:8]}")
        except BaseException:
            self._taken -= 1
            if before is not None and former is not None:
                self._remembered.keep(before, former)  # for a better offer
            raise
        if before is not None:
            self._remembered.pass_on(before, session.id)
            self._metrics.resumed.inc()
        self._running[session.id] = (session, task)
        self._metrics.started.inc()
        return session, answer

    async def _end_former(self, id: str, lesson: Lesson) -> str:
        """End what still runs of a session that is to be gone on with; give the id it is kept by.

        :raises UnknownSession: there is nothing to go on with.
        :raises OtherLesson: it is of another lesson.
        """
        while (latest := self._remembered.latest(id)) in self._running:
            require_same(self.find(latest).order.lesson, lesson)
            await self.close(latest, "replaced")
        require_same(self._remembered.find(latest).lesson, lesson)
        return latest

    def find(self, id: str) -> Session:
        """The running session of that id.

        :raises UnknownSession: it has ended, or never was.
        """
        try:
            return self._running[id][0]
        except KeyError:
            raise UnknownSession(f"expected the id of a running session, got {id!r}") from None

    def result(self, id: str) -> Result:
        """The result so far, or that of one of the last sessions that ended.

        :raises UnknownSession: neither.
        """
        return self._results.get(id) or self.find(id).result()

    async def forget(self, learner: str) -> None:
        """Remove everything under that name; who takes part under it goes on without.

        :raises HistoryUnavailable: the database fails; ask again.
        """
        for session, _ in self._running.values():
            if session.learner == learner:
                session.learner = None
        for id in [id for id, its in self._results.items() if its.learner == learner]:
            del self._results[id]
        self._remembered.forget(learner)
        if self._archive.enabled:
            await self._archive.delete_learner(learner)

    async def close(self, id: str, reason: EndReason, *, may_return: bool = False) -> None:
        """End a session and wait until it is gone.

        :raises UnknownSession: it is gone already.
        """
        self.find(id).end(reason, may_return=may_return)
        await asyncio.wait({self._running[id][1]})

    async def drain(self, reason: EndReason) -> None:
        """Let nobody in, tell everybody, wait for them, and cut off whoever takes too long."""
        self._open = False
        for session, _ in list(self._running.values()):
            session.end(reason)
        tasks = {task for _, task in self._running.values()}
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._config.drain_timeout_s)
            for task in late:
                logger.warning("%s did not end in time and was cut off", task.get_name())
                task.cancel()

    async def _run(self, session: Session) -> None:
        try:
            await session.run()
        finally:
            self._taken -= 1
            del self._running[session.id]
            self._metrics.ended.labels(how=session.how_it_ended or "cut off").inc()
            self._results[session.id] = session.result()
            while len(self._results) > REMEMBERED:
                self._results.popitem(last=False)
            if (left := session.left) is not None:
                self._remembered.keep(session.id, left)
            self.sweeper.schedule()
            logger.info("session %s ended: %s", session.id[:8], session.how_it_ended)
