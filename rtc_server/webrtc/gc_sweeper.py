"""Frees the memory of sessions soon after they end.

A connection of aiortc is a cycle of references. What hangs on it (decoders, sockets, mapped files)
is large, but Python counts objects and not bytes, and may leave it for minutes: after 400 sessions
a server held 300 MB more than it needed.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time

logger = logging.getLogger(__name__)

DELAY_S = 1.0  # a session's last callbacks are done by then; sessions that end together share one


class GcSweeper:
    """Collects garbage soon after a session ends, once the server has started."""

    def __init__(self) -> None:
        self._started = False
        self._pending: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Collect from now on, and exempt all objects that exist now, because they stay.

        A collection then takes milliseconds, because it looks at the sessions only. This concerns
        the whole process, so tests that run several servers in one process do not call it.
        """
        gc.collect()
        gc.freeze()
        self._started = True

    def schedule(self) -> None:
        """Collect soon, because a session has ended."""
        if self._started and self._pending is None:
            self._pending = asyncio.get_running_loop().call_later(DELAY_S, self._collect)

    def stop(self) -> None:
        """Cancel a scheduled collection."""
        if self._pending is not None:
            self._pending.cancel()

    def _collect(self) -> None:
        self._pending = None
        began_s = time.perf_counter()
        freed = gc.collect()
        took_ms = 1000 * (time.perf_counter() - began_s)
        logger.debug("collected %d objects in %.1f ms", freed, took_ms)
