"""What somebody wears, as far as it tells them from others: the colours of trunk and thighs."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_pose.crop_region import Pose

NECK, SHOULDERS, HIPS, KNEES = 1, (2, 5), (8, 11), (9, 12)
# Where on the trunk and along a thigh: what is nearer to the edge is often somebody's arm.
ACROSS = np.array([0.25, 0.5, 0.75], np.float32)[:, None]
DOWN = np.array([0.2, 0.4, 0.6, 0.8], np.float32)[:, None, None]
ALONG_THIGH = np.array([0.3, 0.5, 0.7], np.float32)[:, None, None]
TRUNK_PLACES = ACROSS.size * DOWN.size
LIGHTNESS_WEIGHT = 0.5  # light and shade change how light a colour is, not which

Colours = NDArray[np.float32]  # (2, 3): trunk and thighs in CIELAB, NaN where not seen
Picture = NDArray[np.uint8]

NOT_SEEN: Colours = np.full((2, 3), np.nan, np.float32)


def clothes_of(image_bgr: Picture, pose: Pose) -> Colours:
    """The colours at a person's trunk and thighs; `pose` (18, 2) in pixels, NaN where missing."""
    places = np.concatenate([_trunk(pose), _thighs(pose)])
    height, width = image_bgr.shape[:2]
    shown = ((places >= 0) & (places < [width, height])).all(axis=1)  # NaN is not
    x, y = places[shown].astype(np.intp).T
    colours = NOT_SEEN.copy()
    if len(x):
        pixels = image_bgr[y, x][None].astype(np.float32) / 255
        lab = cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB)[0]
        of_trunk = np.flatnonzero(shown) < TRUNK_PLACES
        for zone, colour in enumerate((lab[of_trunk], lab[~of_trunk])):
            if len(colour):
                colours[zone] = np.sort(colour, axis=0)[len(colour) // 2]
    return colours


def unlike(a: Colours, b: Colours) -> float:
    """How far apart two people's clothes are, about 0..100; NaN when they show nothing in common.

    The mean over trunk and thighs of the distance in CIELAB, lightness counted less.
    """
    apart = (a - b) * np.array([LIGHTNESS_WEIGHT, 1, 1], np.float32)
    distance = np.sqrt((apart**2).sum(axis=1))
    seen = np.isfinite(distance)
    return float(distance[seen].mean()) if seen.any() else float("nan")


def remembered(known: Colours, seen: Colours, share: float = 0.2) -> Colours:
    """What is known of somebody's clothes after they were seen once more."""
    mixed = known + share * (seen - known)
    return np.where(np.isfinite(mixed), mixed, np.where(np.isfinite(known), known, seen))


def _trunk(pose: Pose) -> NDArray[np.floating]:
    """Places between shoulders and hips, (12, 2); NaN where either is not known."""
    right, left = (np.where(np.isfinite(pose[k]), pose[k], pose[NECK]) for k in SHOULDERS)
    right_hip, left_hip = pose[HIPS[0]], pose[HIPS[1]]
    right_hip = np.where(np.isfinite(right_hip), right_hip, left_hip)
    left_hip = np.where(np.isfinite(left_hip), left_hip, right_hip)
    above = right + ACROSS * (left - right)
    below = right_hip + ACROSS * (left_hip - right_hip)
    places: NDArray[np.floating] = above + DOWN * (below - above)
    return places.reshape(-1, 2)


def _thighs(pose: Pose) -> NDArray[np.floating]:
    """Places along both thighs, (6, 2)."""
    hips, knees = pose[list(HIPS)], pose[list(KNEES)]
    places: NDArray[np.floating] = hips + ALONG_THIGH * (knees - hips)
    return places.reshape(-1, 2)
