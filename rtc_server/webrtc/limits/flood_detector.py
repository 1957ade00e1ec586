"""When what a learner sends too much of is a flood. Pure."""

from __future__ import annotations

from collections import deque

# Something is refused at so many checks (of two a second) within so long. What a page has kept
# while it was asleep is refused at one or two.
FLOOD_CHECKS = 8
FLOOD_WINDOW_S = 20.0
FLOOD_COUNT = 10_000  # refused from one check to the next


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
