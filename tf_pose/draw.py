"""Draws people on images: in tf-pose's plain way, and in a finer one for overlays."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_pose.human import Human
from tf_pose.skeleton import BODY_LIMBS, COLOURS, LIMBS

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]

# BGR. The person's own right is warm, the left is cool, the middle is light.
RIGHT: Colour = (66, 135, 255)
LEFT: Colour = (235, 178, 56)
MIDDLE: Colour = (235, 235, 235)
SHADE: Colour = (30, 24, 20)

_RIGHT_PARTS = {2, 3, 4, 8, 9, 10, 14, 16}
_LEFT_PARTS = {5, 6, 7, 11, 12, 13, 15, 17}
_FACE = {0, 14, 15, 16, 17}
_SHIFT = 4  # fractional bits of OpenCV's sub-pixel coordinates


def draw_humans(npimg: Image, humans: Iterable[Human], imgcopy: bool = False) -> Image:
    """Draw the people on the image, or on a copy of it, as tf-pose does."""
    if imgcopy:
        npimg = npimg.copy()
    height, width = npimg.shape[:2]
    for human in humans:
        centres = {
            index: (int(part.x * width + 0.5), int(part.y * height + 0.5))
            for index, part in sorted(human.body_parts.items())
        }
        for index, centre in centres.items():
            cv2.circle(npimg, centre, 3, COLOURS[index], thickness=3)
        for (a, b), colour in zip(LIMBS[:BODY_LIMBS], COLOURS, strict=False):
            if a in centres and b in centres:
                cv2.line(npimg, centres[a], centres[b], colour, 3)
    return npimg


def draw_pose(
    image: Image,
    xy: NDArray[np.floating],
    confidence: NDArray[np.floating] | None = None,
    *,
    min_confidence: float = 0.1,
    colour: Colour | None = None,
    scale: float = 1.0,
) -> Image:
    """Draw one pose in place, smooth and outlined, with strokes in proportion to the image.

    :param xy: (18, 2) in 0..1 of the image, NaN where missing.
    :param confidence: (18,); joints under `min_confidence` are left out.
    :param colour: BGR, for all of the pose; without it left and right differ.
    """
    height, width = image.shape[:2]
    points = np.asarray(xy, np.float64) * (width, height)
    there = np.asarray(np.isfinite(points).all(axis=1))
    if confidence is not None:
        there &= np.asarray(confidence) >= min_confidence
    stroke = max(1.5, 0.009 * min(width, height) * scale)
    limbs = [
        (a, b, stroke * (0.5 if a in _FACE or b in _FACE else 1.0))
        for a, b in LIMBS[:BODY_LIMBS]
        if there[a] and there[b]
    ]
    joints = [(k, stroke * (0.55 if k in _FACE else 0.95)) for k in np.flatnonzero(there).tolist()]
    outline = max(1.0, stroke * 0.35)
    for a, b, wide in limbs:
        _line(image, points[a], points[b], SHADE, wide + 2 * outline)
    for k, radius in joints:
        _dot(image, points[k], SHADE, radius + outline)
    for a, b, wide in limbs:
        _line(image, points[a], points[b], colour or _colour_of(b if b else a), wide)
    for k, radius in joints:
        _dot(image, points[k], colour or _colour_of(k), radius)
        _dot(image, points[k], MIDDLE, radius * 0.45)
    return image


def _colour_of(part: int) -> Colour:
    if part in _RIGHT_PARTS:
        return RIGHT
    return LEFT if part in _LEFT_PARTS else MIDDLE


def _line(
    image: Image, a: NDArray[np.float64], b: NDArray[np.float64], c: Colour, w: float
) -> None:
    cv2.line(image, _fixed(a), _fixed(b), c, max(1, round(w)), cv2.LINE_AA, _SHIFT)


def _dot(image: Image, centre: NDArray[np.float64], c: Colour, radius: float) -> None:
    r = max(1, round(radius * (1 << _SHIFT)))
    cv2.circle(image, _fixed(centre), r, c, cv2.FILLED, cv2.LINE_AA, _SHIFT)


def _fixed(point: NDArray[np.float64]) -> tuple[int, int]:
    # Points far outside are moved nearer, so that OpenCV's integers stay small.
    x, y = np.clip(point * (1 << _SHIFT), -(1 << 20), 1 << 20).round().astype(int).tolist()
    return x, y
