"""The rows of the pose bench: each looks at one picture in its own way, and is timed alike."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from bench.pose_looks import Joints, Look, Row, pixels, timed
from bench.pose_scenes import Clip
from bench.reference_pose import ReferencePose, group
from rtc_server import extraction
from rtc_server.app import open_estimator
from rtc_server.config import Config
from tf_pose.errors import EngineUnavailable
from tf_pose.estimator import TfPoseEstimator
from tf_pose.framing import crop_region
from tf_pose.geometry import Box
from tf_pose.preprocess import SHAPES, crop_size
from tf_pose.tracking import PersonTracker, TrackerSettings

VARIANTS = (("openvino", "bf16"), ("openvino", "f32"), ("tensorflow", "f32"))
Find = Callable[[Clip, int], list[Joints]]  # joints in 0..1 of the picture


@dataclass(frozen=True, slots=True)
class FinderRow:
    """A row in this process."""

    label: tuple[str, str, str]
    find: Find

    def look(self, clip: Clip, sample: int) -> Look:
        return _timed(lambda: self.find(clip, sample), clip)


@dataclass(slots=True)
class ReferenceRow:
    """tf-pose's pipeline, its grouping timed apart: in C++ that takes next to no time."""

    pose: ReferencePose
    label: tuple[str, str, str] = ("reference", "f32", "whole ×4")
    grouping_ms: list[float] = field(default_factory=list)

    def look(self, clip: Clip, sample: int) -> Look:
        fine, ms, cpu_ms = timed(lambda: self.pose.maps(clip.pictures[sample]))
        people, grouping_ms, _ = timed(lambda: group(fine))
        self.grouping_ms.append(grouping_ms)
        return Look([pixels(xy, clip) for xy in people], ms, cpu_ms)


def engine_rows(graph: Path, engine: str, precision: str) -> list[Row]:
    """Every way of looking on one engine in one precision, warmed up.

    :raises EngineUnavailable: not installed, or not able to calculate so.
    """
    whole = TfPoseEstimator(graph, engine=engine, precision=precision)
    whole.warm_up()
    whole.warm_up([crop_size(Box(0, 0, 100 * shape, 100)) for shape in SHAPES])
    with pinned(precision) as opened:
        config = Config(engine=engine)
        live = PersonTracker(open_estimator(config), TrackerSettings(crop_side=config.crop_side))
        poser = extraction.open_poser(engine)
    closer = TrackerSettings(
        crop_side=extraction.CROP_SIDE, find_side=extraction.FIND_SIDE, stage=extraction.STAGE
    )
    PersonTracker(opened[-1], closer).warm_up()
    side = config.crop_side
    looks: dict[str, Find] = {
        "whole ×4": lambda c, k: _xy(whole.inference(c.pictures[k])),
        "whole fast": lambda c, k: _xy(whole.inference(c.pictures[k], fast=True)),
        "crop ×4": lambda c, k: _xy(whole.inference(c.pictures[k], roi=region(c, k))),
        f"tracked live {side}": lambda c, k: _xy([live.follow(c.pictures[k], c.t_s[k])]),
        f"tracked lesson {extraction.CROP_SIDE}": lambda c, k: [
            poser(c.pictures[k], float(c.t_s[k])).xy
        ],
    }
    return [FinderRow((engine, precision, what), find) for what, find in looks.items()]


def reference_row(graph: Path) -> ReferenceRow:
    """The reference, warmed up."""
    pose = ReferencePose(graph)
    pose.maps(np.zeros((480, 640, 3), np.uint8))
    return ReferenceRow(pose)


def region(clip: Clip, sample: int) -> Box:
    """Where the person truly is, framed as the tracker frames."""
    height, width = clip.pictures.shape[1:3]
    settings = TrackerSettings()
    framed = crop_region(
        [clip.truth[sample]], Box(0, 0, width, height), settings.margin, settings.least_torsos
    )
    assert framed is not None  # the truth has all joints
    return framed


@contextlib.contextmanager
def pinned(precision: str) -> Iterator[list[TfPoseEstimator]]:
    """Let server and extraction open their estimators as they do, but in this precision.

    Gives the estimators that were opened meanwhile.
    """
    opened: list[TfPoseEstimator] = []

    def make(*args: Any, **settings: Any) -> TfPoseEstimator:
        opened.append(TfPoseEstimator(*args, **{**settings, "precision": precision}))
        return opened[-1]

    with (
        patch("rtc_server.app.TfPoseEstimator", make),
        patch("tf_pose.estimator.TfPoseEstimator", make),
    ):
        yield opened
    got = {estimator.precision for estimator in opened}
    if got != {precision}:
        raise EngineUnavailable(f"expected estimators in {precision}, got {sorted(got)}")


def _timed(find: Callable[[], list[Joints]], clip: Clip) -> Look:
    people, ms, cpu_ms = timed(find)
    return Look([pixels(xy, clip) for xy in people], ms, cpu_ms)


def _xy(humans: Any) -> list[Joints]:
    return [human.arrays()[0] for human in humans if human is not None]
