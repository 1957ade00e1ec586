"""Finds the people in an image: tf-pose's estimator, safe to share between threads."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_pose import draw
from tf_pose.decoding.postprocess import decode_people, decode_reference_people
from tf_pose.engines import AUTO, find_true_precision, open_engine
from tf_pose.engines.checkpoint import Checkpoint, go_on
from tf_pose.errors import BadSize
from tf_pose.geometry import Box
from tf_pose.human import Human
from tf_pose.preprocess import (
    CROP_SIDE,
    Size,
    brighten,
    check_image,
    check_size,
    cut_region,
    exposure_gain,
    resize,
)
from tf_pose.refinement import refine_people
from tf_pose.tensors import STAGES, STRIDE

Region = tuple[float, float, float, float]
BOX_MARGIN = 1.1  # times a person's box: boxes are often tight, and the network needs some room


class TfPoseEstimator:
    """Runs the network and decodes its maps; no call changes it.

    `tf_config` and `trt_bool` are tf-pose's: they are accepted and have no effect here.
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
        cache: Path | None = None,
    ) -> None:
        self.target_size = check_size(target_size)
        self._graph, self._cache = Path(graph_path), cache
        self._open = partial(
            open_engine, engine, self._graph, threads=threads, streams=streams, cache=cache
        )
        self._precision = precision
        self._engine = self._open(precision=precision)
        self._warm: dict[int, set[tuple[int, int, int]]] = {}  # shapes by stage

    @property
    def engine_name(self) -> str:
        """The engine that runs the network: "openvino" or "tensorflow"."""
        return self._engine.name

    @property
    def precision(self) -> str:
        """The arithmetic of the engine: "f32", "bf16" or "int8"."""
        return self._engine.precision

    def settle_precision(self, checkpoint: Checkpoint = go_on) -> bool:
        """Go over to the cheapest arithmetic that is true enough here; whether that is another one.

        It blocks for some seconds where that was not judged yet, while other threads may go on to
        use the estimator. Only precision "auto" is ever changed.

        :param checkpoint: is called between steps of that; what it raises ends it.
        :raises ModelError: the recording that arithmetics are judged by cannot be fetched.
        """
        if self._precision != AUTO:
            return False
        chosen = find_true_precision(self._engine.name, self._graph, self._cache, checkpoint)
        if chosen == self._engine.precision:
            return False
        engine = self._open(precision=chosen)
        for stage, shapes in self._warm.items():
            for shape in shapes:
                checkpoint()
                engine.warm_up([shape], stage)
        self._engine = engine  # calls that run finish on the other one
        return True

    def warm_up(self, sizes: Iterable[Size] | None = None, stage: int = STAGES) -> None:
        """Prepare for these network sizes (width, height); `target_size` when left out."""
        shapes = [(1, height, width) for width, height in (sizes or [self.target_size])]
        self._warm.setdefault(stage, set()).update(shapes)
        self._engine.warm_up(shapes, stage)

    def run_network(self, image: NDArray[np.uint8], stage: int = STAGES) -> NDArray[np.float32]:
        """Give the network's maps of an image of its own size, (h, w, 57), and no more."""
        maps: NDArray[np.float32] = self._engine.run(image[None], stage)[0]
        return maps

    def inference(
        self,
        npimg: NDArray[np.uint8],
        resize_to_default: bool = True,
        upsample_size: float | None = None,
        *,
        roi: Region | None = None,
        size: Size | None = None,
        stage: int = STAGES,
        refine: bool = True,
    ) -> list[Human]:
        """Find the people, joints in 0..1 of the whole image.

        With an image only: find everybody in the image stretched to `target_size`, then estimate
        each of them again in a crop of their own (unless `refine` is false).

        `upsample_size` (4.0 is usual) asks for tf-pose's algorithm as it is: the image is stretched
        to `target_size`, or taken as it is when `resize_to_default` is false, and its maps are made
        that many times finer. Without it joints are found on the maps as they are, to a part of a
        cell.

        `roi` (x, y, w, h in pixels, may reach beyond the image) is a box around a person: the
        network sees the square around it with a little room, at 256×256, and the people in it get
        faint joints, too. With `size`, the network's (width, height), it sees just the region.
        `stage` 1..6 takes the output of an earlier stage.

        :raises BadImage: not (H, W, 3) uint8.
        :raises BadSize: an impossible size, region, stage or upsampling.
        """
        image = check_image(npimg)
        if roi is not None:
            return self._infer_region(image, _check_region(roi), size, stage)
        resized = image
        if size is not None or resize_to_default:
            resized = resize(image, check_size(size or self.target_size))
        if upsample_size is not None:
            fine = _fine_shape(resized.shape[:2], upsample_size)
            return decode_reference_people(self._engine.run(resized[None], stage)[0], fine)
        people = self._infer_whole(resized, stage)
        return self._refine(people, image, stage) if refine else people

    def _infer_whole(self, resized: NDArray[np.uint8], stage: int) -> list[Human]:
        bright = brighten(resized, exposure_gain(resized))
        return decode_people(self._engine.run(bright[None], stage)[0])

    def _refine(self, people: list[Human], image: NDArray[np.uint8], stage: int) -> list[Human]:
        return refine_people(
            people, image, lambda region: self._infer_region(image, region, None, stage)
        )

    def _infer_region(
        self, image: NDArray[np.uint8], region: Box, size: Size | None, stage: int
    ) -> list[Human]:
        """The people in a part of the image."""
        if size is None:
            region, size = region.widened_to(1.0).grown(BOX_MARGIN), (CROP_SIDE, CROP_SIDE)
        crop, shown = cut_region(image, region, check_size(size))
        height, width = image.shape[:2]
        share = Box(shown.x / width, shown.y / height, shown.w / width, shown.h / height)
        maps = self._engine.run(crop[None], stage)[0]
        return decode_people(maps, faint=True, region=share)

    @staticmethod
    def draw_humans(
        npimg: NDArray[np.uint8], humans: Iterable[Human], imgcopy: bool = False
    ) -> NDArray[np.uint8]:
        """Draw the people on the image, or on a copy of it, as tf-pose does."""
        return draw.draw_humans(npimg, humans, imgcopy)


def _fine_shape(shape: tuple[int, ...], upsample_size: float) -> tuple[int, int]:
    fine = int(shape[0] / STRIDE * upsample_size), int(shape[1] / STRIDE * upsample_size)
    if min(fine) < 1:
        raise BadSize(f"expected an upsample_size that leaves a pixel, got {upsample_size!r}")
    return fine


def _check_region(roi: Region) -> Box:
    region = Box(*(float(v) for v in roi))
    if not all(map(math.isfinite, region)) or region.w <= 0 or region.h <= 0:
        raise BadSize(f"expected a region (x, y, w, h) in pixels, got {roi!r}")
    return region
