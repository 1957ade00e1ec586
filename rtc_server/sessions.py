"""All learners: how many may come, finding one, and sending everybody home."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from types import TracebackType

from rtc_server.config import Config
from rtc_server.errors import ServerFull, UnknownSession
from rtc_server.history.archive import Archive
from rtc_server.metrics import Metrics
from rtc_server.posing import PosingService, Tracker
from rtc_server.results import Result
from rtc_server.session import Order, Session

logger = logging.getLogger(__name__)

REMEMBERED = 100  # results of sessions that have ended


class Sessions:
    """Owns the task of every session; leaving the block ends them all."""

    def __init__(
        self,
        config: Config,
        posing: PosingService,
        make_tracker: Callable[[], Tracker],
        metrics: Metrics,
        archive: Archive,
    ) -> None:
        self._config = config
        self._posing = posing
        self._make_tracker = make_tracker
        self._metrics = metrics
        self._archive = archive
        self._taken = 0  # seats, those of learners who are still being answered included
        self._running: dict[str, tuple[Session, asyncio.Task[None]]] = {}
        self._results: OrderedDict[str, Result] = OrderedDict()
        self._tasks = asyncio.TaskGroup()
        self._open = True
        metrics.sessions.set_function(lambda: len(self._running))

    async def __aenter__(self) -> Sessions:
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

    def __len__(self) -> int:
        return len(self._running)

    async def open(self, order: Order, offer_sdp: str) -> tuple[Session, str]:
        """Seat a learner: the session and the answer to their offer.

        :raises ServerFull: no seat, or the server is stopping.
        :raises BadOffer: SDP that cannot be read.
        :raises UnfitOffer: SDP that lacks what a session needs.
        """
        if not self._open:
            raise ServerFull("the server is stopping; try again in a moment")
        if self._taken >= self._config.max_sessions:
            self._metrics.refused.inc()
            raise ServerFull(f"all {self._config.max_sessions} places are taken; try again soon")
        self._taken += 1
        try:
            session = Session(
                *(order, self._config, self._posing, self._make_tracker(), self._metrics),
                keep=self._archive.keep,
            )
            answer = await session.answer(offer_sdp)
            task = self._tasks.create_task(self._run(session), name=f"session-{session.id[:8]}")
        except BaseException:
            self._taken -= 1
            raise
        self._running[session.id] = (session, task)
        self._metrics.started.inc()
        return session, answer

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
        if self._archive.on:
            await self._archive.forget(learner)

    async def close(self, id: str, reason: str) -> None:
        """End a session and wait until it is gone.

        :raises UnknownSession: it is gone already.
        """
        self.find(id).end(reason)
        await asyncio.wait({self._running[id][1]})

    async def drain(self, reason: str) -> None:
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
            logger.info("session %s ended: %s", session.id[:8], session.how_it_ended)
