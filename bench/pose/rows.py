"""The rows of the comparison: each finds people in a frame in its own way; all are timed alike."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from bench.pose.clips import Clip
from bench.pose.observation import Joints, Observation, Row, measure_time, to_pixels
from bench.pose.reference import ReferencePose, group
from rtc_server.authoring.people import tracker
from rtc_server.config import Config
from rtc_server.pose.live_model import LiveModel
from tf_pose.crop_region import crop_region
from tf_pose.errors import EngineUnavailable
from tf_pose.estimator import TfPoseEstimator
from tf_pose.geometry import Box
from tf_pose.preprocess import CROP_SIDE
from tf_pose.tracking.detection import PersonDetector

VARIANTS = (
    ("openvino", "int8"),
    ("openvino", "bf16"),
    ("openvino", "f32"),
    ("tensorflow", "f32"),
)
Find = Callable[[Clip, int], list[Joints]]  # gives joints in 0..1 of the frame


@dataclass(frozen=True, slots=True)
class FunctionRow:
    """A row that calls a function in this process."""

    label: tuple[str, str, str]
    find: Find

    def observe(self, clip: Clip, sample: int) -> Observation:
        return _observe(lambda: self.find(clip, sample), clip)


@dataclass(slots=True)
class ReferenceRow:
    """tf-pose's pipeline; grouping is timed separately, because tf-pose does it fast in C++."""

    pose: ReferencePose
    label: tuple[str, str, str] = ("reference", "f32", "whole ×4")
    grouping_ms: list[float] = field(default_factory=list)

    def observe(self, clip: Clip, sample: int) -> Observation:
        fine, ms, cpu_ms = measure_time(lambda: self.pose.maps(clip.frames[sample]))
        people, grouping_ms, _ = measure_time(lambda: group(fine))
        self.grouping_ms.append(grouping_ms)
        return Observation([to_pixels(xy, clip) for xy in people], ms, cpu_ms)


def engine_rows(graph: Path, engine: str, precision: str) -> list[Row]:
    """Open every way of estimation on one engine in one precision, and warm it up.

    :raises EngineUnavailable: the engine is not installed, or does not have this precision.
    """
    whole = TfPoseEstimator(graph, engine=engine, precision=precision)
    whole.warm_up([whole.target_size, (CROP_SIDE, CROP_SIDE)])
    finders: dict[str, Find] = {
        "whole ×4": lambda c, k: _xy(whole.inference(c.frames[k], upsample_size=4.0)),
        "whole fast": lambda c, k: _xy(whole.inference(c.frames[k], refine=False)),
        "whole refined": lambda c, k: _xy(whole.inference(c.frames[k])),
        f"crop {CROP_SIDE}": lambda c, k: _xy(whole.inference(c.frames[k], roi=person_box(c, k))),
    }
    with force_precision(precision) as trackers:
        model = LiveModel(Config(engine=engine))
        model.load()
        live = model.create_tracker()
        finders[f"tracked live {live.settings.crop_side}"] = follow_with(live)
        if precision == tracker.PRECISION:  # lessons are made in this precision only
            tracker.load_pose_network(engine)()
            finders[f"tracked lesson {trackers[-1].settings.crop_side}"] = follow_with(trackers[-1])
    return [FunctionRow((engine, precision, what), find) for what, find in finders.items()]


def reference_row(graph: Path) -> ReferenceRow:
    """Open the reference, and warm it up."""
    pose = ReferencePose(graph)
    pose.maps(np.zeros((480, 640, 3), np.uint8))
    return ReferenceRow(pose)


def person_box(clip: Clip, sample: int) -> Box:
    """The box around the person's true joints, as far as they are inside the frame."""
    height, width = clip.frames.shape[1:3]
    box = crop_region([clip.truth[sample]], Box(0, 0, width, height), 1.0, 0.0)
    assert box is not None  # the truth has all joints
    return box


def follow_with(template: PersonDetector) -> Find:
    """Track with a new tracker for each clip that is set up like the template."""
    template.warm_up()
    tracker: Any = template

    def find(clip: Clip, sample: int) -> list[Joints]:
        nonlocal tracker
        if sample == 0:
            tracker = type(template)(template.estimator, template.settings)
        found = tracker.follow(clip.frames[sample], float(clip.t_s[sample]))
        return _xy(found.values() if isinstance(found, dict) else [found])

    return find


@contextlib.contextmanager
def force_precision(precision: str) -> Iterator[list[PersonDetector]]:
    """Make the server and the extraction open their estimators in this precision.

    It gives the trackers that they create within the block, with their own settings.

    :raises EngineUnavailable: the engine uses another precision.
    """
    trackers: list[PersonDetector] = []
    init = PersonDetector.__init__
    precisions: set[str] = set()

    def open_estimator(*args: Any, **settings: Any) -> TfPoseEstimator:
        estimator = TfPoseEstimator(*args, **{**settings, "precision": precision})
        precisions.add(estimator.precision)
        return estimator

    def init_and_record(tracker: PersonDetector, *args: Any, **settings: Any) -> None:
        init(tracker, *args, **settings)
        trackers.append(tracker)

    with (
        patch("rtc_server.pose.live_model.TfPoseEstimator", open_estimator),
        patch("tf_pose.estimator.TfPoseEstimator", open_estimator),
        patch.object(PersonDetector, "__init__", init_and_record),
    ):
        yield trackers
    if precisions != {precision}:
        raise EngineUnavailable(f"expected estimators in {precision}, got {sorted(precisions)}")


def _observe(find: Callable[[], list[Joints]], clip: Clip) -> Observation:
    people, ms, cpu_ms = measure_time(find)
    return Observation([to_pixels(xy, clip) for xy in people], ms, cpu_ms)


def _xy(humans: Any) -> list[Joints]:
    return [human.arrays()[0] for human in humans if human is not None]
