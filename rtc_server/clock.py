"""The lesson's clock: play, pause and seek as segments. Pure; time is handed in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """From `since_s` on the position is `lesson_s`, standing still or running at `rate`."""

    since_s: float  # on the server's monotonic clock
    lesson_s: float
    rate: float  # 0 while standing still


class LessonClock:
    """Where in the lesson the server is. Every change begins a new segment."""

    def __init__(self, duration_s: float, now_s: float) -> None:
        self.duration_s = duration_s
        self.segment = Segment(now_s, 0.0, 0.0)
        self.number = 0  # of the segment, counted from 0

    @property
    def playing(self) -> bool:
        return self.segment.rate > 0

    def position_s(self, now_s: float) -> float:
        """The position in the lesson, 0 … duration."""
        at = self.segment
        moved = max(0.0, now_s - at.since_s) * at.rate
        return min(at.lesson_s + moved, self.duration_s)

    def due_s(self, lesson_s: float) -> float:
        """When the position is reached on the server's clock; only while playing."""
        at = self.segment
        return at.since_s + (lesson_s - at.lesson_s) / at.rate

    def play(self, now_s: float) -> None:
        """Run on from where the clock stands."""
        self._begin(Segment(now_s, self.position_s(now_s), 1.0))

    def pause(self, now_s: float) -> None:
        """Stand still at the present position."""
        self._begin(Segment(now_s, self.position_s(now_s), 0.0))

    def seek(self, now_s: float, lesson_s: float) -> None:
        """Go to a position, clipped to the lesson, and go on playing or standing still."""
        target = min(max(0.0, lesson_s), self.duration_s)
        self._begin(Segment(now_s, target, self.segment.rate))

    def _begin(self, segment: Segment) -> None:
        self.segment = segment
        self.number += 1
