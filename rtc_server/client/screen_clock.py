"""Which lesson position a learner's own player shows when, by the server's `state`. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_STRETCHES = 16  # a picture is of the present one, or of one of the last few


@dataclass(frozen=True, slots=True)
class ScreenStretch:
    """The player between two `state` messages."""

    since_s: float
    lesson_s: float
    rate: float  # 0 while it stands still
    end_s: float  # of the loop

    def position_s(self, now_s: float) -> float:
        return min(self.lesson_s + (now_s - self.since_s) * self.rate, self.end_s)

    def due_s(self, lesson_s: float) -> float:
        """When a lesson position is reached; only while playing."""
        return self.since_s + (lesson_s - self.lesson_s) / self.rate


class ScreenClock:
    """Times are passed in, in seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._stretches: deque[ScreenStretch] = deque(maxlen=MAX_STRETCHES)

    def on_state(self, now_s: float, state: Mapping[str, Any]) -> None:
        """The server says what is played from now on."""
        rate = float(state.get("rate", 1.0)) if state["state"] == "playing" else 0.0
        loop = state.get("loop")
        end_s = loop[1] if loop and rate else float("inf")
        self._stretches.append(ScreenStretch(now_s, float(state["lesson_s"]), rate, end_s))

    @property
    def present(self) -> ScreenStretch | None:
        return self._stretches[-1] if self._stretches else None

    def stretch_at(self, time_s: float) -> ScreenStretch | None:
        """What was played at a time; None before the first message."""
        return next((s for s in reversed(self._stretches) if s.since_s <= time_s), None)
