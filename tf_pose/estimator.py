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
from tf_pose.human import Human
from tf_pose.postprocess import people_in, reference_people
from tf_pose.preprocess import (
    LONGEST_SIDE,
    Size,
    brightened,
    check_image,
    check_size,
    cut,
    gain_for,
    resize,
)
from tf_pose.refinement import refined
from tf_pose.tensors import STAGES, STRIDE

Region = tuple[float, float, float, float]
ROOM = 1.1  # times a person's box: people's boxes are often tight, and the network wants air


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
        upsample_size: float | None = None,
        *,
        roi: Region | None = None,
        size: Size | None = None,
        stage: int = STAGES,
        refine: bool = True,
    ) -> list[Human]:
        """Find the people, joints in 0..1 of the whole picture.

        With a picture only: find everybody in the picture stretched to `target_size`, then look
        at each in a crop of their own (unless not `refine`).

        `upsample_size` (4.0 is usual) asks for tf-pose's algorithm as it is: the picture stretched
        to `target_size`, or taken as it is when not `resize_to_default`, and its maps made that
        many times finer. Without it joints are found on the maps as they are, to a part of a cell.

        `roi` (x, y, w, h in pixels, may reach beyond the picture) is a box around a person: the
        network sees the square around it with a little room, at 256×256, and whoever is in it gets
        faint joints too. With `size`, the network's (width, height), it sees just the region.
        `stage` 1..6 takes the answer of an earlier stage.

        :raises BadImage: not (H, W, 3) uint8.
        :raises BadSize: a size, region, stage or upsampling that cannot be.
        """
        image = check_image(npimg)
        if roi is not None:
            return self._look_at(image, _check_region(roi), size, stage)
        shown = image
        if size is not None or resize_to_default:
            shown = resize(image, check_size(size or self.target_size))
        if upsample_size is not None:
            fine = _fine_shape(shown.shape[:2], upsample_size)
            return reference_people(self._engine.run(shown[None], stage)[0], fine)
        shown = brightened(shown, gain_for(shown))
        people = people_in(self._engine.run(shown[None], stage)[0])
        if not refine:
            return people
        return refined(people, image, lambda region: self._look_at(image, region, None, stage))

    def _look_at(
        self, image: NDArray[np.uint8], region: Box, size: Size | None, stage: int
    ) -> list[Human]:
        """Whom a part of the picture shows."""
        if size is None:
            region, size = region.widened_to(1.0).grown(ROOM), (LONGEST_SIDE, LONGEST_SIDE)
        shown, seen = cut(image, region, check_size(size))
        people = people_in(self._engine.run(shown[None], stage)[0], faint=True)
        height, width = image.shape[:2]
        whole = Box(seen.x / width, seen.y / height, seen.w / width, seen.h / height)
        return [human.within(whole) for human in people]

    @staticmethod
    def draw_humans(
        npimg: NDArray[np.uint8], humans: Iterable[Human], imgcopy: bool = False
    ) -> NDArray[np.uint8]:
        """Draw the people on the picture, or on a copy of it, as tf-pose does."""
        return draw.draw_humans(npimg, humans, imgcopy)


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
