"""Watches a worker process from outside: its time, its memory, and the room on the disk."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from rtc_server.errors import NoRoom, PreparationFailed
from rtc_server.token_bucket import TokenBucket
from rtc_server.uploads.sandbox.resource_limits import DECODER_BYTES
from rtc_server.uploads.worker_limits import MESSAGE_LIMIT, wall_limit_s

INTERVAL_S = 1.0
# Twice what a worker may take by its own limit, which a worker that obeys a stranger can lift.
MAX_RESIDENT_BYTES = 4_000_000_000
# Below this, the worker is ended, so that results and other uploads still have room.
LEAST_FREE_BYTES = 100_000_000


class WorkerWatch:
    """The limits of one worker; `run` raises when one is passed."""

    def __init__(
        self,
        pid: int,
        folder: Path,
        max_length_s: float,
        now: Callable[[], float],
        workers: int = 1,
    ) -> None:
        self.length_s = 0.0  # of the lesson; until the worker tells it, it is only starting
        self._pid = pid
        self._folder = folder
        self._max_length_s = max_length_s
        self._now = now
        self._max_bytes = MAX_RESIDENT_BYTES + (workers - 1) * DECODER_BYTES
        self._began_s = now()
        self._messages = TokenBucket(MESSAGE_LIMIT, self._began_s)

    def on_length(self, length_s: float) -> None:
        """Note how long the lesson will be: not longer than was allowed, whoever says so."""
        self.length_s = min(length_s, self._max_length_s)

    def on_message(self) -> None:
        """
        :raises PreparationFailed: more messages than a worker sends.
        """
        if not self._messages.take(self._now()):
            raise PreparationFailed(
                "expected a few messages a second from the process that makes the lesson, "
                "got far more"
            )

    async def run(self) -> None:
        """Check each second, until cancelled.

        :raises PreparationFailed: the worker takes too long, or too much memory.
        :raises NoRoom: the disk is nearly full.
        """
        while True:
            self.check()
            await asyncio.sleep(INTERVAL_S)

    def check(self) -> None:
        """
        :raises PreparationFailed: the worker takes too long, or too much memory.
        :raises NoRoom: the disk is nearly full.
        """
        limit_s = wall_limit_s(self.length_s)
        if self._now() - self._began_s > limit_s:
            raise PreparationFailed(
                f"expected a lesson of {self.length_s:.0f} s to be made within {limit_s:.0f} s, "
                "it is not; the server may be too busy"
            )
        if resident_bytes(self._pid) > self._max_bytes:
            raise PreparationFailed(
                f"expected the video to take at most {self._max_bytes / 1e9:.0f} GB of memory, "
                "it takes more"
            )
        if shutil.disk_usage(self._folder).free < LEAST_FREE_BYTES:
            raise NoRoom("expected room on the server's disk for the lesson, it is nearly full")


def resident_bytes(pid: int) -> int:
    """The memory that a process has at the moment; 0 where the system does not say (not Linux)."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]
    except (OSError, IndexError):  # it has ended meanwhile, or there is no such file
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
