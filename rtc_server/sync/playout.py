"""Delays decoded frames so that they are shown at an even pace, as browsers do. Pure.

Times are in s of one monotonic clock, except `media_s`, which is the sender's.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from rtc_server.sync.windowed_min import WindowedMin

T = TypeVar("T")

DELAY_S = 0.2  # time to get a lost packet again: to notice the loss, and 70 ms each way
TRANSIT_WINDOW_S = 30.0  # clocks drift apart by a millisecond meanwhile
MAX_FRAMES = 64  # more than two seconds


class Playout(Generic[T]):
    """A frame is due `delay_s` after the time at which it would come with the least transit."""

    def __init__(self, delay_s: float = DELAY_S) -> None:
        self._delay_s = delay_s
        self._min_transit_s = WindowedMin(TRANSIT_WINDOW_S)  # arrival − media time
        self._waiting: deque[tuple[float, T]] = deque(maxlen=MAX_FRAMES)  # (due, frame)
        self.skipped = 0  # frames that were overtaken before they were shown

    def add(self, now_s: float, media_s: float, frame: T) -> None:
        """A frame has come."""
        self._min_transit_s.add(now_s, now_s - media_s)
        self.skipped += len(self._waiting) == MAX_FRAMES
        due_s = media_s + (self._min_transit_s.value or 0.0) + self._delay_s
        self._waiting.append((due_s, frame))

    @property
    def due_s(self) -> float | None:
        """When the next frame is due; None if none waits."""
        return self._waiting[0][0] if self._waiting else None

    def take(self, now_s: float) -> T | None:
        """The frame to be shown now: the newest that is due."""
        newest = None
        while self._waiting and self._waiting[0][0] <= now_s:
            self.skipped += newest is not None
            newest = self._waiting.popleft()[1]
        return newest
