"""When learners come during a day, and for how long they stay. Pure; seeded.

Assumed, not measured: the shape of the day, the number and the length of lessons, the pauses.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DAY_S = 86_400.0
# Learners present at each full hour, as a share of the peak: school in the morning, home in the
# evening. Between hours it is interpolated.
DAY_CURVE = (
    *(0.10, 0.06, 0.04, 0.03, 0.03, 0.05, 0.12, 0.30, 0.55, 0.75, 0.80, 0.70),
    *(0.55, 0.60, 0.65, 0.70, 0.80, 0.92, 1.00, 1.00, 0.85, 0.60, 0.35, 0.20),
)


@dataclass(frozen=True, slots=True)
class Stays:
    """How long learners stay: some lessons one after the other, with pauses between them.

    A session in a pause costs as much as one that plays: the webcam goes up, and is looked at
    (rtc_server/session/pose_sampler.py).
    """

    lessons: float = 3.0  # mean, geometrically distributed, at least one
    lesson_s: float = 180.0  # median, log-normally distributed
    lesson_spread: float = 0.6  # standard deviation of the logarithm
    longest_lesson_s: float = 600.0  # as `upload_max_s`
    pause_s: float = 60.0  # mean, exponentially distributed

    def draw_s(self, rng: random.Random) -> float:
        """The length of one stay."""
        total_s = self._draw_lesson_s(rng)
        while rng.random() > 1 / self.lessons:
            total_s += rng.expovariate(1 / self.pause_s) + self._draw_lesson_s(rng)
        return total_s

    def _draw_lesson_s(self, rng: random.Random) -> float:
        drawn_s = rng.lognormvariate(math.log(self.lesson_s), self.lesson_spread)
        return min(self.longest_lesson_s, drawn_s)

    def mean_s(self) -> float:
        """The mean length of a stay, of many that are drawn."""
        rng = random.Random("mean stay")
        draws = 20_000
        return sum(self.draw_s(rng) for _ in range(draws)) / draws


def share_at(time_s: float, curve: Sequence[float] = DAY_CURVE) -> float:
    """The share of the peak at a time of the day."""
    hour = time_s % DAY_S / DAY_S * len(curve)
    before = math.floor(hour) % len(curve)
    part = hour - math.floor(hour)
    return (1 - part) * curve[before] + part * curve[(before + 1) % len(curve)]


def arrivals_s(
    peak_per_s: float, end_s: float, rng: random.Random, curve: Sequence[float] = DAY_CURVE
) -> Iterator[float]:
    """The times of a Poisson process whose rate follows the curve (thinning; Lewis, Shedler 1979).

    :param peak_per_s: the rate where the curve is 1, which it must not exceed.
    """
    time_s = 0.0
    for _ in itertools.count():
        time_s += rng.expovariate(peak_per_s)
        if time_s >= end_s:
            return
        if rng.random() < share_at(time_s, curve):
            yield time_s
