"""Finds where the heatmaps say that joints are."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_pose.decoding.maps import Maps
from tf_pose.skeleton import PARTS
from tf_pose.tensors import HEATMAPS

MIN_HEAT = 0.05  # a smoothed peak must exceed it, as in tf-pose
# On the maps as they are: less smoothing leaves more of faint joints; a parabola needs little.
FINE_HEAT = 0.03
FINE_SMOOTHING_CELLS = 0.5
FINE_KERNEL_CELLS = 5

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Peaks:
    """Candidate joints, sorted by part: part (n,), xy (n, 2) in places of the map, confidence (n,).

    The confidence is the heatmap's value at the peak.
    """

    part: NDArray[np.intp]
    xy: Floats
    confidence: Floats

    def of_part(self, part: int) -> slice:
        """The indices of that part's peaks."""
        first, last = np.searchsorted(self.part, [part, part + 1])
        return slice(int(first), int(last))

    def above(self, min_confidence: float) -> tuple[Peaks, NDArray[np.intp]]:
        """The more certain peaks, and the index of each among these."""
        kept = np.flatnonzero(self.confidence > min_confidence)
        return Peaks(self.part[kept], self.xy[kept], self.confidence[kept]), kept


def find_reference_peaks(maps: Maps) -> Peaks:
    """Find 3×3 maxima of the finer, smoothed heatmaps, in whole fine pixels, as tf-pose does."""
    part, y, x = find_local_maxima(maps.smoothed_heatmaps())
    xy = np.stack([x, y], axis=1).astype(np.float32)
    return Peaks(part, xy, maps.heat_at(y, x, part))


def find_peaks(coarse: Floats, min_heat: float = FINE_HEAT) -> Peaks:
    """Find the maxima over `min_heat` of the coarse heatmaps, (h, w, 57), to a part of a cell.

    A joint's blob is wider than a cell, so that a parabola through a maximum and its neighbours
    finds its place as well as upsampling does, with 16 times fewer pixels to look at. xy is in
    cells; a cell's centre is at its index.
    """
    kernel = cv2.getGaussianKernel(FINE_KERNEL_CELLS, FINE_SMOOTHING_CELLS, cv2.CV_32F)
    heat = np.ascontiguousarray(coarse[..., :PARTS].transpose(2, 0, 1))
    planes = np.empty_like(heat)
    for sharp, smooth in zip(heat, planes, strict=True):
        cv2.sepFilter2D(
            sharp, cv2.CV_32F, kernel, kernel, dst=smooth, borderType=cv2.BORDER_CONSTANT
        )
    part, y, x = find_local_maxima(planes, min_heat)
    padded = np.pad(planes, ((0, 0), (1, 1), (1, 1)), mode="edge")
    here = planes[part, y, x]
    dx = _vertex(padded[part, y + 1, x], here, padded[part, y + 1, x + 2])
    dy = _vertex(padded[part, y, x + 1], here, padded[part, y + 2, x + 1])
    xy = np.stack([x + dx, y + dy], axis=1).astype(np.float32)
    return Peaks(part, xy, coarse[y, x, part])


def find_local_maxima(
    planes: Floats, min_heat: float = MIN_HEAT
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """The (plane, y, x) that no neighbour exceeds and that exceed `min_heat`, in that order."""
    window = np.ones((3, 3), np.uint8)
    highest = np.empty_like(planes)
    for plane, dilated in zip(planes, highest, strict=True):
        cv2.dilate(plane, window, dst=dilated)
    plane, y, x = np.nonzero((planes == highest) & (planes > min_heat))
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
