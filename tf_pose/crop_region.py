"""Chooses the part of an image that the network looks at to find a known person."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence

from tf_pose.geometry import Box, box_around, box_of_all
from tf_pose.pose_geometry import Pose, torso_px

MIN_ASPECT = 3 / 4  # width by height of a crop


def crop_region(
    poses: Sequence[Pose],
    image: Box,
    margin: float,
    min_torsos: float,
    min_aspect: float = MIN_ASPECT,
    torsos: Iterable[float] | None = None,
    boxes: Iterable[Box | None] | None = None,
) -> Box | None:
    """Frame a person by their last poses (pixels); None when no joint of them is known.

    The crop is `margin` × the box of all poses, and never lower than `min_torsos` × their torso, so
    that a pose of which little was found does not make the next crop smaller. It is never narrower
    than `min_aspect` (width by height).

    :param torsos: of the poses, where they are known already; `boxes` likewise.
    """
    around = box_of_all(map(box_around, poses) if boxes is None else boxes)
    if around is None:
        return None
    every = map(torso_px, poses) if torsos is None else torsos
    known = [torso for torso in every if math.isfinite(torso)]
    min_height = min_torsos * statistics.median(known) if known else 0.0
    height = max(around.h * margin, min_height, 1.0)
    width = max(around.w * margin, height * min_aspect)
    return _clip(around.resized(width, height), image)


def _clip(region: Box, image: Box) -> Box:
    """The part of the region inside the image; the whole region when that is nothing."""
    x, y = max(region.x, image.x), max(region.y, image.y)
    right = min(region.x + region.w, image.x + image.w)
    bottom = min(region.y + region.h, image.y + image.h)
    return Box(x, y, right - x, bottom - y) if right > x and bottom > y else region
