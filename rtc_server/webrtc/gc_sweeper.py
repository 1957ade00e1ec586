"""Frees at once what sessions leave behind.

A connection of aiortc is a knot of references to itself. What hangs on it (decoders, sockets,
mapped files) is large, and Python, which counts objects and not bytes, may leave it for minutes:
after 400 sessions a server held 300 MB more than it needed.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time

logger = logging.getLogger(__name__)

AFTER_S = 1.0  # so that a session's last callbacks are done; many that end together cost one sweep


class GcSweeper:
    """Collects garbage soon after a session, once it has been told that the server stands."""

    def __init__(self) -> None:
        self._begun = False
        self._pending: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """From here on sweep; what there is now is there to stay, and is not looked at again.

        That makes a sweep a matter of milliseconds, for it looks at the sessions only. For a whole
        process, hence not for tests that run many servers in one.
        """
        gc.collect()
        gc.freeze()
        self._begun = True

    def soon(self) -> None:
        """A session has ended."""
        if self._begun and self._pending is None:
            self._pending = asyncio.get_running_loop().call_later(AFTER_S, self._sweep)

    def stop(self) -> None:
        """Nothing more will end."""
        if self._pending is not None:
            self._pending.cancel()

    def _sweep(self) -> None:
        self._pending = None
        began_s = time.perf_counter()
        freed = gc.collect()
        took_ms = 1000 * (time.perf_counter() - began_s)
        logger.debug("swept %d objects in %.1f ms", freed, took_ms)
