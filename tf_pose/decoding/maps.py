"""Makes the network's coarse maps finer, as tf-pose does: area resizing, then a Gaussian.

Both are linear and separable, so that each is one matrix per axis; the product of the two needs no
finer map in between.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_pose.skeleton import LIMB_FIELDS, PARTS
from tf_pose.tensors import HEATMAPS

KERNEL_SIZE = 25
KERNEL_REACH = 3.0  # in the standard deviations that tf-pose calls "nsig"

Floats = NDArray[np.float32]
_FIELD_CHANNELS = HEATMAPS + np.array(LIMB_FIELDS, np.intp).T  # of each limb: x, y


@dataclass(frozen=True, slots=True)
class Maps:
    """The network's output, (h, w, 57), looked up at a finer size (height, width)."""

    coarse: Floats
    shape: tuple[int, int]

    def smoothed_heatmaps(self) -> Floats:
        """The 18 parts' heatmaps at the fine size, smoothed: (18, height, width)."""
        height, width = self.shape
        heat = np.ascontiguousarray(self.coarse[..., :PARTS].transpose(2, 0, 1))
        rows = _smoothing_matrix(heat.shape[1], height)
        columns = _smoothing_matrix(heat.shape[2], width)
        # Not numpy's matmul: after it OpenBLAS' threads spin for long and slow the network down.
        fine = np.empty((len(heat), *self.shape), np.float32)
        for plane, smooth in zip(heat, fine, strict=True):
            cv2.gemm(cv2.gemm(rows, plane, 1, None, 0), columns, 1, None, 0, smooth, cv2.GEMM_2_T)
        return fine

    def heat_at(self, y: NDArray[np.intp], x: NDArray[np.intp], part: NDArray[np.intp]) -> Floats:
        """The unsmoothed heatmaps at fine places; the indices broadcast."""
        return self._at(y, x, part)

    def field_at(self, y: NDArray[np.intp], x: NDArray[np.intp], limb: NDArray[np.intp]) -> Floats:
        """The limbs' part affinity fields at fine places, (2, …): x, then y; indices broadcast."""
        channel = _FIELD_CHANNELS.take(limb, 1)
        if self.shape == self.coarse.shape[:2]:  # each place is a cell: one index instead of three
            cell = y * self.shape[1]
            cell += x
            cell *= self.coarse.shape[2]
            fields: Floats = self.coarse.ravel().take(cell + channel)
            return fields
        return np.stack([self._at(y, x, component) for component in channel])

    def _at(self, y: NDArray[np.intp], x: NDArray[np.intp], channel: NDArray[np.intp]) -> Floats:
        # One fine place lies over very few coarse cells (over one when the factor is whole):
        # looking up those few is far cheaper than resizing 57 maps.
        y_cells, y_weights = _find_cells(self.coarse.shape[0], self.shape[0])
        x_cells, x_weights = _find_cells(self.coarse.shape[1], self.shape[1])
        total = np.zeros(np.broadcast_shapes(y.shape, x.shape, channel.shape), np.float32)
        for j in range(y_cells.shape[1]):
            for i in range(x_cells.shape[1]):
                weight = y_weights[y, j] * x_weights[x, i]
                total += weight * self.coarse[y_cells[y, j], x_cells[x, i], channel]
        return total


@lru_cache(maxsize=64)
def area_matrix(coarse: int, fine: int) -> Floats:
    """(fine, coarse): how much of each coarse cell lies under each fine one; rows sum to 1.

    This is what `tf.image.resize_area` does along one axis.
    """
    edges = np.arange(fine + 1) * (coarse / fine)
    cell = np.arange(coarse)
    low = np.maximum(edges[:-1, None], cell)
    high = np.minimum(edges[1:, None], cell + 1)
    overlap = np.maximum(high - low, 0.0)
    overlap[overlap < 1e-9] = 0.0  # what rounding leaves at the edges
    matrix: Floats = (overlap / overlap.sum(axis=1, keepdims=True)).astype(np.float32)
    matrix.flags.writeable = False
    return matrix


@lru_cache(maxsize=1)
def gaussian_kernel() -> Floats:
    """tf-pose's 25-tap kernel: the square root of a Gaussian's mass in each tap.

    It is therefore wider than its name says: its standard deviation is 5.2 taps.
    """
    reach = KERNEL_REACH + (2 * KERNEL_REACH + 1) / KERNEL_SIZE / 2
    edges = np.linspace(-reach, reach, KERNEL_SIZE + 1)
    below = np.array([0.5 * (1 + math.erf(edge / math.sqrt(2))) for edge in edges])
    kernel = np.sqrt(np.diff(below))
    kernel /= kernel.sum()
    result: Floats = kernel.astype(np.float32)
    result.flags.writeable = False
    return result


@lru_cache(maxsize=64)
def _smoothing_matrix(coarse: int, fine: int) -> Floats:
    """(fine, coarse): area resizing and then the Gaussian, with nothing beyond the border."""
    offset = np.arange(fine)[:, None] - np.arange(fine) + KERNEL_SIZE // 2
    inside = (offset >= 0) & (offset < KERNEL_SIZE)
    blur = np.where(inside, gaussian_kernel()[np.clip(offset, 0, KERNEL_SIZE - 1)], np.float32(0))
    matrix: Floats = blur @ area_matrix(coarse, fine)
    matrix.flags.writeable = False
    return matrix


@lru_cache(maxsize=64)
def _find_cells(coarse: int, fine: int) -> tuple[NDArray[np.intp], Floats]:
    """For each fine place the coarse cells under it and their shares, (fine, k) each."""
    matrix = area_matrix(coarse, fine)
    k = int((matrix > 0).sum(axis=1).max())
    first = np.argmax(matrix > 0, axis=1)
    cells = np.minimum(first[:, None] + np.arange(k), coarse - 1)
    last = np.minimum(first + (matrix > 0).sum(axis=1), coarse)
    weights = np.take_along_axis(matrix, cells, axis=1)
    weights[first[:, None] + np.arange(k) >= last[:, None]] = 0.0
    return cells, weights
