"""Looks at each person that was found on the whole picture again, in a crop of their own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tf_pose.crop_region import Pose, apart_torsos, crop_region, size_ratio
from tf_pose.geometry import Box, box_around
from tf_pose.human import Human

MARGIN, LEAST_TORSOS = 1.2, 4.2  # of the crop, as for somebody who is followed
STEPS = 8  # how coarsely a crop is placed: to an eighth of it
NEAR_TORSOS = 0.5  # the same person, seen closer, is not farther from where they were
ALIKE = 1.8  # nor larger or smaller by more than that
ONE_TORSOS = 0.2  # two poses that are nearer to each other are one person's
MOST_PEOPLE = 30  # a crowd is not looked at one by one


def refined(
    people: list[Human], image: NDArray[np.uint8], look: Callable[[Box], list[Human]]
) -> list[Human]:
    """The same people, in the same order, each as a closer look shows them.

    `look` finds people in a region (pixels), joints in 0..1 of the picture. Who is not found again
    stays as they were; who turns out to be a part of somebody else is left out; beyond the 30
    largest they are not looked at and stay, too.
    """
    height, width = image.shape[:2]
    scale = np.array([width, height], np.float32)
    picture = Box(0, 0, width, height)
    poses = [human.arrays()[0] * scale for human in people]
    seen: dict[int, Human] = {}
    fragments: set[int] = set()
    for k in _largest_first(poses):
        region = crop_region([poses[k]], picture, MARGIN, LEAST_TORSOS)
        if region is not None:
            region = _steady(region)
        closer = closest(poses[k], look(region), scale) if region is not None else None
        if closer is not None and any(_one(closer, other, scale) for other in seen.values()):
            if any(_one(people[k], other, scale) for other in seen.values()):
                fragments.add(k)
                continue
            closer = None  # somebody near them, whom the crop shows worse
        seen[k] = closer or people[k]
    kept = [seen.get(k, human) for k, human in enumerate(people) if k not in fragments]
    return [_renamed(human, k) for k, human in enumerate(kept)]


def _steady(region: Box) -> Box:
    """About the same region, in coarse steps: who is found a hair elsewhere gets the same crop."""
    step = 2.0 ** round(math.log2(max(region.w, region.h) / STEPS))
    x, y = (math.floor(v / step) * step for v in (region.x, region.y))
    right, bottom = (math.ceil(v / step) * step for v in (region.x + region.w, region.y + region.h))
    return Box(x, y, right - x, bottom - y)


def _largest_first(poses: list[Pose]) -> list[int]:
    boxes = [box_around(pose) for pose in poses]
    size = [max(box.w, box.h) if box else 0.0 for box in boxes]
    return sorted(range(len(poses)), key=lambda k: -size[k])[:MOST_PEOPLE]


def _one(human: Human, other: Human, scale: NDArray[np.float32]) -> bool:
    """Whether two poses, of which `other` is the better known, are of one person."""
    pose, known = human.arrays()[0] * scale, other.arrays()[0] * scale
    return apart_torsos([known], pose) < ONE_TORSOS


def closest(pose: Pose, humans: list[Human], scale: NDArray[np.float32]) -> Human | None:
    """Who of them is at the pose (pixels), of about its size; None when nobody is."""
    near = []
    for human in humans:
        other = human.arrays()[0] * scale
        apart = apart_torsos([pose], other)
        if apart <= NEAR_TORSOS and size_ratio(pose, other) <= ALIKE:
            near.append((apart, human))
    return min(near, key=lambda pair: pair[0])[1] if near else None


def _renamed(human: Human, index: int) -> Human:
    parts = {k: replace(part, uidx=f"{index}-{k}") for k, part in human.body_parts.items()}
    return Human(parts, human.score)
