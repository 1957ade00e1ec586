"""The rows of the pose bench: each looks at one picture in its own way, and is timed alike."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from bench.pose.clips import Clip
from bench.pose.observation import Joints, Look, Row, pixels, timed
from bench.pose.reference import ReferencePose, group
from rtc_server.authoring import pose_extraction
from rtc_server.config import Config
from rtc_server.pose.live_model import LiveModel
from tf_pose.crop_region import crop_region
from tf_pose.detection import Watcher
from tf_pose.errors import EngineUnavailable
from tf_pose.estimator import TfPoseEstimator
from tf_pose.geometry import Box
from tf_pose.preprocess import LONGEST_SIDE

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
    whole.warm_up([whole.target_size, (LONGEST_SIDE, LONGEST_SIDE)])
    looks: dict[str, Find] = {
        "whole ×4": lambda c, k: _xy(whole.inference(c.pictures[k], upsample_size=4.0)),
        "whole fast": lambda c, k: _xy(whole.inference(c.pictures[k], refine=False)),
        "whole refined": lambda c, k: _xy(whole.inference(c.pictures[k])),
        f"crop {LONGEST_SIDE}": lambda c, k: _xy(
            whole.inference(c.pictures[k], roi=person_box(c, k))
        ),
    }
    with pinned(precision) as opened:
        LiveModel(Config(engine=engine)).load()
        looks[f"tracked live {opened[-1].settings.crop_side}"] = following(opened[-1])
        if precision == pose_extraction.PRECISION:  # lessons are made in no other
            pose_extraction.open_people_tracker(engine)
            looks[f"tracked lesson {opened[-1].settings.crop_side}"] = following(opened[-1])
    return [FinderRow((engine, precision, what), find) for what, find in looks.items()]


def reference_row(graph: Path) -> ReferenceRow:
    """The reference, warmed up."""
    pose = ReferencePose(graph)
    pose.maps(np.zeros((480, 640, 3), np.uint8))
    return ReferenceRow(pose)


def person_box(clip: Clip, sample: int) -> Box:
    """The box around the person's true joints, as far as the picture shows them."""
    height, width = clip.pictures.shape[1:3]
    framed = crop_region([clip.truth[sample]], Box(0, 0, width, height), 1.0, 0.0)
    assert framed is not None  # the truth has all joints
    return framed


def following(opened: Watcher) -> Find:
    """Follow as that tracker does, which is made ready, with a new one like it for each clip."""
    opened.warm_up()
    tracker: Any = opened

    def find(clip: Clip, sample: int) -> list[Joints]:
        nonlocal tracker
        if sample == 0:
            tracker = type(opened)(opened.estimator, opened.settings)
        seen = tracker.follow(clip.pictures[sample], float(clip.t_s[sample]))
        return _xy(seen.values() if isinstance(seen, dict) else [seen])

    return find


@contextlib.contextmanager
def pinned(precision: str) -> Iterator[list[Watcher]]:
    """Let server and extraction open their estimators as they do, but in this precision.

    Gives the trackers that they made meanwhile, with their own settings.

    :raises EngineUnavailable: the engine calculates otherwise.
    """
    made: list[Watcher] = []
    begin = Watcher.__init__
    got: set[str] = set()

    def estimator(*args: Any, **settings: Any) -> TfPoseEstimator:
        opened = TfPoseEstimator(*args, **{**settings, "precision": precision})
        got.add(opened.precision)
        return opened

    def noted(tracker: Watcher, *args: Any, **settings: Any) -> None:
        begin(tracker, *args, **settings)
        made.append(tracker)

    with (
        patch("rtc_server.pose.live_model.TfPoseEstimator", estimator),
        patch("tf_pose.estimator.TfPoseEstimator", estimator),
        patch.object(Watcher, "__init__", noted),
    ):
        yield made
    if got != {precision}:
        raise EngineUnavailable(f"expected estimators in {precision}, got {sorted(got)}")


def _timed(find: Callable[[], list[Joints]], clip: Clip) -> Look:
    people, ms, cpu_ms = timed(find)
    return Look([pixels(xy, clip) for xy in people], ms, cpu_ms)


def _xy(humans: Any) -> list[Joints]:
    return [human.arrays()[0] for human in humans if human is not None]
