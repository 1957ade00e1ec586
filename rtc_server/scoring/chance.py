"""The score of chance: how similar any moment is to a pose that has nothing to do with it. Pure.

There are two sources: all other moments of the lesson, and people who just stand there. Both are
spread over a circle of one-degree bins and smoothed with the similarity's own curve, so that the
cost of a lesson grows with its number of samples, and no matrix of all pairs is needed.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring.limb_directions import Floats, similarity
from rtc_server.scoring.limbs import LIMB_COUNT, LIMBS

NEAR_S = 1.2  # moments nearer than this (a lag and a sample) belong to the same movement
NEAR_SHARE = 0.4  # of a lesson: replaces NEAR_S where the lesson is too short for it
MAX_CHANCE = 0.9  # a limb that chance always gets right would leave nothing to divide by
BINS = 360


def estimate_chance(t_s: NDArray[np.float64], angles_deg: Floats) -> Floats:
    """The higher of what another moment and an upright person would score, (n, 11), 0..MAX_CHANCE.

    :param t_s: (n,) rising.
    :param angles_deg: (n, 11), NaN where unknown; such a limb gets 0.
    """
    upright = _look_up(_similarity_to_upright(), angles_deg)
    chance = np.maximum(_similarity_to_other_moments(t_s, angles_deg), upright)
    return np.where(np.isnan(angles_deg), 0, np.minimum(chance, MAX_CHANCE)).astype(np.float32)


class MomentsSoFar:
    """Chance at the newest moment of a lesson that still grows: its other moments are earlier."""

    def __init__(self) -> None:
        self._counts = np.zeros((LIMB_COUNT, BINS))  # of moments more than NEAR_S before the newest
        self._known = np.zeros(LIMB_COUNT)  # how many of them have each limb
        self._near: deque[tuple[float, Floats]] = deque()
        self._upright = _similarity_to_upright()

    def add(self, t_s: float, angles_deg: Floats) -> Floats:
        """What `estimate_chance` would find for this moment if the lesson ended with it, (11,).

        :param t_s: after all moments before it.
        :param angles_deg: (11,), NaN where unknown; such a limb gets 0.
        """
        self._near.append((t_s, angles_deg))
        while t_s - self._near[0][0] > NEAR_S:
            _, old = self._near.popleft()
            self._counts += _histogram(old[None])
            self._known += ~np.isnan(old)
        total = _look_up(_sum_similarities(self._counts), angles_deg[None])[0]
        others = np.where(self._known > 0, total / np.maximum(1, self._known), 0)
        chance = np.maximum(np.clip(others, 0, 1), _look_up(self._upright, angles_deg[None])[0])
        unknown = np.isnan(angles_deg)
        return np.where(unknown, 0, np.minimum(chance, MAX_CHANCE)).astype(np.float32)


def _similarity_to_other_moments(
    t_s: NDArray[np.float64], angles_deg: Floats
) -> NDArray[np.float64]:
    """Mean similarity of each moment to those more than NEAR_S away, 0 where there are none.

    Takes the sum over all moments at once and subtracts the near ones, neighbour by neighbour.
    """
    known = ~np.isnan(angles_deg)
    total = _look_up(_sum_similarities(_histogram(angles_deg)), angles_deg)
    count = np.tile(known.sum(axis=0), (len(t_s), 1)).astype(np.float64)
    total -= known  # each moment equals itself
    count -= known
    near_s = min(NEAR_S, NEAR_SHARE * float(t_s[-1] - t_s[0]))
    for step in range(1, len(t_s)):
        near = (t_s[step:] - t_s[:-step] <= near_s)[:, None]
        if not near.any():
            break
        both = near & known[step:] & known[:-step]
        similar = np.where(both, similarity(angles_deg[step:], angles_deg[:-step]), 0)
        total[step:] -= similar
        total[:-step] -= similar
        count[step:] -= both
        count[:-step] -= both
    mean: NDArray[np.float64] = np.where(count > 0.5, total / np.maximum(1, count), 0)
    return np.clip(mean, 0, 1)


def _histogram(angles_deg: Floats) -> NDArray[np.float64]:
    """How often each limb points where, (11, BINS), shared between the two nearest bins."""
    counts = np.zeros((LIMB_COUNT, BINS))
    for limb in range(LIMB_COUNT):
        angle = angles_deg[:, limb]
        at = np.mod(angle[~np.isnan(angle)].astype(np.float64), BINS)
        low = np.floor(at).astype(np.intp) % BINS
        share = at - np.floor(at)
        counts[limb] = np.bincount(low, 1 - share, BINS)
        counts[limb] += np.bincount((low + 1) % BINS, share, BINS)
    return counts


def _sum_similarities(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum of similarities to everything counted, (11, BINS): a convolution on the circle."""
    bins = np.arange(BINS, dtype=np.float32)[:, None]
    curves = similarity(bins, np.zeros(LIMB_COUNT, np.float32)).T
    return np.fft.irfft(np.fft.rfft(counts) * np.fft.rfft(curves), BINS)


def _similarity_to_upright() -> NDArray[np.float64]:
    """Mean similarity to a person who just stands there, (11, BINS)."""
    bins = np.arange(BINS, dtype=np.float64)
    share = np.empty((LIMB_COUNT, BINS))
    for index, limb in enumerate(LIMBS.values()):
        mean, sigma, often = limb.upright
        off = (bins - mean + 180) % 360 - 180
        usual = np.exp(-0.5 * (off / sigma) ** 2)
        share[index] = often * usual / usual.sum() + (1 - often) / BINS
    return _sum_similarities(share)


def _look_up(table: NDArray[np.float64], angles_deg: Floats) -> NDArray[np.float64]:
    """A table (11, BINS) at angles (n, 11), interpolated; 0 where the angle is unknown."""
    at = np.mod(np.nan_to_num(angles_deg).astype(np.float64), BINS)
    low = np.floor(at).astype(np.intp) % BINS
    share = at - np.floor(at)
    limb = np.arange(LIMB_COUNT)
    found = table[limb, low] * (1 - share) + table[limb, (low + 1) % BINS] * share
    return np.where(np.isnan(angles_deg), 0, found)
