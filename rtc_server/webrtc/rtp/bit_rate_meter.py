"""The bit rate of the last second, in the form of aiortc's RateCounter. Pure.

aiortc's counts in a thousand slots and goes through each millisecond that has passed, twice for
each packet; after an hour, or when the clock is set, the event loop would stand still for seconds.
"""

from __future__ import annotations

from collections import deque

WINDOW_MS = 1000
BITS_MS = 8000  # bytes a millisecond as bits a second


class BitRateMeter:
    """Counts bytes; the figures are those of aiortc's counter."""

    def __init__(self) -> None:
        self._recent: deque[tuple[int, int]] = deque()  # when, and how many bytes
        self._bytes = 0
        self._origin_ms: int | None = None  # counted from here

    def add(self, size: int, now_ms: int) -> None:
        """Count `size` bytes that came now."""
        if self._recent and now_ms < self._recent[-1][0]:
            self.reset()  # the clock was set back
        if self._origin_ms is None:
            self._origin_ms = now_ms
        else:
            self._forget_old(now_ms)
        self._recent.append((now_ms, size))
        self._bytes += size

    def rate(self, now_ms: int) -> int | None:
        """Bits a second in the last second, or since the first byte if that is shorter."""
        if self._origin_ms is None:
            return None
        self._forget_old(now_ms)
        counted_ms = now_ms - self._origin_ms + 1
        if not self._recent or counted_ms <= 1:
            return None
        return round(BITS_MS * self._bytes / counted_ms)

    def reset(self) -> None:
        """Begin anew."""
        self._recent.clear()
        self._bytes = 0
        self._origin_ms = None

    def _forget_old(self, now_ms: int) -> None:
        begin_ms = now_ms - WINDOW_MS + 1
        if self._origin_ms is not None and begin_ms > self._origin_ms:
            self._origin_ms = begin_ms
        recent = self._recent
        while recent and recent[0][0] < begin_ms:
            self._bytes -= recent.popleft()[1]
