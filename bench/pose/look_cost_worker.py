"""Measures the looks of one checkout of this repository, for look_cost.py.

    python bench/pose/look_cost_worker.py CHECKOUT FRAMES GRAPH SIDE LOOKS

It prints a line of JSON: for each look that counts, the ms of all, or of each part. Every film is
shown twice: to ask for the time of each part takes about as long as a part, so that the parts are
measured apart from the sum.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, sys.argv[1])

import av
import numpy as np
from numpy.typing import NDArray

from rtc_server.pose.pose_slot import PoseSlot
from tf_pose.estimator import TfPoseEstimator
from tf_pose.tracking.person_tracker import PersonTracker, TrackerSettings

FPS = 5.0
TOTAL, REST = "all, measured as one", "the rest"
# What is measured, by the functions that do it. A name that a checkout does not have is left out.
PARTS = {
    "frame to BGR": (
        "rtc_server.pose.frame_converter:WebcamConverter.to_bgr",
        "rtc_server.pose.pose_slot:frame_to_bgr",
    ),
    "choice of the crop": ("tf_pose.tracking.detection:crop_region",),
    "cutting and scaling": ("tf_pose.estimator:cut_region",),
    "brightness": ("tf_pose.preprocess:exposure_gain", "tf_pose.preprocess:brighten"),
    "peaks": ("tf_pose.decoding.postprocess:find_peaks",),
    "fields between peaks": ("tf_pose.decoding.postprocess:measure_pairs",),
    "grouping": ("tf_pose.decoding.postprocess:group_peaks",),
    "arms and legs": ("tf_pose.decoding.postprocess:choose_chains",),
    "missing joints": ("tf_pose.decoding.postprocess:complete_people",),
    "joints to people": ("tf_pose.estimator:decode_people",),
    "clothes": (
        "tf_pose.tracking.detection:measure_appearance",
        "tf_pose.tracking.detection:appearance_distance",
        "tf_pose.tracking.detection:update_appearance",
    ),
    "place and size": (
        "tf_pose.tracking.detection:pose_distance_torsos",
        "tf_pose.tracking.detection:size_ratio",
    ),
    "smoothing": ("rtc_server.pose.smoothing:Smoother.smooth",),
}

Frame = NDArray[np.uint8]  # YUV 4:2:0, as a decoder gives it
Costs = dict[str, float]  # of a look, in ms


class Stopwatch:
    """The processor time of nested parts in this thread, each without what is inside it."""

    def __init__(self) -> None:
        self.spent_s: Counter[str] = Counter()
        self._inside_s: list[float] = []  # of the parts that are running

    def wrap(self, part: str | None, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, measured as that part; not measured at all where None."""

        def measured(*args: Any, **options: Any) -> Any:
            self._inside_s.append(0.0)
            start_s = time.thread_time()
            try:
                return function(*args, **options)
            finally:
                took_s = time.thread_time() - start_s
                inside_s = self._inside_s.pop()
                if part is not None:
                    self.spent_s[part] += took_s - inside_s
                if self._inside_s:
                    self._inside_s[-1] += took_s

        return measured


class Calls:
    """An engine that runs unmeasured, and counts its calls by stage."""

    def __init__(self, engine: Any, stopwatch: Stopwatch) -> None:
        self._engine = engine
        self._run = stopwatch.wrap(None, engine.run)
        self.stages: list[int] = []

    def run(self, batch: Any, stage: int = 6) -> Any:
        self.stages.append(stage)
        return self._run(batch, stage)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def measure_parts(stopwatch: Stopwatch) -> None:
    """From now on, every function of PARTS that this checkout has is measured."""
    for part, places in PARTS.items():
        for place in places:
            module, _, path = place.partition(":")
            *owners, name = path.split(".")
            try:
                owner: Any = importlib.import_module(module)
                for one in owners:
                    owner = getattr(owner, one)
                setattr(owner, name, stopwatch.wrap(part, getattr(owner, name)))
            except (ImportError, AttributeError):
                continue


def forth_and_back(frames: Sequence[Frame], count: int) -> Iterator[Frame]:
    """So many frames without a jump."""
    period = [*frames, *frames[-2:0:-1]]
    return (period[k % len(period)] for k in range(count))


class LookMeter:
    """Shows films to a session's pose slot and measures its looks."""

    def __init__(self, graph: str, side: int, looks: int) -> None:
        self._stopwatch = Stopwatch()
        self._estimator = TfPoseEstimator(graph, threads=1)
        self._calls = Calls(self._estimator._engine, self._stopwatch)
        # Calls stand in for the engine, and have only what a look needs of it.
        self._estimator._engine = self._calls  # type: ignore[assignment]
        self._settings = replace(TrackerSettings(), crop_side=side)
        self._looks = looks

    def measure(self, films: Sequence[Sequence[Frame]], name: str) -> list[Costs]:
        """What each look at somebody who is followed in one crop costs.

        :param name: of what is left beside the parts that are measured.
        """
        service: Any = SimpleNamespace(next_phase=lambda: 0.0)
        # No surroundings; and, where several dancers are known, that they have their numbers.
        flags = (False, True)[: len(inspect.signature(PoseSlot._estimate).parameters) - 3]
        costs: list[Costs] = []
        for frames in films:
            slot = PoseSlot(service, PersonTracker(self._estimator, self._settings), draw=False)
            look = self._stopwatch.wrap(name, slot._estimate)
            for k, pixels in enumerate(forth_and_back(frames, self._looks)):
                frame = av.VideoFrame.from_ndarray(pixels, format="yuv420p")
                self._stopwatch.spent_s.clear()
                self._calls.stages.clear()
                seen = look(SimpleNamespace(video_frame=frame), k / FPS, *flags)
                if self._calls.stages == [self._settings.stage] and np.isfinite(seen.pose.xy).any():
                    costs.append({p: 1000 * s for p, s in self._stopwatch.spent_s.items()})
        return costs

    def measure_parts(self) -> None:
        """From now on, every function of PARTS that this checkout has is measured."""
        measure_parts(self._stopwatch)


def measure_looks(
    films: Sequence[Sequence[Frame]], graph: str, side: int, looks: int
) -> list[Costs]:
    """What each look costs: all of it, then, of the same looks, each part."""
    meter = LookMeter(graph, side, looks)
    whole = meter.measure(films, TOTAL)
    meter.measure_parts()
    return whole + meter.measure(films, REST)


def main() -> None:
    _, _, frames, graph, side, looks = sys.argv
    with np.load(frames) as kept:
        films = [kept[name] for name in kept]
    print(json.dumps(measure_looks(films, graph, int(side), int(looks))))


if __name__ == "__main__":
    main()
