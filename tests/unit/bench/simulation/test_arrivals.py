"""Who comes when, and for how long."""

from __future__ import annotations

import random

import numpy as np
import pytest

from bench.simulation.arrivals import DAY_CURVE, DAY_S, Stays, arrivals_s, share_at


def test_arrivals_follow_the_curve() -> None:
    times_s = np.array(list(arrivals_s(1.0, DAY_S, random.Random(1))))
    counts, _ = np.histogram(times_s, np.arange(25) * 3600)
    shares = np.array([share_at((hour + 0.5) * 3600) for hour in range(24)])
    # Of a Poisson process the variance is the mean: 4.5 deviations, which of 24 one never has.
    assert np.all(np.abs(counts - 3600 * shares) < 4.5 * np.sqrt(3600 * shares) + 20)
    assert np.all(np.diff(times_s) > 0)
    assert times_s[-1] < DAY_S


def test_a_constant_curve_gives_a_poisson_process() -> None:
    times_s = np.array(list(arrivals_s(2.0, 20_000, random.Random(2), (1.0,))))
    gaps_s = np.diff(times_s)
    assert gaps_s.mean() == pytest.approx(0.5, rel=0.03)
    assert gaps_s.std() == pytest.approx(gaps_s.mean(), rel=0.03)


def test_the_curve_is_interpolated_and_repeats() -> None:
    assert share_at(18.5 * 3600) == DAY_CURVE[18]
    assert share_at(7.5 * 3600) == pytest.approx((DAY_CURVE[7] + DAY_CURVE[8]) / 2)
    assert share_at(23.5 * 3600) == pytest.approx((DAY_CURVE[23] + DAY_CURVE[0]) / 2)
    assert share_at(DAY_S + 3600) == DAY_CURVE[1]
    assert max(DAY_CURVE) == 1.0


def test_a_stay_is_some_lessons_with_pauses() -> None:
    exact = Stays(lessons=3, lesson_s=100, lesson_spread=0.0, pause_s=50)
    assert exact.mean_s() == pytest.approx(3 * 100 + 2 * 50, rel=0.03)
    one = Stays(lessons=1, lesson_s=100, lesson_spread=0.0)
    assert one.draw_s(random.Random(1)) == pytest.approx(100)


def test_no_lesson_is_longer_than_the_longest() -> None:
    long = Stays(lessons=1, lesson_s=500, lesson_spread=2.0, longest_lesson_s=600)
    rng = random.Random(3)
    assert max(long.draw_s(rng) for _ in range(200)) == 600
