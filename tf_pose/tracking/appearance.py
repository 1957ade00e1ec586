"""The colours of a person's clothes at trunk and thighs, which tell people apart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_pose.pose_geometry import Pose

NECK = 1
TRUNK = (2, 5, 8, 11)  # right and left shoulder, right and left hip
THIGHS = ((8, 9), (11, 12))  # hip, knee
# Where colours are sampled on the trunk and along a thigh: nearer to the edge is often an arm.
ACROSS = (0.25, 0.5, 0.75)
DOWN = (0.2, 0.4, 0.6, 0.8)
ALONG_THIGH = (0.3, 0.5, 0.7)
LIGHTNESS_WEIGHT = 0.5  # light and shade change how light a colour is, but not its hue

Appearance = NDArray[np.float32]  # (2, 3): trunk and thighs in CIELAB, NaN where not seen
Image = NDArray[np.uint8]
Point = Sequence[float]  # x, y in pixels, NaN where it is not known

UNKNOWN_APPEARANCE: Appearance = np.full((2, 3), np.nan, np.float32)


def measure_appearance(image_bgr: Image, pose: Pose) -> Appearance:
    """The colours at a person's trunk and thighs; `pose` (18, 2) in pixels, NaN where missing."""
    # Plain floats: there are few points, and numpy's calls cost more than the sums.
    joints = pose.tolist()
    height, width = image_bgr.shape[:2]
    trunk, thighs = (
        [(int(y), int(x)) for x, y in points if 0 <= x < width and 0 <= y < height]  # not where NaN
        for points in (_trunk_points(joints), _thigh_points(joints))
    )
    if not trunk and not thighs:
        return UNKNOWN_APPEARANCE.copy()
    rows, columns = zip(*trunk, *thighs, strict=True)
    pixels = image_bgr[rows, columns][None].astype(np.float32) / 255
    lab = cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB)[0].tolist()
    zones = lab[: len(trunk)], lab[len(trunk) :]
    return np.array([_median_colour(colours) for colours in zones], np.float32)


def appearance_distance(a: Appearance, b: Appearance) -> float:
    """How different two appearances are, about 0..100; NaN when they share no zone.

    The mean over trunk and thighs of the distance in CIELAB, lightness weighed less.
    """
    zones = [
        math.hypot(LIGHTNESS_WEIGHT * lightness, *hue)
        for lightness, *hue in (a - b).tolist()
        if lightness == lightness
    ]
    return sum(zones) / len(zones) if zones else math.nan


def update_appearance(known: Appearance, seen: Appearance, share: float = 0.2) -> Appearance:
    """The remembered appearance after another sight: moves by `share` of the difference."""
    zones = zip(known.tolist(), seen.tolist(), strict=True)
    return np.array([_mix_colours(before, now, share) for before, now in zones], np.float32)


def _mix_colours(known: list[float], seen: list[float], share: float) -> list[float]:
    """The one of two colours that is not NaN; on the way from the first to the second, if both."""
    if math.isnan(known[0]):
        return seen
    if math.isnan(seen[0]):
        return known
    return [before + share * (now - before) for before, now in zip(known, seen, strict=True)]


def _median_colour(colours: list[list[float]]) -> list[float]:
    """Each channel's median, the larger one of two; NaN of no colours."""
    if not colours:
        return [math.nan] * 3
    return [sorted(channel)[len(channel) // 2] for channel in zip(*colours, strict=True)]


def _trunk_points(joints: Sequence[Point]) -> list[Point]:
    """Points between shoulders and hips; NaN where either is not known.

    The neck stands in for a missing shoulder, and the other hip for a missing hip.
    """
    right, left, right_hip, left_hip = (joints[k] for k in TRUNK)
    right, left = _known_of(right, joints[NECK]), _known_of(left, joints[NECK])
    right_hip, left_hip = _known_of(right_hip, left_hip), _known_of(left_hip, right_hip)
    above = [_between(right, left, share) for share in ACROSS]
    below = [_between(right_hip, left_hip, share) for share in ACROSS]
    columns = list(zip(above, below, strict=True))
    return [_between(top, bottom, share) for share in DOWN for top, bottom in columns]


def _thigh_points(joints: Sequence[Point]) -> list[Point]:
    """Points along both thighs."""
    return [
        _between(joints[hip], joints[knee], share) for hip, knee in THIGHS for share in ALONG_THIGH
    ]


def _known_of(point: Point, instead: Point) -> Point:
    return instead if math.isnan(point[0]) else point


def _between(one: Point, other: Point, share: float) -> Point:
    (x, y), (other_x, other_y) = one, other
    return x + share * (other_x - x), y + share * (other_y - y)
