"""The results, off the event loop: one thread asks the database, and lines to it are bounded."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

from rtc_server.errors import HistoryOff, HistoryUnavailable
from rtc_server.history.results import Result
from rtc_server.history.store import Store
from rtc_server.metrics import Metrics

logger = logging.getLogger(__name__)

T = TypeVar("T")
Waiting = tuple[Result, asyncio.Future[None]]  # done: tried once, for better or worse

MOST_WAITING = 256  # results not written yet; beyond, the oldest that is not at work is lost
MOST_ASKING = 32  # questions in line
KEPT_WITHIN_S = 5.0  # how long the end of a session waits to be written, on a busy disk
ANSWERED_WITHIN_S = 5.0
AGAIN_AFTER_S = 2.0  # a database that fails is tried again
CLOSED_WITHIN_S = 3.0
SILENT = "the database of results does not answer; try again in a moment"


class AsyncStore:
    """Keeps results and answers questions about them; use as `async with`.

    Everything goes through one thread in the order in which it came: who asks after a result was
    kept finds it, and what is forgotten stays so.
    """

    def __init__(self, store: Store | None, metrics: Metrics) -> None:
        """:param store: None where no results are kept; the archive closes it."""
        self._store = store
        self._metrics = metrics
        self._thread = ThreadPoolExecutor(1, "history")
        self._waiting: deque[Waiting] = deque()
        self._news = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._asking = 0
        self._tasks = asyncio.TaskGroup()
        self._failing = False
        metrics.results_waiting.set_function(lambda: len(self._waiting))

    @property
    def on(self) -> bool:
        """Whether results are kept at all."""
        return self._store is not None

    @property
    def shown(self) -> str | None:
        """Where results are kept, without a password; None where they are not."""
        return None if self._store is None else self._store.shown

    async def __aenter__(self) -> AsyncStore:
        await self._tasks.__aenter__()
        self._writer = self._tasks.create_task(self._write(), name="history-writer")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSED_WITHIN_S):
                await self._empty.wait()
        self._writer.cancel()
        while self._waiting:
            self._lose(self._waiting[0], "the server stops")
        if self._store is not None:
            closed = self._thread.submit(self._store.close)
            await asyncio.wait({asyncio.wrap_future(closed)}, timeout=CLOSED_WITHIN_S)
        self._thread.shutdown(wait=False)
        await self._tasks.__aexit__(kind, error, trace)

    async def keep(self, result: Result) -> None:
        """Have a result written; wait until it is, or the database fails: it stays in line."""
        if self._store is None or not result.worth_keeping:
            return
        if len(self._waiting) >= MOST_WAITING:
            self._lose(self._waiting[1], f"{MOST_WAITING} are waiting")
        tried = asyncio.get_running_loop().create_future()
        self._waiting.append((result, tried))
        self._empty.clear()
        self._news.set()
        if not self._failing:
            await asyncio.wait({tried}, timeout=KEPT_WITHIN_S)

    async def ask(self, question: Callable[[Store], T]) -> T:
        """What `question` gives of the store.

        :raises HistoryOff: no results are kept.
        :raises HistoryUnavailable: the database fails, or too many ask.
        """
        store = self._store
        if store is None:
            raise HistoryOff("this server keeps no results; --history says where to")
        if self._asking >= MOST_ASKING:
            self._metrics.history_failures.inc()
            raise HistoryUnavailable(f"{MOST_ASKING} wait for the database; try again in a moment")
        self._asking += 1
        try:
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                return await self._on_thread(lambda: question(store))
        except HistoryUnavailable as error:  # whoever asks need not know how we are built
            logger.error("%s", error)
            raise HistoryUnavailable(SILENT) from None
        except TimeoutError:
            self._metrics.history_failures.inc()
            raise HistoryUnavailable(SILENT) from None
        finally:
            self._asking -= 1

    async def before(self, result: Result) -> Result | None:
        """The result to compare with; None also where the database does not tell."""
        if result.learner is None:
            return None
        try:
            return await self.ask(lambda store: store.before(result))
        except (HistoryOff, HistoryUnavailable):
            return None

    async def forget(self, learner: str) -> int:
        """Remove everything under that name, what waits to be written included.

        :raises HistoryOff: no results are kept.
        :raises HistoryUnavailable: the database fails; nothing may be removed.
        """
        for waiting in [its for its in self._waiting if its[0].learner == learner]:
            self._done(waiting)
        return await self.ask(lambda store: store.forget(learner))

    async def _write(self) -> None:
        """Write what waits, the oldest first, until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                if not await self._write_one(self._waiting[0]):
                    await asyncio.sleep(AGAIN_AFTER_S)

    async def _write_one(self, waiting: Waiting) -> bool:
        """Whether it is settled, for better or worse; False: try again."""
        store, (result, _) = self._store, waiting
        assert store is not None
        try:
            await self._on_thread(lambda: store.put(result))
        except HistoryUnavailable as error:
            if not self._failing:  # the rest of a row of them says the same
                logger.error("a result waits to be written: %s", error)
            self._failing = True
            for its in self._waiting:
                _release(its)
            return False
        except Exception:  # of whatever kind: the others must be written
            logger.exception("a result cannot be written")
            self._lose(waiting, "no database takes it")
            return True
        self._failing = False
        if waiting in self._waiting:
            self._metrics.results_kept.inc()
            self._done(waiting)
        return True

    async def _on_thread(self, work: Callable[[], T]) -> T:
        began_s = time.perf_counter()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except HistoryUnavailable:
            self._metrics.history_failures.inc()
            raise
        finally:
            self._metrics.history.observe(time.perf_counter() - began_s)

    def _lose(self, waiting: Waiting, why: str) -> None:
        if waiting in self._waiting:
            logger.error("a result of session %s is lost: %s", waiting[0].session[:8], why)
            self._metrics.results_lost.inc()
            self._done(waiting)

    def _done(self, waiting: Waiting) -> None:
        self._waiting.remove(waiting)
        _release(waiting)
        if not self._waiting:
            self._empty.set()


def _release(waiting: Waiting) -> None:
    """Let the session that waits for its result say goodbye."""
    if not waiting[1].done():
        waiting[1].set_result(None)
