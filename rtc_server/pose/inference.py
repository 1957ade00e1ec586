"""Runs the pose network off the event loop, in fair turns for all sessions."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from rtc_server.metrics import Metrics
from rtc_server.pose.processors import lower_priority

logger = logging.getLogger(__name__)

T = TypeVar("T")
# Learners who start together would all come due at once and wait for each other. Steps of the
# golden ratio spread any number of them evenly.
GOLDEN_RATIO = 0.618034
MAX_AGE_S = 0.45  # of a frame when its pose is ready: an older score is of no use to the learner
NEW_DURATION_SHARE = 0.2  # of the newest inference in the usual duration
CLOSE_TIMEOUT_S = 3.0  # for inference that is running at the end; an engine may hang
THREAD_NAME = "inference"
WORKER_NICENESS = 2  # the media path goes first: a score may be a little late, a packet may not


class InferenceService:
    """Workers that share one estimator. Sessions wait in line, so none waits more than a round.

    A session has at most one frame in line and goes to its end each time, so that under overload
    the rate of all falls alike.
    """

    def __init__(self, metrics: Metrics, workers: int) -> None:
        """:param workers: frames at once."""
        self._metrics = metrics
        self._free_workers = asyncio.Semaphore(workers)  # wakes those who wait in their order
        self._slots = 0
        self._usual_duration_s = 0.0  # from the start of a turn until the loop has the pose
        self._pool = ThreadPoolExecutor(workers, THREAD_NAME, lower_priority, (WORKER_NICENESS,))
        self._running: set[Future[Any]] = set()

    def next_phase(self) -> float:
        """The phase of another session's samples between those of the others, 0..1."""
        self._slots += 1
        return self._slots * GOLDEN_RATIO % 1

    @contextlib.asynccontextmanager
    async def wait_for_turn(self) -> AsyncIterator[Turn]:
        """Wait in line for a worker: first come, first served.

        The worker is free again when the block is left and its work is done: a session that is
        cancelled meanwhile does not take the thread with it.
        """
        start_s = time.perf_counter()
        await self._free_workers.acquire()
        self._metrics.pose_wait_seconds.observe(time.perf_counter() - start_s)
        turn = Turn(self._submit)
        try:
            yield turn
        finally:
            turn.call_when_done(self._free_workers.release)
            if turn.duration_s is not None:
                self._metrics.pose_seconds.observe(turn.duration_s)

    def is_in_time(self, waited_s: float) -> bool:
        """Whether the pose of a frame that has waited so long would be ready by MAX_AGE_S."""
        return waited_s + self._usual_duration_s <= MAX_AGE_S

    def record_duration(self, duration_s: float) -> None:
        """Learn how long inference takes, on a worker and on the way there and back."""
        self._usual_duration_s += NEW_DURATION_SHARE * (duration_s - self._usual_duration_s)

    def count_too_old(self) -> None:
        """Count a frame that was skipped because it had waited too long."""
        self._metrics.webcam_frames_too_old.inc()

    def count_failure(self) -> None:
        """Count a frame in which no pose could be estimated because of an error."""
        self._metrics.pose_failures.inc()

    def close(self) -> None:
        """End the workers; those at work are waited for, up to CLOSE_TIMEOUT_S."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        _, hung = wait(set(self._running), CLOSE_TIMEOUT_S)
        if hung:
            logger.error("the pose engine hangs: %d frames were left unfinished", len(hung))
        else:
            self._pool.shutdown(wait=True)  # the threads end at once

    def _submit(self, work: Callable[[], T]) -> Future[T]:
        future = self._pool.submit(work)
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return future


class Turn:
    """A worker that waits for one piece of work."""

    def __init__(self, submit: Callable[[Callable[[], Any]], Future[Any]]) -> None:
        self._submit = submit
        self._future: Future[Any] | None = None
        self.duration_s: float | None = None  # once the work is done, waiting excluded

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` on the worker and return its result."""
        self._future = self._submit(lambda: self._timed(work))
        result: T = await asyncio.wrap_future(self._future)
        return result

    def call_when_done(self, callback: Callable[[], None]) -> None:
        """Call back on the loop: at once, or when the worker is free again."""
        if self._future is None or self._future.done():
            callback()
            return
        loop = asyncio.get_running_loop()
        self._future.add_done_callback(lambda _: loop.call_soon_threadsafe(callback))

    def _timed(self, work: Callable[[], T]) -> T:
        start_s = time.perf_counter()
        try:
            return work()
        finally:
            self.duration_s = time.perf_counter() - start_s


def has_hung_workers() -> bool:
    """Whether a worker is left after `close`: at its end Python would wait for it for ever."""
    return any(thread.name.startswith(THREAD_NAME) for thread in threading.enumerate())
