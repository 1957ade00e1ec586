"""Bounds how often the kernel is asked who sent a request: a question takes some milliseconds."""

from __future__ import annotations

import time
from collections.abc import Callable

PER_SECOND = 25.0
BURST = 100.0


class KernelQuestions:
    """A token bucket. When it is empty, a request counts as not local, and the token helps."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._left = BURST
        self._at_s = now_s()

    def take(self) -> bool:
        """Whether one more question may be asked now."""
        now_s = self._now_s()
        self._left = min(BURST, self._left + PER_SECOND * (now_s - self._at_s))
        self._at_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True
