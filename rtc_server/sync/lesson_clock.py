"""Which lesson position plays at which time, through pause, seek, rate and loop. Pure.

The time is passed in, in seconds of the server's monotonic clock.
"""

from __future__ import annotations

from dataclasses import dataclass

Loop = tuple[float, float]  # from and to, lesson positions in s


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of the clock between two changes: playing at one rate, or standing still."""

    start_s: float  # on the server's clock
    start_lesson_s: float
    rate: float  # lesson seconds per second; 0 while standing still


class LessonClock:
    """Where in the lesson the server is. Every change begins a new run."""

    def __init__(self, duration_s: float, now_s: float) -> None:
        self.duration_s = duration_s
        self.run = Run(now_s, 0.0, 0.0)
        self.run_number = 0
        self.rate = 1.0  # lesson seconds per second, while playing
        self.loop: Loop | None = None

    @property
    def playing(self) -> bool:
        return self.run.rate > 0

    @property
    def end_s(self) -> float:
        """The lesson position at which playing ends, or the loop begins again."""
        return self.loop[1] if self.loop else self.duration_s

    def position_s(self, now_s: float) -> float:
        """The lesson position, 0 … duration; within a loop never past the loop's end."""
        run = self.run
        moved_s = max(0.0, now_s - run.start_s) * run.rate
        return min(run.start_lesson_s + moved_s, max(run.start_lesson_s, self.end_s))

    def due_s(self, lesson_s: float) -> float:
        """When the lesson position is reached on the server's clock; only while playing."""
        run = self.run
        return run.start_s + (lesson_s - run.start_lesson_s) / run.rate

    def remaining_s(self, now_s: float) -> float | None:
        """After how long playing ends; None while it stands still or repeats a passage."""
        if not self.playing or self.loop is not None:
            return None
        return max(0.0, self.due_s(self.duration_s) - now_s)

    def play(self, now_s: float) -> None:
        """Play on from the present position."""
        self._begin_run(Run(now_s, self.position_s(now_s), self.rate))

    def pause(self, now_s: float) -> None:
        """Stand still at the present position."""
        self._begin_run(Run(now_s, self.position_s(now_s), 0.0))

    def seek(self, now_s: float, lesson_s: float) -> None:
        """Go to a position, clipped to the lesson, and go on playing or standing still."""
        target_s = min(max(0.0, lesson_s), self.duration_s)
        self._begin_run(Run(now_s, target_s, self.run.rate))

    def set_rate(self, now_s: float, rate: float) -> None:
        """Play at another rate: from the present position on, or from the next `play` on."""
        self.rate = rate
        if self.playing:
            self.play(now_s)

    def set_loop(self, now_s: float, loop: Loop | None) -> None:
        """Repeat a passage (None: no longer); from a position past its end go to its beginning."""
        position_s = self.position_s(now_s)
        self.loop = loop
        past_end = loop is not None and position_s >= loop[1]
        self.seek(now_s, loop[0] if loop and past_end else position_s)

    def restart_loop(self, now_s: float) -> None:
        """Go from the loop's end to its beginning without a gap, however late this is called."""
        if self.loop is not None and self.playing:
            late_s = max(0.0, now_s - self.due_s(self.loop[1]))
            lap_s = (self.loop[1] - self.loop[0]) / self.run.rate
            self._begin_run(Run(now_s - late_s % lap_s, self.loop[0], self.run.rate))

    def follow(self, now_s: float, leader: LessonClock) -> None:
        """Be where another clock is, at its rate and in its loop, until the next change."""
        self.rate, self.loop = leader.rate, leader.loop
        self._begin_run(Run(now_s, leader.position_s(now_s), leader.run.rate))

    def adopt(self, run: Run, rate: float, loop: Loop | None) -> None:
        """Go on with the run of a clock elsewhere, whose times are those of this one's."""
        self.rate, self.loop = rate, loop
        self._begin_run(run)

    def _begin_run(self, run: Run) -> None:
        self.run = run
        self.run_number += 1
