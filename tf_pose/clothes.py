"""What somebody wears, as far as it tells them from others: the colours of trunk and thighs."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_pose.framing import Pose

NECK, SHOULDERS, HIPS, KNEES = 1, (2, 5), (8, 11), (9, 12)
ACROSS, DOWN = (0.25, 0.5, 0.75), (0.2, 0.4, 0.6, 0.8)
ALONG_THIGH = (0.3, 0.5, 0.7)
LIGHTNESS_WEIGHT = 0.5  # light and shade change how light a colour is, not which

Colours = NDArray[np.float32]  # (2, 3): trunk and thighs in CIELAB, NaN where not seen
Picture = NDArray[np.uint8]

NOT_SEEN: Colours = np.full((2, 3), np.nan, np.float32)


def clothes_of(image_bgr: Picture, pose: Pose) -> Colours:
    """The colours at a person's trunk and thighs; `pose` (18, 2) in pixels, NaN where missing."""
    return np.stack([_median(image_bgr, _trunk(pose)), _median(image_bgr, _thighs(pose))])


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
    """Places between shoulders and hips, (n, 2); none when either is not known."""
    right, left = (np.where(np.isfinite(pose[k]), pose[k], pose[NECK]) for k in SHOULDERS)
    right_hip, left_hip = pose[HIPS[0]], pose[HIPS[1]]
    right_hip = np.where(np.isfinite(right_hip), right_hip, left_hip)
    left_hip = np.where(np.isfinite(left_hip), left_hip, right_hip)
    places = [
        (1 - v) * ((1 - u) * right + u * left) + v * ((1 - u) * right_hip + u * left_hip)
        for u in ACROSS
        for v in DOWN
    ]
    return np.array(places)


def _thighs(pose: Pose) -> NDArray[np.floating]:
    return np.array(
        [
            (1 - u) * pose[hip] + u * pose[knee]
            for hip, knee in zip(HIPS, KNEES, strict=True)
            for u in ALONG_THIGH
        ]
    )


def _median(image: Picture, places: NDArray[np.floating]) -> Colours:
    height, width = image.shape[:2]
    places = places[np.isfinite(places).all(axis=1)]
    places = places[((places >= 0) & (places < [width, height])).all(axis=1)]
    if not len(places):
        return np.full(3, np.nan, np.float32)
    x, y = places.astype(np.intp).T
    lab = cv2.cvtColor(image[y, x][None].astype(np.float32) / 255, cv2.COLOR_BGR2LAB)[0]
    return np.asarray(np.median(lab, axis=0), np.float32)
