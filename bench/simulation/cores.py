"""The cores of a host that looks share: all that work at once get equal parts (SimPy)."""

from __future__ import annotations

import heapq
from itertools import count

import simpy


class SharedCores:
    """Processor sharing: each piece of work gets an equal part of the cores, and one at most.

    Exact at any number of pieces: a virtual clock runs as fast as each of them works, so a piece
    is done when that clock has advanced by its work.
    """

    def __init__(self, env: simpy.Environment, cores: float) -> None:
        self.used_s = 0.0  # processor time so far
        self._env = env
        self._cores = cores
        self._clock_s = 0.0  # work that a piece which was always there would have got
        self._since_s = env.now
        self._ends: list[tuple[float, int, simpy.Event]] = []  # by virtual time
        self._numbers = count()  # events cannot be compared; also tells which timer is the newest
        self._timer = 0

    def work(self, work_s: float) -> simpy.Event:
        """Take so much processor time; the event happens when it is done."""
        self._advance()
        done = self._env.event()
        heapq.heappush(self._ends, (self._clock_s + work_s, next(self._numbers), done))
        self._set_timer()
        return done

    def _speed(self) -> float:
        return min(1.0, self._cores / len(self._ends))

    def _advance(self) -> None:
        if self._ends:
            passed_s = (self._env.now - self._since_s) * self._speed()
            self._clock_s += passed_s
            self.used_s += passed_s * len(self._ends)
        self._since_s = self._env.now

    def _set_timer(self) -> None:
        """Wake at the next end; a timer that was set before has no effect any more."""
        self._timer = timer = next(self._numbers)
        left_s = max(0.0, self._ends[0][0] - self._clock_s) / self._speed()
        wake = self._env.timeout(left_s)
        wake.callbacks.append(lambda _: self._on_timer(timer))

    def _on_timer(self, timer: int) -> None:
        if timer != self._timer:
            return
        self._advance()
        self._clock_s = max(self._clock_s, self._ends[0][0])  # rounding: this one is done
        while self._ends and self._ends[0][0] <= self._clock_s:
            heapq.heappop(self._ends)[2].succeed()
        if self._ends:
            self._set_timer()
