"""Whether the event loop stands still: a thread watches it, and says in the log where it stands."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator, Callable

from rtc_server.metrics import Metrics

logger = logging.getLogger(__name__)

INTERVAL_S = 0.5  # between two beats of the loop, and between two looks at them
STALL_S = 10.0  # learners' connections end after 8 s of silence, so this has lost all of them
REMEMBERED_S = 30.0  # for how long a stall makes the server unhealthy; probes come every 10 to 30 s
STACK_LINES = 12


class LoopWatchdog:
    """Knows when the loop last ran. `beat` is called in the loop, everything else in any thread."""

    def __init__(self, metrics: Metrics, now_s: Callable[[], float] = time.monotonic) -> None:
        self._metrics = metrics
        self._now_s = now_s
        self._beat_s = now_s()
        self._stalled_s = -REMEMBERED_S  # when the last stall was seen last
        self._length_s = 0.0  # of that stall
        self._is_stalled = False

    def beat(self) -> None:
        """The loop runs."""
        self.look()
        self._beat_s = self._now_s()
        self._is_stalled = False

    def look(self) -> bool:
        """Look whether the loop stands still; True the first time in a stall."""
        now_s = self._now_s()
        if now_s - self._beat_s < STALL_S:
            return False
        self._stalled_s, self._length_s = now_s, now_s - self._beat_s
        is_first, self._is_stalled = not self._is_stalled, True
        if is_first:
            self._metrics.event_loop_stalls.inc()
        return is_first

    def why_unhealthy(self) -> str | None:
        """A sentence about a stall of the last half minute; None without one."""
        self.look()
        ago_s = self._now_s() - self._stalled_s
        if ago_s >= REMEMBERED_S:
            return None
        return f"the event loop stood still for {self._length_s:.0f} s, {ago_s:.0f} s ago"


@contextlib.asynccontextmanager
async def watching(watchdog: LoopWatchdog) -> AsyncIterator[None]:
    """Watch the running loop until the block ends."""
    stopped = threading.Event()
    loop_thread = threading.get_ident()
    thread = threading.Thread(
        target=_watch, args=(watchdog, stopped, loop_thread), name="watchdog", daemon=True
    )
    thread.start()
    beating = asyncio.create_task(_beat(watchdog), name="watchdog")
    try:
        yield
    finally:
        beating.cancel()
        stopped.set()  # the thread ends within an interval, and nothing waits for it


async def _beat(watchdog: LoopWatchdog) -> None:
    while True:
        watchdog.beat()
        await asyncio.sleep(INTERVAL_S)


def _watch(watchdog: LoopWatchdog, stopped: threading.Event, loop_thread: int) -> None:
    while not stopped.wait(INTERVAL_S):
        if watchdog.look():
            logger.error("the event loop stands still for %.0f s in:%s", STALL_S, _at(loop_thread))


def _at(thread: int) -> str:
    """Where a thread is, the innermost call last; not as a traceback, for it is no error there."""
    frame = sys._current_frames().get(thread)
    if frame is None:
        return " (unknown)"
    calls = traceback.extract_stack(frame)[-STACK_LINES:]
    return "".join(f"\n  {call.filename}:{call.lineno} {call.name}" for call in calls)
