"""Sizes of poses, distances between poses, and how prominent a person is: pure arithmetic.

Poses are (18, 2) in pixels, NaN where a joint is missing.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from tf_pose.geometry import Box, box_around

Pose = NDArray[np.floating]

NECK, R_HIP, L_HIP = 1, 8, 11
SHOULDERS = (2, 5)
TORSO_JOINTS = np.array((NECK, *SHOULDERS, R_HIP, L_HIP))
SHOULDERS_TO_TORSO = 1.3  # a torso seen from the front is that many times longer than wide
MIN_SHARED_JOINTS = 3  # fewer say nothing about whether two poses are one person's


def torso_px(pose: Pose) -> float:
    """The longer of neck to hips and 1.3 × the shoulders' width, in pixels; NaN when unknown.

    The longer, because one turns short when people bend and the other when they turn.
    """
    return torso_of_joints(pose.take(TORSO_JOINTS, axis=0).tolist())


def torso_of_joints(joints: Sequence[Sequence[float]]) -> float:
    """The torso as in `torso_px`, from the TORSO_JOINTS' (x, y)."""
    # Plain floats: this runs many times for each image, and numpy's calls cost more than the sums.
    neck, (right_x, right_y), (left_x, left_y), *hips = joints
    known = [hip for hip in hips if hip[0] == hip[0]]
    length = math.nan
    if known:
        x, y = sum([hip[0] for hip in known]), sum([hip[1] for hip in known])
        length = math.hypot(x / len(known) - neck[0], y / len(known) - neck[1])
    width = math.hypot(right_x - left_x, right_y - left_y) * SHOULDERS_TO_TORSO
    return width if length != length or width > length else length


def pose_distance_torsos(
    poses: Sequence[Pose], other: Pose, torsos: Iterable[float] | None = None
) -> float:
    """How far a pose is from the last of somebody's: the median over shared joints, in torsos.

    The median, because arms and legs fly while head, shoulders and hips stay. Infinite when they
    share fewer than MIN_SHARED_JOINTS.

    :param torsos: of the poses, where they are known already.
    """
    pairs = zip(poses[-1].tolist(), other.tolist(), strict=True)
    apart = [math.hypot(x - other_x, y - other_y) for (x, y), (other_x, other_y) in pairs]
    distances = [one for one in apart if math.isfinite(one)]
    if len(distances) < MIN_SHARED_JOINTS:
        return math.inf
    known = map(torso_px, poses) if torsos is None else torsos
    return statistics.median(distances) / _size_px(poses[-1], known)


def size_ratio(one: Pose, other: Pose) -> float:
    """How many times larger the larger of two poses is, by the spread of their shared joints.

    1 when they share fewer than MIN_SHARED_JOINTS.
    """
    pairs = zip(one.tolist(), other.tolist(), strict=True)
    shared = [(*a, *b) for a, b in pairs if math.isfinite(a[0] + a[1] + b[0] + b[1])]
    if len(shared) < MIN_SHARED_JOINTS:
        return 1.0
    x, y, other_x, other_y = (_spread(axis) for axis in zip(*shared, strict=True))
    small, large = sorted((x + y, other_x + other_y))
    return math.sqrt(large / small) if small > 0 else 1.0


def prominence(pose: Pose, confidence: float, image: Box) -> float:
    """How likely a person is the one who stands in front of the camera, 0..1.

    That person is large, central, certain and whole.
    """
    box = box_around(pose)
    if box is None:
        return 0.0
    size = min(1.0, max(box.h / image.h, box.w / image.w))
    off_centre = abs(box.centre[0] - image.centre[0]) / (image.w / 2)
    whole = np.isfinite(pose).all(axis=1).mean()
    return float(size * (1 - 0.5 * min(1.0, off_centre)) * min(1.0, confidence) * whole)


def _spread(values: Sequence[float]) -> float:
    """The sum of the squared distances from their mean."""
    mean = sum(values) / len(values)
    apart = [value - mean for value in values]
    return sum([one * one for one in apart])


def _size_px(pose: Pose, torsos: Iterable[float]) -> float:
    """The largest torso; a third of the pose's box where none is known.

    The largest, because a torso looks shorter as people bend and turn, and never longer.
    """
    torso = max((t for t in torsos if t > 0), default=0.0)
    if torso > 0:
        return torso
    box = box_around(pose)
    return max(1.0, max(box.w, box.h) / 3) if box else 1.0
