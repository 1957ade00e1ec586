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
MIN_BEND = np.float32(1e-6)  # of a parabola that has a highest place

Floats = NDArray[np.float32]
_AROUND = np.ones((3, 3), np.uint8)
_KERNEL = cv2.getGaussianKernel(FINE_KERNEL_CELLS, FINE_SMOOTHING_CELLS, cv2.CV_32F)


@dataclass(frozen=True, slots=True)
class Peaks:
    """Candidate joints, sorted by part: part (n,), xy (n, 2) in places of the map, confidence (n,).

    The confidence is the heatmap's value at the peak. Of each part, those over FINE_HEAT are first.
    """

    part: NDArray[np.intp]
    xy: Floats
    confidence: Floats

    def of_part(self, part: int) -> slice:
        """The indices of that part's peaks."""
        first, last = np.searchsorted(self.part, [part, part + 1])
        return slice(int(first), int(last))


def find_reference_peaks(maps: Maps) -> Peaks:
    """Find 3×3 maxima of the finer, smoothed heatmaps, in whole fine pixels, as tf-pose does."""
    part, y, x = find_local_maxima(maps.smoothed_heatmaps())
    xy = np.stack([x, y], axis=1).astype(np.float32)
    return Peaks(part, xy, maps.heat_at(y, x, part))


def find_peaks(coarse: Floats, min_heat: float = FINE_HEAT) -> Peaks:
    """Find the maxima from `min_heat` on of the coarse heatmaps, (h, w, 57), to a part of a cell.

    A joint's blob is wider than a cell, so that a parabola through a maximum and its neighbours
    finds its place as well as upsampling does, with 16 times fewer pixels to look at. xy is in
    cells; a cell's centre is at its index.
    """
    _, width, channels = coarse.shape
    smooth = _smooth_slightly(coarse)
    least = np.maximum(cv2.dilate(smooth, _AROUND), min_heat)
    (found,) = (smooth >= least).ravel().nonzero()
    # By row, column, part: sorted by part, the certain ones of each first, otherwise as they are.
    cell = found // PARTS
    part = found - PARTS * cell
    confidence = coarse.ravel().take(channels * cell + part)
    order = (2 * part + (confidence <= FINE_HEAT)).argsort(kind="stable")
    cell, part, confidence = cell.take(order), part.take(order), confidence.take(order)
    y = cell // width
    x = cell - width * y
    x_y = np.array((x, y))
    xy = x_y + _offsets_of_peaks(smooth, found.take(order), x_y)
    return Peaks(part, xy.T.astype(np.float32), confidence)


def _smooth_slightly(coarse: Floats) -> Floats:
    """The 18 parts' heatmaps, (h, w, 18), smoothed, with nothing beyond the border.

    As channels of one image: a call of OpenCV costs more than smoothing so small a map.
    """
    heat = np.ascontiguousarray(coarse[..., :PARTS])
    smooth: Floats = cv2.sepFilter2D(
        heat, cv2.CV_32F, _KERNEL, _KERNEL, borderType=cv2.BORDER_CONSTANT
    )
    return smooth


def _offsets_of_peaks(maps: Floats, peak: NDArray[np.intp], x_y: NDArray[np.intp]) -> Floats:
    """How far from each peak's cell the parabolas through it and its neighbours are highest.

    Beyond the last cell the maps go on as they are there.

    :param maps: (h, w, 18).
    :param peak: (n,), indices in the flat maps.
    :param x_y: (2, n), the same peaks' columns and rows; the offsets come likewise.
    """
    height, width, channels = maps.shape
    step = np.array([[channels], [channels * width]])
    last = np.array([[width - 1], [height - 1]])
    flat = maps.ravel()
    here = flat.take(peak)
    before, after = flat.take(peak - step * (x_y > 0)), flat.take(peak + step * (x_y < last))
    # No neighbour is higher, so that the result is within ±0.5; on a plain it is 0.
    down, up = here - before, here - after
    offsets: Floats = 0.5 * (down - up) / np.maximum(down + up, MIN_BEND)
    return offsets


def find_local_maxima(
    planes: Floats, min_heat: float = MIN_HEAT
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """The (plane, y, x) that no neighbour exceeds and that exceed `min_heat`, in that order."""
    highest = np.empty_like(planes)
    for plane, dilated in zip(planes, highest, strict=True):
        cv2.dilate(plane, _AROUND, dst=dilated)
    plane, y, x = np.nonzero((planes == highest) & (planes > min_heat))
    return plane, y, x


def coarse_maps(coarse: Floats) -> Maps:
    """The maps as they are, for peaks in cells."""
    if coarse.ndim != 3 or coarse.shape[2] <= HEATMAPS:
        raise ValueError(f"expected maps (h, w, 57), got {coarse.shape}")
    return Maps(coarse, (coarse.shape[0], coarse.shape[1]))
