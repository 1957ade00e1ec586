"""The colours of a person's clothes at trunk and thighs, which tell people apart."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_pose.pose_geometry import Pose

NECK = 1
TRUNK = np.array([2, 5, 8, 11])  # right and left shoulder, right and left hip
THIGHS = np.array([[8, 11], [9, 12]])  # hips, knees
# Where colours are sampled on the trunk and along a thigh: nearer to the edge is often an arm.
ACROSS = np.array([0.25, 0.5, 0.75], np.float32)[:, None]
DOWN = np.array([0.2, 0.4, 0.6, 0.8], np.float32)[:, None, None]
ALONG_THIGH = np.array([0.3, 0.5, 0.7], np.float32)[:, None, None]
TRUNK_POINTS = ACROSS.size * DOWN.size
LIGHTNESS_WEIGHT = 0.5  # light and shade change how light a colour is, but not its hue

Appearance = NDArray[np.float32]  # (2, 3): trunk and thighs in CIELAB, NaN where not seen
Image = NDArray[np.uint8]

UNKNOWN_APPEARANCE: Appearance = np.full((2, 3), np.nan, np.float32)


def measure_appearance(image_bgr: Image, pose: Pose) -> Appearance:
    """The colours at a person's trunk and thighs; `pose` (18, 2) in pixels, NaN where missing."""
    points = np.concatenate([_trunk_points(pose), _thigh_points(pose)])
    height, width = image_bgr.shape[:2]
    x, y = points.T
    inside = np.flatnonzero((x >= 0) & (y >= 0) & (x < width) & (y < height))  # not where NaN
    appearance = UNKNOWN_APPEARANCE.copy()
    if len(inside):
        x, y = points[inside].astype(np.intp).T
        pixels = image_bgr[y, x][None].astype(np.float32) / 255
        lab = cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB)[0]
        on_trunk = int(inside.searchsorted(TRUNK_POINTS))
        for zone, colours in enumerate((lab[:on_trunk], lab[on_trunk:])):
            if len(colours):
                colours.sort(axis=0)
                appearance[zone] = colours[len(colours) // 2]
    return appearance


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
    mixed = known + share * (seen - known)
    return np.where(np.isfinite(mixed), mixed, np.where(np.isfinite(known), known, seen))


def _trunk_points(pose: Pose) -> NDArray[np.floating]:
    """Points between shoulders and hips, (12, 2); NaN where either is not known.

    The neck stands in for a missing shoulder, and the other hip for a missing hip.
    """
    corners = pose.take(TRUNK, axis=0)
    shoulders, hips = corners[:2], corners[2:]
    missing = np.isnan(corners[:, 0]).tolist()
    shoulders[missing[:2]] = pose[NECK]
    if missing[2] != missing[3]:
        hips[:] = hips[1] if missing[2] else hips[0]
    right, left = corners[0::2], corners[1::2]
    above, below = right[:, None] + ACROSS * (left - right)[:, None]
    points: NDArray[np.floating] = above + DOWN * (below - above)
    return points.reshape(-1, 2)


def _thigh_points(pose: Pose) -> NDArray[np.floating]:
    """Points along both thighs, (6, 2)."""
    hips, knees = pose.take(THIGHS, axis=0)
    points: NDArray[np.floating] = hips + ALONG_THIGH * (knees - hips)
    return points.reshape(-1, 2)
