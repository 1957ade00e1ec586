"""Sample scores added up over a whole attempt, in memory that does not grow. Pure."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring.lags import LAGS_S, SAMPLE_S, lag_penalty, skill_by_lag
from rtc_server.scoring.limbs import LIMB_COUNT
from rtc_server.scoring.sample import SampleScore

MAX_SAMPLE_S = 3 * SAMPLE_S  # of the lesson: what one sample may stand for
LAG_SUMS = ("points", "evidence", "side_points", "side_evidence")  # fields of SampleScore


class Totals:
    """Points and evidence of an attempt at each lag, and how much of the learner was seen."""

    def __init__(self) -> None:
        self.samples = 0
        self.seen_s = 0.0  # of the lesson, while the learner was in view
        self.slowest_rate = math.inf
        self.by_lag = {name: np.zeros((len(LAGS_S), LIMB_COUNT)) for name in LAG_SUMS}
        self.offered_evidence = np.zeros(LIMB_COUNT)
        self.seen_evidence = np.zeros(LIMB_COUNT)  # of `offered_evidence`
        self._weight = 0.0
        self._known_weight = 0.0  # of `_weight`
        self._last: SampleScore | None = None
        self._earlier_evidence = 0.0  # of the stretches before this one
        self._start_stretch(None)

    def _start_stretch(self, first: SampleScore | None) -> None:
        self._first = first
        self._count = 0
        self._stretch_offered = 0.0

    def add_sample(self, sample: SampleScore) -> None:
        """Add the next sample."""
        last = self._last
        starts = last is None or last.stretch != sample.stretch
        if starts:
            self._earlier_evidence = self.danced_evidence()
            self._start_stretch(sample)
        self._last = sample
        self.samples += 1
        self.slowest_rate = min(self.slowest_rate, sample.rate)
        self._count += 1
        for name, total in self.by_lag.items():
            total += getattr(sample, name)
        self.offered_evidence += sample.offered_evidence
        self.seen_evidence += np.where(sample.known, sample.offered_evidence, 0)
        self._stretch_offered += float(sample.offered_evidence.sum())
        self._weight += float(sample.weight.sum())
        self._known_weight += float(sample.weight[sample.known].sum())
        if sample.known.any():
            moved_s = SAMPLE_S * sample.rate if last is None or starts else _moved_s(last, sample)
            self.seen_s += moved_s

    def coverage(self) -> float:
        """The part of the lesson's weight that could be scored, 0..1."""
        return min(1.0, self._known_weight / self._weight) if self._weight > 0 else 0.0

    def danced_evidence(self) -> float:
        """What the lesson offered while it was danced: weight × (1 − chance) × its seconds.

        Computed from the mean of the samples, so that dropped samples do not lower it.
        """
        first, last = self._first, self._last
        if first is None or last is None:
            return self._earlier_evidence
        span_s = last.lesson_s - first.lesson_s + SAMPLE_S * last.rate
        return self._earlier_evidence + span_s * self._stretch_offered / (self._count * last.rate)

    def skill(self) -> float:
        """The skill at the lag that fits the whole best; −1 where nothing could be scored."""
        return float((skill_by_lag(*self.points_and_evidence()) - lag_penalty()).max())

    def points_and_evidence(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points and evidence at each lag, (lags,)."""
        points, evidence = (self.by_lag[name].sum(axis=1) for name in LAG_SUMS[:2])
        return points, evidence

    def at_lag(self, name: str, lag: int) -> NDArray[np.float64]:
        """One of LAG_SUMS, (11,), at one of LAGS_S."""
        total: NDArray[np.float64] = self.by_lag[name][lag]
        return total


def _moved_s(last: SampleScore, sample: SampleScore) -> float:
    return min(max(0.0, sample.lesson_s - last.lesson_s), MAX_SAMPLE_S)
