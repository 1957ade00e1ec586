"""The result store off the event loop: one thread runs all queries, and both queues are bounded."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from rtc_server.errors import HistoryOff, HistoryUnavailable
from rtc_server.history.results import Result
from rtc_server.metrics import Metrics

if TYPE_CHECKING:
    from rtc_server.history.store import ResultStore

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Results not written yet; beyond that number, the oldest that is not being written is lost.
MAX_PENDING = 256
MAX_QUERIES = 32  # queries in the queue
SAVE_TIMEOUT_S = 5.0  # how long the end of a session waits for its result, on a busy disk
QUERY_TIMEOUT_S = 5.0
RETRY_S = 2.0  # between two tries while the database fails
CLOSE_TIMEOUT_S = 3.0
NO_ANSWER = "the database of results does not answer; try again in a moment"


@dataclass(eq=False, slots=True)
class PendingWrite:
    """A result that is not written yet."""

    result: Result
    tried: asyncio.Future[None]  # done after the first try, whether it succeeded or not

    def release(self) -> None:
        """Let the session that waits for its result end."""
        if not self.tried.done():
            self.tried.set_result(None)


class AsyncResultStore:
    """Writes results and runs queries without blocking the event loop; use as `async with`.

    One thread does everything in the order of the calls: a query that follows a save finds the
    result, and what was deleted does not come back.
    """

    def __init__(self, store: ResultStore | None, metrics: Metrics) -> None:
        """:param store: closed at the end; None where no results are stored."""
        self._store = store
        self._metrics = metrics
        self._thread = ThreadPoolExecutor(1, "history")
        self._pending: deque[PendingWrite] = deque()
        self._added = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._queries = 0
        self._tasks = asyncio.TaskGroup()
        self._failing = False
        metrics.results_waiting.set_function(lambda: len(self._pending))

    @property
    def enabled(self) -> bool:
        """Whether results are stored at all."""
        return self._store is not None

    async def __aenter__(self) -> AsyncResultStore:
        await self._tasks.__aenter__()
        self._writer = self._tasks.create_task(self._write_pending(), name="history-writer")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._empty.wait()
        self._writer.cancel()
        while self._pending:
            self._lose(self._pending[0], "the server stops")
        if self._store is not None:
            closed = self._thread.submit(self._store.close)
            await asyncio.wait({asyncio.wrap_future(closed)}, timeout=CLOSE_TIMEOUT_S)
        self._thread.shutdown(wait=False)
        await self._tasks.__aexit__(kind, error, trace)

    async def save(self, result: Result) -> None:
        """Queue a result and wait until it is written; if the database fails, it stays queued."""
        if self._store is None or not result.is_worth_saving:
            return
        if len(self._pending) >= MAX_PENDING:
            self._lose(self._pending[1], f"{MAX_PENDING} are waiting")
        pending = PendingWrite(result, asyncio.get_running_loop().create_future())
        self._pending.append(pending)
        self._empty.clear()
        self._added.set()
        if not self._failing:
            await asyncio.wait({pending.tried}, timeout=SAVE_TIMEOUT_S)

    async def run_sync(self, query: Callable[[ResultStore], T]) -> T:
        """Call `query` with the store, in its thread, and return its result.

        :raises HistoryOff: no results are stored.
        :raises HistoryUnavailable: the database fails, or too many queries are waiting.
        """
        store = self._store
        if store is None:
            raise HistoryOff("this server keeps no results; --history says where to keep them")
        if self._queries >= MAX_QUERIES:
            self._metrics.history_failures.inc()
            raise HistoryUnavailable(
                f"{MAX_QUERIES} requests are waiting for the database; try again in a moment"
            )
        self._queries += 1
        try:
            async with asyncio.timeout(QUERY_TIMEOUT_S):
                return await self._run_in_thread(lambda: query(store))
        except HistoryUnavailable as error:  # clients need not learn how the server is built
            logger.error("%s", error)
            raise HistoryUnavailable(NO_ANSWER) from None
        except TimeoutError:
            self._metrics.history_failures.inc()
            raise HistoryUnavailable(NO_ANSWER) from None
        finally:
            self._queries -= 1

    async def get_previous(self, result: Result) -> Result | None:
        """The result to compare with; None also where the database does not answer."""
        if result.learner is None:
            return None
        try:
            return await self.run_sync(lambda store: store.get_previous(result))
        except (HistoryOff, HistoryUnavailable):
            return None

    async def delete_learner(self, learner: str, owner: str | None = None) -> int:
        """Delete everything under that name, results that wait to be written included.

        :param owner: only this invited learner's results.
        :raises HistoryOff: no results are stored.
        :raises HistoryUnavailable: the database fails; possibly nothing is deleted.
        """
        for pending in list(self._pending):
            if pending.result.learner == learner and owner in (None, pending.result.owner):
                self._remove(pending)
        return await self.run_sync(lambda store: store.delete_learner(learner, owner))

    async def _write_pending(self) -> None:
        """Write the pending results, the oldest first, until cancelled."""
        while True:
            await self._added.wait()
            self._added.clear()
            while self._pending:
                if not await self._write(self._pending[0]):
                    await asyncio.sleep(RETRY_S)

    async def _write(self, pending: PendingWrite) -> bool:
        """Try to write a result.

        :return: whether it is settled: written, or lost; False means try again.
        """
        store = self._store
        assert store is not None
        try:
            await self._run_in_thread(lambda: store.save(pending.result))
        except HistoryUnavailable as error:
            if not self._failing:  # the errors that follow say the same
                logger.error("a result waits to be written: %s", error)
            self._failing = True
            for each in self._pending:
                each.release()
            return False
        except Exception:  # of any kind: the other results must be written
            logger.exception("a result cannot be written")
            self._lose(pending, "the database refuses it")
            return True
        self._failing = False
        if pending in self._pending:
            self._metrics.results_kept.inc()
            self._remove(pending)
        return True

    async def _run_in_thread(self, work: Callable[[], T]) -> T:
        began_s = time.perf_counter()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except HistoryUnavailable:
            self._metrics.history_failures.inc()
            raise
        finally:
            self._metrics.history_seconds.observe(time.perf_counter() - began_s)

    def _lose(self, pending: PendingWrite, why: str) -> None:
        if pending in self._pending:
            logger.error("a result of session %s is lost: %s", pending.result.session[:8], why)
            self._metrics.results_lost.inc()
            self._remove(pending)

    def _remove(self, pending: PendingWrite) -> None:
        self._pending.remove(pending)
        pending.release()
        if not self._pending:
            self._empty.set()


def open_store(address: str | None) -> ResultStore | None:
    """The store of a database's address; None for none.

    :raises BadHistory: the address or the database cannot be used.
    """
    if not address:
        return None
    # What speaks to databases takes 0.6 s of a slow core to import, and most servers have none.
    from rtc_server.history.database_url import parse_database_url
    from rtc_server.history.store import ResultStore

    return ResultStore(parse_database_url(address))
