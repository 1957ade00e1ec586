"""Which part of the picture shows a person, and whose pose is whose: pure arithmetic.

Poses are (18, 2) in pixels, NaN where a joint is missing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tf_pose.geometry import Box, box_around, union

Pose = NDArray[np.floating]

NECK, R_HIP, L_HIP = 1, 8, 11
SHOULDERS = (2, 5)
SHOULDERS_TO_TORSO = 1.3  # a torso seen from the front is that much longer than it is wide
NARROWEST = 3 / 4  # width by height of a crop


def torso_px(pose: Pose) -> float:
    """The longer of neck to hips and 1.3 × the shoulders' width, in pixels; NaN when unknown.

    The longer, because one turns short when people bend and the other when they turn.
    """
    # Plain floats: this is asked for many times a picture, and numpy's calls cost more than it.
    (neck, *shoulders), hips = pose[[NECK, *SHOULDERS]].tolist(), pose[[R_HIP, L_HIP]].tolist()
    known = [hip for hip in hips if hip[0] == hip[0]]
    length = width = math.nan
    if known:
        middle = [sum(hip[axis] for hip in known) / len(known) for axis in (0, 1)]
        length = math.hypot(middle[0] - neck[0], middle[1] - neck[1])
    (right_x, right_y), (left_x, left_y) = shoulders
    width = math.hypot(right_x - left_x, right_y - left_y) * SHOULDERS_TO_TORSO
    return width if length != length or width > length else length


def crop_region(
    poses: Sequence[Pose],
    picture: Box,
    margin: float,
    least_torsos: float,
    narrowest: float = NARROWEST,
) -> Box | None:
    """Frame a person by their last poses; None when no joint of them is known.

    `margin` × the box of all of them, and never less than `least_torsos` × their torso high, so
    that a pose of which little was found does not make the next crop smaller; never narrower than
    `narrowest` (width by height).
    """
    boxes = [box for box in map(box_around, poses) if box is not None]
    if not boxes:
        return None
    around = union(boxes)
    torsos = [torso for torso in map(torso_px, poses) if np.isfinite(torso)]
    least = least_torsos * float(np.median(torsos)) if torsos else 0.0
    height = max(around.h * margin, least, 1.0)
    width = max(around.w * margin, height * narrowest)
    return _inside(around.resized(width, height), picture)


def _inside(region: Box, picture: Box) -> Box:
    """The part of the region that shows the picture; all of the region when that is nothing."""
    x, y = max(region.x, picture.x), max(region.y, picture.y)
    right = min(region.x + region.w, picture.x + picture.w)
    bottom = min(region.y + region.h, picture.y + picture.h)
    return Box(x, y, right - x, bottom - y) if right > x and bottom > y else region


def apart_torsos(poses: Sequence[Pose], seen: Pose) -> float:
    """How far a pose is from the last of somebody's: the median over joints of both, in torsos.

    The median, because arms and legs fly while head, shoulders and hips stay. Infinite when they
    share fewer than 3 joints.
    """
    distance = np.hypot(*(poses[-1] - seen).T)
    distance = distance[np.isfinite(distance)]
    if len(distance) < 3:
        return math.inf
    return float(np.median(distance)) / _size_px(poses)


def size_ratio(known: Pose, seen: Pose) -> float:
    """How many times larger the larger of two poses is, by the spread of the joints of both.

    1 when they share fewer than 3.
    """
    both = np.isfinite(known).all(axis=1) & np.isfinite(seen).all(axis=1)
    if both.sum() < 3:
        return 1.0
    small, large = sorted(float(np.hypot(*pose[both].std(axis=0))) for pose in (known, seen))
    return large / small if small > 0 else 1.0


def prominence(pose: Pose, score: float, picture: Box) -> float:
    """How much a person looks like the one who stands before the camera, 0..1.

    Large, central, certain and whole.
    """
    box = box_around(pose)
    if box is None:
        return 0.0
    large = min(1.0, max(box.h / picture.h, box.w / picture.w))
    off_centre = abs(box.centre[0] - picture.centre[0]) / (picture.w / 2)
    whole = np.isfinite(pose).all(axis=1).mean()
    return float(large * (1 - 0.5 * min(1.0, off_centre)) * min(1.0, score) * whole)


def _size_px(poses: Sequence[Pose]) -> float:
    """The largest torso of the poses, or a third of the last one's box where none is to see.

    The largest, because a torso looks shorter as people bend and turn, and never longer.
    """
    torso = max((t for t in map(torso_px, poses) if t > 0), default=0.0)
    if torso > 0:
        return torso
    box = box_around(poses[-1])
    return max(1.0, max(box.w, box.h) / 3) if box else 1.0
