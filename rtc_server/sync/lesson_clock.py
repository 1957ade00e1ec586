"""The lesson's clock: play, pause, seek, rate and loop as segments. Pure; time is handed in."""

from __future__ import annotations

from dataclasses import dataclass

Loop = tuple[float, float]  # from and to, positions in the lesson, s


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
        self.rate = 1.0  # lesson seconds a second, while playing
        self.loop: Loop | None = None

    @property
    def playing(self) -> bool:
        return self.segment.rate > 0

    @property
    def end_s(self) -> float:
        """The position at which playing stops, or begins the loop again."""
        return self.loop[1] if self.loop else self.duration_s

    def position_s(self, now_s: float) -> float:
        """The position in the lesson, 0 … duration; within a loop never past its end."""
        at = self.segment
        moved = max(0.0, now_s - at.since_s) * at.rate
        return min(at.lesson_s + moved, max(at.lesson_s, self.end_s))

    def due_s(self, lesson_s: float) -> float:
        """When the position is reached on the server's clock; only while playing."""
        at = self.segment
        return at.since_s + (lesson_s - at.lesson_s) / at.rate

    def play(self, now_s: float) -> None:
        """Run on from where the clock stands."""
        self._begin(Segment(now_s, self.position_s(now_s), self.rate))

    def pause(self, now_s: float) -> None:
        """Stand still at the present position."""
        self._begin(Segment(now_s, self.position_s(now_s), 0.0))

    def seek(self, now_s: float, lesson_s: float) -> None:
        """Go to a position, clipped to the lesson, and go on playing or standing still."""
        target = min(max(0.0, lesson_s), self.duration_s)
        self._begin(Segment(now_s, target, self.segment.rate))

    def set_rate(self, now_s: float, rate: float) -> None:
        """Run, now or once played, at another rate from the present position on."""
        self.rate = rate
        if self.playing:
            self.play(now_s)

    def set_loop(self, now_s: float, loop: Loop | None) -> None:
        """Repeat a passage, or no longer; where the clock is past its end it begins at once."""
        position_s = self.position_s(now_s)
        self.loop = loop
        beyond = loop is not None and position_s >= loop[1]
        self.seek(now_s, loop[0] if loop and beyond else position_s)

    def begin_loop_again(self, now_s: float) -> None:
        """From the loop's end to its beginning without a gap, however late this is called."""
        if self.loop is not None and self.playing:
            late_s = max(0.0, now_s - self.due_s(self.loop[1]))
            lap_s = (self.loop[1] - self.loop[0]) / self.segment.rate
            self._begin(Segment(now_s - late_s % lap_s, self.loop[0], self.segment.rate))

    def _begin(self, segment: Segment) -> None:
        self.segment = segment
        self.number += 1
