"""The pairs of peaks that may be the ends of a limb, and how the part affinity field joins them.

All that decides about limbs afterwards looks it up here: the field is sampled once for each pair.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tf_pose.decoding.maps import Maps
from tf_pose.decoding.peaks import Peaks
from tf_pose.skeleton import LIMBS, PARTS

SAMPLES = 10  # points on a limb at which its field is looked up
MIN_ALIGNMENT = 0.05  # a point agrees when the field along the limb exceeds it
MIN_LENGTH = np.float32(1e-12)  # in places of the map; a shorter pair points nowhere

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
# Two limbs in a row, as indices of LIMBS: arms and legs, right and left.
CHAINS = ((2, 3), (4, 5), (7, 8), (10, 11))
_FAINT_STARTS = np.isin(np.arange(len(LIMBS)), [lower for _, lower in CHAINS])
_FAINT_ENDS = np.isin(np.arange(len(LIMBS)), CHAINS)
_EACH_PART = np.arange(PARTS + 1)
_EACH_LIMB = np.arange(len(LIMBS))
_PARTS_OF_LIMBS = np.array(LIMBS, np.intp).T  # starts, ends
# From the start on; the end itself is not sampled.
_STEPS = np.arange(SAMPLES, dtype=np.float32)[:, None]


@dataclass(frozen=True, slots=True)
class LimbPairs:
    """The pairs, limb by limb, for each start every end: (P,) each.

    `alignment` is the mean of the field along the pair, `agreeing` at how many of SAMPLES points it
    points along the pair, `length` in places of the map, which is `height` places high.
    """

    peaks: Peaks
    certain: NDArray[np.bool_]  # of each peak, whether it is enough to find somebody by
    height: int
    limb: Ints
    start: Ints
    end: Ints
    alignment: Floats
    agreeing: NDArray[np.uint8]
    length: Floats
    first_peak: list[int]  # of each part, and the number of peaks
    first_pair: list[int]  # of each limb, and the number of pairs
    starts: list[int]  # of each limb: how many peaks, from the part's first, are starts
    ends: list[int]

    def of_start(self, limb: int, start: int, values: Floats) -> list[float]:
        """A value for each pair, (P,): those of one start of a limb, for each end.

        :param start: counted from the part's first peak.
        """
        first, ends = self.first_pair[limb], self.ends[limb]
        of_start: list[float] = values[first + start * ends : first + (start + 1) * ends].tolist()
        return of_start

    def table(self, limb: int, values: Sequence[float]) -> list[Sequence[float]]:
        """One limb's part of a value for each pair, (P,), by start: a value for each end.

        Lists, because a limb has few pairs, and a call of numpy costs more than they do.
        """
        first, ends = self.first_pair[limb], self.ends[limb]
        return [values[first + k * ends : first + (k + 1) * ends] for k in range(self.starts[limb])]


def measure_pairs(peaks: Peaks, maps: Maps, min_confidence: float = -math.inf) -> LimbPairs:
    """List the pairs that people and their arms and legs are found by, and sample the fields.

    :param min_confidence: fainter peaks, which come last in their part, are only considered for
        arms and legs: for the middles and ends of CHAINS.
    """
    certain = peaks.confidence > min_confidence
    first_peak = peaks.part.searchsorted(_EACH_PART)
    every = first_peak[1:] - first_peak[:-1]
    sure = np.bincount(peaks.part[certain], minlength=PARTS)
    start_part, end_part = _PARTS_OF_LIMBS
    starts = np.where(_FAINT_STARTS, every.take(start_part), sure.take(start_part))
    ends = np.where(_FAINT_ENDS, every.take(end_part), sure.take(end_part))
    count = starts * ends
    first_pair = np.zeros(len(LIMBS) + 1, np.intp)
    np.add.accumulate(count, out=first_pair[1:])
    limb = _EACH_LIMB.repeat(count)
    place, row_length = np.arange(len(limb)) - first_pair.take(limb), ends.take(limb)
    row = place // row_length
    start = first_peak.take(start_part).take(limb) + row
    end = first_peak.take(end_part).take(limb) + (place - row * row_length)
    x_y = peaks.xy.T
    along, length = field_alignment(limb, x_y.take(start, 1), x_y.take(end, 1), maps)
    return LimbPairs(
        peaks,
        certain,
        maps.shape[0],
        limb,
        start,
        end,
        mean_alignment(along),
        np.add.reduce((along > MIN_ALIGNMENT).view(np.uint8), dtype=np.uint8),
        length,
        first_peak.tolist(),
        first_pair.tolist(),
        starts.tolist(),
        ends.tolist(),
    )


def mean_alignment(along: Floats) -> Floats:
    """The mean of the sampled points, (SAMPLES, P), of each pair."""
    mean: Floats = np.add.reduce(along) / np.float32(SAMPLES)
    return mean


def field_alignment(limb: Ints, start: Floats, end: Floats, maps: Maps) -> tuple[Floats, Floats]:
    """How well the field points along each pair, (SAMPLES, P), and the pair's length, (P,).

    Cao et al., "Realtime Multi-Person 2D Pose Estimation using Part Affinity Fields", CVPR 2017,
    equation 10, sampled as in tf-pose. Pairs without a length point nowhere and get 0.

    :param limb: (P,)
    :param start: x and y of each pair's start, (2, P); `end` likewise.
    """
    # x and y first and the pairs last: few calls, each over long rows, in as few places of memory.
    span = end - start
    length = np.sqrt(np.add.reduce(span * span))
    direction = span / np.maximum(length, MIN_LENGTH)
    points = _STEPS * (span / np.float32(SAMPLES))[:, None]
    points += (start + np.float32(0.5))[:, None]
    # A peak between cells may lie half a cell beyond the last one.
    height, width = maps.shape
    x, y = np.minimum(points, np.array([[[width - 1]], [[height - 1]]], np.float32)).astype(np.intp)
    fields = maps.field_at(y, x, limb[None])
    fields *= direction[:, None]
    return np.add.reduce(fields), length
