"""Finds the people in a picture: tf-pose's estimator, safe to share between threads."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_pose import draw
from tf_pose.batching import BatchingEngine
from tf_pose.engines import open_engine
from tf_pose.errors import BadSize
from tf_pose.geometry import Box
from tf_pose.graph import STAGES, STRIDE
from tf_pose.grouping import Person, group
from tf_pose.human import BodyPart, Human
from tf_pose.peaks import Peaks, coarse_maps, fine_peaks, reference_peaks
from tf_pose.preprocess import Size, check_image, check_size, crop_size, cut, resize
from tf_pose.upsample import Maps

Region = tuple[float, float, float, float]


class TfPoseEstimator:
    """Holds an engine and how to read its maps; no call changes it.

    `tf_config` and `trt_bool` are tf-pose's, accepted and without effect here. `batch`: how many
    pictures of callers who wait at the same time may share a network call, where that is faster.
    """

    def __init__(
        self,
        graph_path: str | os.PathLike[str],
        target_size: Size = (432, 368),
        tf_config: Any = None,  # noqa: ARG002
        trt_bool: bool = False,  # noqa: ARG002
        *,
        engine: str = "auto",
        threads: int | None = None,
        streams: int = 1,
        precision: str = "auto",
        batch: int = 1,
    ) -> None:
        self.target_size = check_size(target_size)
        opened = open_engine(
            engine, Path(graph_path), threads=threads, streams=streams, precision=precision
        )
        self._engine = BatchingEngine(opened, lanes=streams, most=batch)

    @property
    def engine_name(self) -> str:
        """The engine that runs the network: "openvino" or "tensorflow"."""
        return self._engine.name

    @property
    def precision(self) -> str:
        """What the engine calculates in: "f32" or "bf16"."""
        return self._engine.precision

    @property
    def useful_calls(self) -> int:
        """How many calls at once it serves best; known once it is warm."""
        return self._engine.useful_calls

    def warm_up(self, sizes: Iterable[Size] | None = None, stage: int = STAGES) -> None:
        """Make ready for these (width, height) of the network, `target_size` when left out."""
        shapes = [(1, height, width) for width, height in (sizes or [self.target_size])]
        self._engine.warm_up(shapes, stage)

    def inference(
        self,
        npimg: NDArray[np.uint8],
        resize_to_default: bool = True,
        upsample_size: float = 4.0,
        *,
        roi: Region | None = None,
        size: Size | None = None,
        stage: int = STAGES,
        fast: bool = False,
    ) -> list[Human]:
        """Find the people, joints in 0..1 of the whole picture.

        As it stands this is tf-pose's algorithm: the picture stretched to `target_size` (or taken
        as it is when not `resize_to_default`), its maps made `upsample_size` times finer.

        `roi` (x, y, w, h in pixels, may reach beyond the picture) looks at a region only, aspect
        kept. `size` is the network's (width, height) for this call. `stage` 1..6 takes the answer
        of an earlier stage. `fast` finds the peaks on the maps as they are, to a part of a cell.

        :raises BadImage: not (H, W, 3) uint8.
        :raises BadSize: a size, region, stage or upsampling that cannot be.
        """
        image = check_image(npimg)
        seen = Box(0, 0, image.shape[1], image.shape[0])
        if roi is not None:
            region = _check_region(roi)
            image, seen = cut(image, region, check_size(size or crop_size(region)))
        elif size is not None or resize_to_default:
            image = resize(image, check_size(size or self.target_size))
        coarse = self._engine.run(image[None], stage)[0]
        fine = None if fast else _fine_shape(image.shape[:2], upsample_size)
        people, places = _find(coarse, fine)
        height, width = npimg.shape[:2]
        scale = np.array([seen.w / width, seen.h / height])
        offset = np.array([seen.x / width, seen.y / height])
        return [_human(k, p, *places, scale, offset) for k, p in enumerate(people)]

    @staticmethod
    def draw_humans(
        npimg: NDArray[np.uint8], humans: Iterable[Human], imgcopy: bool = False
    ) -> NDArray[np.uint8]:
        """Draw the people on the picture, or on a copy of it, as tf-pose does."""
        return draw.draw_humans(npimg, humans, imgcopy)


def _find(
    coarse: NDArray[np.float32], fine: tuple[int, int] | None
) -> tuple[list[Person], tuple[Peaks, NDArray[np.float64]]]:
    """The people, and all peaks with their places in 0..1 of what the network saw."""
    if fine is None:
        peaks = fine_peaks(coarse)
        people = group(peaks, coarse_maps(coarse))
        # A cell's index is its centre's place; the picture begins at its edge.
        places = (peaks.xy + 0.5) / np.array(coarse.shape[1::-1])
    else:
        maps = Maps(coarse, fine)
        peaks = reference_peaks(maps)
        people = group(peaks, maps)
        places = peaks.xy / np.array(fine[::-1], np.float64)
    return people, (peaks, places)


def _human(
    index: int,
    person: Person,
    peaks: Peaks,
    places: NDArray[np.float64],
    scale: NDArray[np.float64],
    offset: NDArray[np.float64],
) -> Human:
    parts = {}
    for part, peak in enumerate(person.peaks):
        if peak >= 0:
            x, y = (places[peak] * scale + offset).tolist()
            parts[part] = BodyPart(f"{index}-{part}", part, x, y, float(peaks.score[peak]))
    return Human(parts, person.score)


def _fine_shape(shape: tuple[int, ...], upsample_size: float) -> tuple[int, int]:
    fine = int(shape[0] / STRIDE * upsample_size), int(shape[1] / STRIDE * upsample_size)
    if min(fine) < 1:
        raise BadSize(f"expected an upsample_size that leaves a pixel, got {upsample_size!r}")
    return fine


def _check_region(roi: Region) -> Box:
    region = Box(*(float(v) for v in roi))
    if not np.isfinite(region).all() or region.w <= 0 or region.h <= 0:
        raise BadSize(f"expected a region (x, y, w, h) in pixels, got {roi!r}")
    return region
