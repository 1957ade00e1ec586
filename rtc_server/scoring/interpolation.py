"""A lesson's reference between its samples. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring.limb_directions import Floats
from rtc_server.types import PoseTrack


@dataclass(frozen=True, slots=True)
class ReferencePose:
    """The instructor's pose at one lesson position."""

    xy: Floats  # (18, 2), 0..1 of the instructor's frame
    confidence: Floats  # (18,)


def interpolate_pose(track: PoseTrack, lesson_s: float) -> ReferencePose:
    """The instructor's pose at a position, interpolated between the two samples around it.

    A joint that one of the two lacks is taken from the other. Before the first and past the last
    sample the nearest one holds.
    """
    first, second, share = find_neighbour(track.t_s, lesson_s)
    part = np.float32(share)
    a, b = track.xy[first], track.xy[second]
    mixed = a + (b - a) * part
    xy = np.where(np.isnan(mixed), np.where(np.isnan(a), b, a), mixed)
    confidence = track.confidence[first] * (1 - part) + track.confidence[second] * part
    return ReferencePose(xy, confidence.astype(np.float32))


def find_neighbour(t_s: NDArray[np.float64], at_s: float) -> tuple[int, int, float]:
    """As `find_neighbours`, for one time: ten times as fast."""
    right = min(int(t_s.searchsorted(at_s, side="right")), len(t_s) - 1)
    left = max(right - 1, 0)
    left_s, right_s = float(t_s[left]), float(t_s[right])
    gap_s = right_s - left_s
    share = (at_s - left_s) / gap_s if gap_s > 0 else 0.0
    return left, right, min(1.0, max(0.0, share))


def find_neighbours(
    t_s: NDArray[np.float64], at_s: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """For each time the samples before and after it, and how far between them it lies (0..1)."""
    last = len(t_s) - 1
    right = np.minimum(t_s.searchsorted(at_s, side="right"), last)
    left = np.maximum(right - 1, 0)
    gap = t_s[right] - t_s[left]
    share = np.divide(at_s - t_s[left], gap, out=np.zeros_like(at_s), where=gap > 0)
    return left, right, np.minimum(np.maximum(share, 0.0), 1.0)
