"""Judged samples added up over a whole attempt, in memory that does not grow. Pure."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring import limb_directions
from rtc_server.scoring.lags import LAGS_S, SAMPLE_S, lag_cost, skill_by_lag
from rtc_server.scoring.sample import SampleScore

MOST_STEP_S = 3 * SAMPLE_S  # of the lesson: what one sample may stand for
KINDS = ("gained", "possible", "sided", "sided_possible")


class Totals:
    """What a way of mirroring came to: points and evidence at each lag, and what was seen."""

    def __init__(self) -> None:
        self.samples = 0
        self.seen_s = 0.0  # of the lesson, while the learner was in view
        self.slowest = math.inf  # of the rates at which the lesson ran
        self.by_lag = {name: np.zeros((len(LAGS_S), limb_directions.COUNT)) for name in KINDS}
        self.offered = np.zeros(limb_directions.COUNT)
        self.seen = np.zeros(limb_directions.COUNT)  # of `offered`
        self._weight = 0.0
        self._known = 0.0  # of `_weight`
        self._last: SampleScore | None = None
        self._evidence = 0.0  # of the stretches before this one
        self._begin(None)

    def _begin(self, first: SampleScore | None) -> None:
        self._first = first
        self._count = 0
        self._stretch_offered = 0.0

    def add(self, sample: SampleScore) -> None:
        """Add the next one."""
        last = self._last
        anew = last is None or last.stretch != sample.stretch
        if anew:
            self._evidence = self.evidence()
            self._begin(sample)
        self._last = sample
        self.samples += 1
        self.slowest = min(self.slowest, sample.rate)
        self._count += 1
        for name, total in self.by_lag.items():
            total += getattr(sample, name)
        self.offered += sample.offered
        self.seen += np.where(sample.known, sample.offered, 0)
        self._stretch_offered += float(sample.offered.sum())
        self._weight += float(sample.weight.sum())
        self._known += float(sample.weight[sample.known].sum())
        if sample.known.any():
            moved_s = SAMPLE_S * sample.rate if last is None or anew else _moved_s(last, sample)
            self.seen_s += moved_s

    def coverage(self) -> float:
        """The part of the lesson's weight that could be judged, 0..1."""
        return min(1.0, self._known / self._weight) if self._weight > 0 else 0.0

    def evidence(self) -> float:
        """What the lesson offered while it was danced: weight × (1 − chance) × its seconds.

        By the mean of what was seen, so that samples that were dropped take nothing away.
        """
        first, last = self._first, self._last
        if first is None or last is None:
            return self._evidence
        span_s = last.lesson_s - first.lesson_s + SAMPLE_S * last.rate
        return self._evidence + span_s * self._stretch_offered / (self._count * last.rate)

    def skill(self) -> float:
        """The skill at the lag that fits all of it best; −1 where nothing could be judged."""
        return float((skill_by_lag(*self.agreed_by_lag()) - lag_cost()).max())

    def agreed_by_lag(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points and evidence at each lag, (lags,)."""
        points, evidence = (self.by_lag[name].sum(axis=1) for name in KINDS[:2])
        return points, evidence

    def at(self, name: str, lag: int) -> NDArray[np.float64]:
        """One of KINDS, (11,), at one of LAGS_S."""
        added: NDArray[np.float64] = self.by_lag[name][lag]
        return added


def _moved_s(last: SampleScore, sample: SampleScore) -> float:
    return min(max(0.0, sample.lesson_s - last.lesson_s), MOST_STEP_S)
