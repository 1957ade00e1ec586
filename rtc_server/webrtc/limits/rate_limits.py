"""How much of something a learner may send, and when too much of it is a flood. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

# Something is refused at so many checks (of two a second) within so long. What a page has kept
# while it was asleep is refused at one or two.
FLOOD_CHECKS = 8
FLOOD_WINDOW_S = 20.0
FLOOD_COUNT = 10_000  # refused from one check to the next


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many a second in the long run, and so many at once."""

    per_s: float
    burst: float


class Allowance:
    """A token bucket: it fills at a limit's rate up to its burst."""

    def __init__(self, limit: RateLimit, now_s: float) -> None:
        self._limit = limit
        self._tokens = limit.burst
        self._filled_s = now_s

    def take(self, now_s: float, count: int = 1) -> bool:
        """Take `count` if there are so many left, else none: that exceeds the limit."""
        passed_s = max(0.0, now_s - self._filled_s)
        self._filled_s = now_s
        self._tokens = min(self._limit.burst, self._tokens + passed_s * self._limit.per_s)
        if self._tokens < count:
            return False
        self._tokens -= count
        return True


class FloodDetector:
    """Tells a flood from a burst: more is refused at most of the times that it is looked at.

    Not at all of them: SCTP waits for seconds after a loss, and then sends as much as before.
    """

    def __init__(self) -> None:
        self._grew_s: deque[float] = deque(maxlen=FLOOD_CHECKS)
        self._refused = 0

    def update(self, refused: int, now_s: float) -> bool:
        """Take how much was refused in all up to now; return whether it is a flood."""
        grown = refused - self._refused
        self._refused = refused
        if grown > 0:
            self._grew_s.append(now_s)
        while self._grew_s and now_s - self._grew_s[0] > FLOOD_WINDOW_S:
            self._grew_s.popleft()
        return len(self._grew_s) == FLOOD_CHECKS or grown >= FLOOD_COUNT
