"""What luck would score: how alike any moment is to a pose that has nothing to do with it. Pure.

Two sources: all other moments of the lesson, and people who just stand there. Both are spread over
a circle of one-degree bins and smoothed with the similarity's own curve, so that a lesson of any
length costs its number of samples, and no matrix of all pairs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring import limb_directions
from rtc_server.scoring.limb_directions import Floats

NEAR_S = 1.2  # moments nearer than this (a lag and a sample) belong to the same movement
NEAR_SHARE = 0.4  # of a lesson so short that nothing in it would be farther away
MOST = 0.9  # a limb that luck always gets right would leave nothing to divide by
BINS = 360

# How people in twelve dance recordings held their limbs most of the time: where to (degrees, x to
# the right, y down), how closely (σ), and how often; the rest of the time anywhere.
UPRIGHT: dict[str, tuple[float, float, float]] = {
    "left_upper_arm": (70, 35, 0.75),
    "left_forearm": (80, 75, 0.45),
    "right_upper_arm": (110, 35, 0.75),
    "right_forearm": (100, 75, 0.45),
    "left_thigh": (84, 12, 0.95),
    "left_shin": (90, 12, 0.95),
    "right_thigh": (96, 12, 0.95),
    "right_shin": (90, 12, 0.95),
    "torso": (-90, 8, 0.95),
    "shoulders": (0, 8, 0.95),
    "head": (-90, 15, 0.90),
}


def chance_of(t_s: NDArray[np.float64], angles_deg: Floats) -> Floats:
    """The higher of what another moment and what an upright person would score, (n, 11), 0..MOST.

    :param t_s: (n,) rising.
    :param angles_deg: (n, 11), NaN where unknown; such a limb gets 0.
    """
    luck = np.maximum(_other_moments(t_s, angles_deg), _looked_up(_upright(), angles_deg))
    return np.where(np.isnan(angles_deg), 0, np.minimum(luck, MOST)).astype(np.float32)


def _other_moments(t_s: NDArray[np.float64], angles_deg: Floats) -> NDArray[np.float64]:
    """Mean similarity of each moment to those more than NEAR_S away, 0 where there are none.

    All moments at once, less those near by; these are walked through neighbour by neighbour.
    """
    known = ~np.isnan(angles_deg)
    total = _looked_up(_smoothed(_counted(angles_deg)), angles_deg)
    count = np.tile(known.sum(axis=0), (len(t_s), 1)).astype(np.float64)
    total -= known  # each moment is like itself
    count -= known
    near_s = min(NEAR_S, NEAR_SHARE * float(t_s[-1] - t_s[0]))
    for step in range(1, len(t_s)):
        near = (t_s[step:] - t_s[:-step] <= near_s)[:, None]
        if not near.any():
            break
        both = near & known[step:] & known[:-step]
        alike = limb_directions.similarity(angles_deg[step:], angles_deg[:-step])
        alike = np.where(both, alike, 0)
        total[step:] -= alike
        total[:-step] -= alike
        count[step:] -= both
        count[:-step] -= both
    mean: NDArray[np.float64] = np.where(count > 0.5, total / np.maximum(1, count), 0)
    return np.clip(mean, 0, 1)


def _counted(angles_deg: Floats) -> NDArray[np.float64]:
    """How often each limb points where, (11, BINS), shared out between the two nearest bins."""
    counts = np.zeros((limb_directions.COUNT, BINS))
    for limb in range(limb_directions.COUNT):
        angle = angles_deg[:, limb]
        at = np.mod(angle[~np.isnan(angle)].astype(np.float64), BINS)
        low = np.floor(at).astype(np.intp) % BINS
        share = at - np.floor(at)
        counts[limb] = np.bincount(low, 1 - share, BINS)
        counts[limb] += np.bincount((low + 1) % BINS, share, BINS)
    return counts


def _smoothed(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum of similarities to everything counted, (11, BINS): a convolution on the circle."""
    bins = np.arange(BINS, dtype=np.float32)[:, None]
    curves = limb_directions.similarity(bins, np.zeros(limb_directions.COUNT, np.float32)).T
    return np.fft.irfft(np.fft.rfft(counts) * np.fft.rfft(curves), BINS)


def _upright() -> NDArray[np.float64]:
    """Mean similarity to a person who just stands there, (11, BINS)."""
    bins = np.arange(BINS, dtype=np.float64)
    share = np.empty((limb_directions.COUNT, BINS))
    for limb, name in enumerate(limb_directions.NAMES):
        mean, sigma, often = UPRIGHT[name]
        off = (bins - mean + 180) % 360 - 180
        usual = np.exp(-0.5 * (off / sigma) ** 2)
        share[limb] = often * usual / usual.sum() + (1 - often) / BINS
    return _smoothed(share)


def _looked_up(table: NDArray[np.float64], angles_deg: Floats) -> NDArray[np.float64]:
    """A table (11, BINS) at angles (n, 11), interpolated; 0 where the angle is unknown."""
    at = np.mod(np.nan_to_num(angles_deg).astype(np.float64), BINS)
    low = np.floor(at).astype(np.intp) % BINS
    share = at - np.floor(at)
    limb = np.arange(limb_directions.COUNT)
    found = table[limb, low] * (1 - share) + table[limb, (low + 1) % BINS] * share
    return np.where(np.isnan(angles_deg), 0, found)
