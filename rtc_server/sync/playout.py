"""Holds decoded pictures back so that they are shown at an even pace, as browsers do. Pure."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from rtc_server.sync.capture_clock import WindowedMin

T = TypeVar("T")

HOLD_S = 0.2  # a lost packet comes again within: two ways of 70 ms, and the time to miss it
QUICKEST_S = 30.0  # how long the quickest picture counts; clocks drift by a millisecond meanwhile
WAITING = 64  # pictures, more than two seconds


class Playout(Generic[T]):
    """Each picture is due HOLD_S after it would have come if it had come as quickly as any.

    Times are in s of one monotonic clock, but for `media_s`, which is the sender's.
    """

    def __init__(self, hold_s: float = HOLD_S) -> None:
        self._hold_s = hold_s
        self._quickest = WindowedMin(QUICKEST_S)  # arrival − media time
        self._waiting: deque[tuple[float, T]] = deque(maxlen=WAITING)
        self.skipped = 0  # pictures that were overtaken before they were shown

    def add(self, now_s: float, media_s: float, picture: T) -> None:
        """A picture has come."""
        self._quickest.add(now_s, now_s - media_s)
        self.skipped += len(self._waiting) == WAITING
        due_s = media_s + (self._quickest.value or 0.0) + self._hold_s
        self._waiting.append((due_s, picture))

    @property
    def due_s(self) -> float | None:
        """When the next picture is due; None where none waits."""
        return self._waiting[0][0] if self._waiting else None

    def take(self, now_s: float) -> T | None:
        """The picture to be shown now: the newest that is due."""
        newest = None
        while self._waiting and self._waiting[0][0] <= now_s:
            self.skipped += newest is not None
            newest = self._waiting.popleft()[1]
        return newest
