"""Boxes in an image: pure arithmetic."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Box(NamedTuple):
    """A rectangle in pixels by its corner and size; it may reach beyond the image."""

    x: float
    y: float
    w: float
    h: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.w / 2, self.y + self.h / 2

    @property
    def area(self) -> float:
        return self.w * self.h

    def resized(self, w: float, h: float) -> Box:
        """A box of that size about the same centre."""
        cx, cy = self.centre
        return Box(cx - w / 2, cy - h / 2, w, h)

    def grown(self, times: float) -> Box:
        """A box so many times as large about the same centre."""
        return self.resized(self.w * times, self.h * times)

    def widened_to(self, aspect: float) -> Box:
        """The smallest box around this one whose width is `aspect` times its height."""
        return self.resized(max(self.w, self.h * aspect), max(self.h, self.w / aspect))

    def rounded(self) -> Box:
        """The nearest one in whole pixels, of 1×1 at least."""
        x, y = round(self.x), round(self.y)
        return Box(x, y, max(1, round(self.x + self.w) - x), max(1, round(self.y + self.h) - y))


def box_around(points: NDArray[np.floating]) -> Box | None:
    """The box of the points, (n, 2), that are not NaN; None when all are."""
    known = [(x, y) for x, y in points.tolist() if math.isfinite(x + y)]
    if not known:
        return None
    xs, ys = zip(*known, strict=True)
    x, y = min(xs), min(ys)
    return Box(x, y, max(xs) - x, max(ys) - y)


def box_of_all(boxes: Iterable[Box | None]) -> Box | None:
    """The box around those that are not None; None when all are."""
    corners = [(box.x, box.y, box.x + box.w, box.y + box.h) for box in boxes if box is not None]
    if not corners:
        return None
    lefts, tops, rights, bottoms = zip(*corners, strict=True)
    x, y = min(lefts), min(tops)
    return Box(x, y, max(rights) - x, max(bottoms) - y)


def overlap(a: Box, b: Box) -> float:
    """Intersection over union, 0..1."""
    w = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    h = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    if w <= 0 or h <= 0:
        return 0.0
    return w * h / (a.area + b.area - w * h)
