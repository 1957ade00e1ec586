"""Estimates each person that was found in the whole image again, in a crop of their own."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tf_pose.crop_region import crop_region
from tf_pose.geometry import Box, box_around
from tf_pose.human import Human
from tf_pose.pose_geometry import Pose, pose_distance_torsos, size_ratio

MARGIN, MIN_CROP_TORSOS = 1.2, 4.2  # of the crop, as for somebody who is tracked
GRID_STEPS = 8  # crops are placed in steps of an eighth of their size
MAX_DISTANCE_TORSOS = 0.5  # somebody farther away in the crop is not the same person
MAX_SIZE_RATIO = 1.8  # nor is somebody that much larger or smaller
DUPLICATE_TORSOS = 0.2  # two poses nearer to each other are one person's
MAX_PEOPLE = 30  # of a crowd no more are refined


def refine_people(
    people: list[Human],
    image: NDArray[np.uint8],
    estimate_region: Callable[[Box], list[Human]],
) -> list[Human]:
    """The same people, in the same order, each as found in a crop of their own.

    Somebody who is not found again stays as they were. Somebody who turns out to be a part of
    another person is left out. Beyond the MAX_PEOPLE largest, people stay as they were.

    :param estimate_region: finds people in a region (pixels), joints in 0..1 of the image.
    """
    height, width = image.shape[:2]
    scale = np.array([width, height], np.float32)
    whole = Box(0, 0, width, height)
    poses = [human.arrays()[0] * scale for human in people]
    results: dict[int, Human] = {}
    fragments: set[int] = set()
    for k in _largest_first(poses):
        region = crop_region([poses[k]], whole, MARGIN, MIN_CROP_TORSOS)
        refined = None
        if region is not None:
            refined = find_closest(poses[k], estimate_region(_snap_to_grid(region)), scale)
        if refined is not None and any(_is_same(refined, one, scale) for one in results.values()):
            if any(_is_same(people[k], one, scale) for one in results.values()):
                fragments.add(k)
                continue
            refined = None  # somebody near them, whom the crop shows worse
        results[k] = refined or people[k]
    kept = [results.get(k, human) for k, human in enumerate(people) if k not in fragments]
    return [_renumber(human, k) for k, human in enumerate(kept)]


def _snap_to_grid(region: Box) -> Box:
    """About the same region in coarse steps: tiny differences between poses give the same crop."""
    step = 2.0 ** round(math.log2(max(region.w, region.h) / GRID_STEPS))
    x, y = (math.floor(v / step) * step for v in (region.x, region.y))
    right, bottom = (math.ceil(v / step) * step for v in (region.x + region.w, region.y + region.h))
    return Box(x, y, right - x, bottom - y)


def _largest_first(poses: list[Pose]) -> list[int]:
    boxes = [box_around(pose) for pose in poses]
    size = [max(box.w, box.h) if box else 0.0 for box in boxes]
    return sorted(range(len(poses)), key=lambda k: -size[k])[:MAX_PEOPLE]


def _is_same(human: Human, known: Human, scale: NDArray[np.float32]) -> bool:
    """Whether two poses, of which `known` is the more certain, are of one person."""
    pose, known_pose = human.arrays()[0] * scale, known.arrays()[0] * scale
    return pose_distance_torsos([known_pose], pose) < DUPLICATE_TORSOS


def find_closest(pose: Pose, humans: list[Human], scale: NDArray[np.float32]) -> Human | None:
    """Who of them is at the pose (pixels), of about its size; None when nobody is."""
    near = []
    for human in humans:
        other = human.arrays()[0] * scale
        distance = pose_distance_torsos([pose], other)
        if distance <= MAX_DISTANCE_TORSOS and size_ratio(pose, other) <= MAX_SIZE_RATIO:
            near.append((distance, human))
    return min(near, key=lambda pair: pair[0])[1] if near else None


def _renumber(human: Human, index: int) -> Human:
    parts = {k: part._replace(uidx=f"{index}-{k}") for k, part in human.body_parts.items()}
    return Human(parts, human.score)
