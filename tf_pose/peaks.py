"""Finds where the heatmaps say that a joint is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_pose.graph import HEATMAPS
from tf_pose.skeleton import PARTS
from tf_pose.upsample import Maps

MIN_HEAT = 0.05  # a smoothed peak has to exceed it
SMOOTHING_CELLS = 1.3  # tf-pose's Gaussian (5.2 fine pixels) in cells, at its factor of 4
KERNEL_CELLS = 7

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Peaks:
    """Candidate joints, sorted by part: part (n,), xy (n, 2) in places of the map, score (n,)."""

    part: NDArray[np.intp]
    xy: Floats
    score: Floats

    def of_part(self, part: int) -> slice:
        """Where that part's peaks are."""
        first, last = np.searchsorted(self.part, [part, part + 1])
        return slice(int(first), int(last))


def reference_peaks(maps: Maps) -> Peaks:
    """Find 3×3 maxima of the finer, smoothed heatmaps, in whole fine pixels, as tf-pose does."""
    part, y, x = local_maxima(maps.smoothed_heatmaps())
    xy = np.stack([x, y], axis=1).astype(np.float32)
    return Peaks(part, xy, maps.heat_at(y, x, part))


def fine_peaks(coarse: Floats) -> Peaks:
    """Find the maxima of the coarse heatmaps, (h, w, 57), smoothed alike, to a part of a cell.

    The Gaussian is wider than a cell, so a parabola through the neighbours finds the place that
    tf-pose finds by upsampling, with 16 times fewer pixels to look at. xy in cells, a cell's
    centre at its index.
    """
    kernel = cv2.getGaussianKernel(KERNEL_CELLS, SMOOTHING_CELLS, cv2.CV_32F)
    heat = coarse[..., :PARTS].transpose(2, 0, 1)
    planes = np.stack(
        [
            cv2.sepFilter2D(plane, cv2.CV_32F, kernel, kernel, borderType=cv2.BORDER_CONSTANT)
            for plane in np.ascontiguousarray(heat)
        ]
    )
    part, y, x = local_maxima(planes)
    padded = np.pad(planes, ((0, 0), (1, 1), (1, 1)), mode="edge")
    here = planes[part, y, x]
    dx = _vertex(padded[part, y + 1, x], here, padded[part, y + 1, x + 2])
    dy = _vertex(padded[part, y, x + 1], here, padded[part, y + 2, x + 1])
    xy = np.stack([x + dx, y + dy], axis=1).astype(np.float32)
    return Peaks(part, xy, coarse[y, x, part])


def local_maxima(
    planes: Floats,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """The (plane, y, x) that no neighbour exceeds and that exceed `MIN_HEAT`, in that order."""
    window = np.ones((3, 3), np.uint8)
    highest = np.stack([cv2.dilate(plane, window) for plane in planes])
    plane, y, x = np.nonzero((planes == highest) & (planes > MIN_HEAT))
    return plane, y, x


def _vertex(before: Floats, here: Floats, after: Floats) -> Floats:
    """How far from the middle of three samples their parabola is highest, within ±0.5."""
    bend = before - 2 * here + after
    safe = np.where(bend < -1e-6, bend, np.float32(-1.0))
    offset = np.where(bend < -1e-6, 0.5 * (before - after) / safe, np.float32(0.0))
    result: Floats = np.clip(offset, -0.5, 0.5)
    return result


def coarse_maps(coarse: Floats) -> Maps:
    """The maps as they are, for peaks in cells."""
    if coarse.ndim != 3 or coarse.shape[2] <= HEATMAPS:
        raise ValueError(f"expected maps (h, w, 57), got {coarse.shape}")
    return Maps(coarse, (coarse.shape[0], coarse.shape[1]))
