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
    left, right, share = find_neighbours(track.t_s, np.array([lesson_s]))
    first, second, part = int(left[0]), int(right[0]), np.float32(share[0])
    a, b = track.xy[first], track.xy[second]
    mixed = a + (b - a) * part
    xy = np.where(np.isnan(mixed), np.where(np.isnan(a), b, a), mixed)
    confidence = track.confidence[first] * (1 - part) + track.confidence[second] * part
    return ReferencePose(xy, confidence.astype(np.float32))


def find_neighbours(
    t_s: NDArray[np.float64], at_s: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """For each time the samples before and after it, and how far between them it lies (0..1)."""
    last = len(t_s) - 1
    right = np.clip(np.searchsorted(t_s, at_s, side="right"), 0, last)
    left = np.maximum(right - 1, 0)
    gap = t_s[right] - t_s[left]
    share = np.divide(at_s - t_s[left], gap, out=np.zeros_like(at_s), where=gap > 0)
    return left, right, np.clip(share, 0.0, 1.0)
