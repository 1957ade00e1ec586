"""Whether two series of times differ: the rank-sum test of Mann and Whitney. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

Times = Sequence[float]
RESAMPLES = 1000


def rank_sum_p(a: Times, b: Times) -> float:
    """The probability of ranks at least so unequal if both series are of one distribution.

    By the normal approximation with the correction for ties (Mann and Whitney, 1947), which holds
    from some twenty values on.
    """
    both = np.concatenate([a, b])
    values, place, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    n, m, total = len(a), len(b), len(both)
    u = ranks[:n].sum() - n * (n + 1) / 2
    ties = ((counts**3 - counts) / (total * (total - 1))).sum()
    deviation = math.sqrt(n * m / 12 * (total + 1 - ties)) if len(values) > 1 else 0.0
    if deviation == 0.0:
        return 1.0
    return math.erfc(abs(u - n * m / 2) / deviation / math.sqrt(2))


def adjust(p_values: Sequence[float]) -> list[float]:
    """As many tests bring some small values by chance, each is raised (Holm, 1979)."""
    adjusted = [0.0] * len(p_values)
    least = 0.0
    for k, place in enumerate(np.argsort(p_values, kind="stable")):
        least = max(least, min(1.0, (len(p_values) - k) * p_values[place]))
        adjusted[place] = least
    return adjusted


def ratio_interval(a: Times, b: Times, seed: int = 0) -> tuple[float, float]:
    """Between which values the ratio of the medians, a to b, lies with 95 % (bootstrap)."""
    chance = np.random.default_rng(seed)
    medians = [
        np.median(chance.choice(np.asarray(one), (RESAMPLES, len(one))), axis=1) for one in (a, b)
    ]
    low, high = np.percentile(medians[0] / medians[1], (2.5, 97.5))
    return float(low), float(high)
