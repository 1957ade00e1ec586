"""What a learner's own player should show, by the server's `state`, and what it did show. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rtc_server.sync.playhead import ScreenPosition

MAX_STRETCHES = 16  # a picture is of the present one, or of one of the last few
MAX_FRAMES = 256  # several seconds of them
STALLED_S = 0.25  # no video of a lesson has fewer frames a second


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


@dataclass(frozen=True, slots=True)
class ShownFrame:
    """A frame of the lesson, and from when on it was on the screen."""

    shown_s: float
    lesson_s: float
    stretch: ScreenStretch


class ScreenClock:
    """Times are passed in, in seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._stretches: deque[ScreenStretch] = deque(maxlen=MAX_STRETCHES)
        self._shown: deque[ShownFrame] = deque(maxlen=MAX_FRAMES)

    def on_state(self, now_s: float, state: Mapping[str, Any]) -> None:
        """The server says what is played from now on."""
        rate = float(state.get("rate", 1.0)) if state["state"] == "playing" else 0.0
        loop = state.get("loop")
        end_s = loop[1] if loop and rate else float("inf")
        self._stretches.append(ScreenStretch(now_s, float(state["lesson_s"]), rate, end_s))

    @property
    def present(self) -> ScreenStretch | None:
        return self._stretches[-1] if self._stretches else None

    def on_shown(self, now_s: float, lesson_s: float, stretch: ScreenStretch) -> None:
        """A frame is on the screen from now on: on a busy machine later than it should be."""
        self._shown.append(ShownFrame(now_s, lesson_s, stretch))

    def position_at(self, time_s: float) -> ScreenPosition | None:
        """What was on the screen; None where nothing moved, or that is not known."""
        frame = next((f for f in reversed(self._shown) if f.shown_s <= time_s), None)
        stretch = next((s for s in reversed(self._stretches) if s.since_s <= time_s), None)
        if frame is None or frame.stretch is not stretch or frame.stretch.rate == 0:
            return None
        since_s = time_s - frame.shown_s
        if since_s > STALLED_S:
            return None
        rate = frame.stretch.rate
        return ScreenPosition(frame.lesson_s + since_s * rate, rate)
