"""Measures what a look at a learner costs: one pose, from a webcam's frame on, on this machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream

from rtc_server.pose.frame_converter import WebcamConverter
from rtc_server.pose.scene import Image
from tf_pose.estimator import Region, TfPoseEstimator
from tf_pose.human import Human
from tf_pose.preprocess import Size
from tf_pose.tracking.person_tracker import PersonTracker, TrackerSettings

DANCER = Path(__file__).resolve().parent.parent / "demo" / "demo.mp4"
FPS = 5.0
CHOOSING = 7  # looks until the tracker has chosen the dancer; they search, and are not measured
LOOKS = 15  # that are measured: three seconds of dancing, with arms wide and at the sides
NETWORK_ROUNDS = 5

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class LookCost:
    """Processor time of one look, all threads together, in s."""

    cpu_s: float
    network_s: float  # of that, in the network; Python code of other threads runs meanwhile

    @property
    def python_s(self) -> float:
        """What keeps other Python code waiting, or may."""
        return max(0.0, self.cpu_s - self.network_s)


@dataclass(slots=True)
class _RecordingEstimator:
    """An estimator that remembers what was asked of the network."""

    estimator: TfPoseEstimator
    calls: list[tuple[Size, int]] = field(default_factory=list)

    def inference(
        self, npimg: Image, *, roi: Region | None = None, size: Size | None = None, stage: int = 6
    ) -> list[Human]:
        self.calls.append((size or self.estimator.target_size, stage))
        return self.estimator.inference(npimg, roi=roi, size=size, stage=stage)

    def warm_up(self, sizes: list[Size] | None = None, stage: int = 6) -> None:
        self.estimator.warm_up(sizes, stage)


def measure_look_cost(
    estimator: TfPoseEstimator, settings: TrackerSettings, clock: Clock = time.process_time
) -> LookCost:
    """Follow the demo's dancer as a learner is followed; blocks for about a second.

    The median of the looks, so that what else the process does now and then does not count, and
    processor time, so that other processes do not.

    :param clock: of the process, because an engine has threads of its own.
    """
    recording = _RecordingEstimator(estimator)
    tracker = PersonTracker(recording, settings)
    converter = WebcamConverter()
    costs_s = []
    for k, frame in enumerate(read_frames(DANCER, CHOOSING + LOOKS)):
        if k == CHOOSING:
            recording.calls.clear()
        start_s = clock()
        tracker.follow(converter.to_bgr(frame), k / FPS)
        costs_s.append(clock() - start_s)
    (width, height), stage = statistics.mode(recording.calls)
    blank = np.zeros((height, width, 3), np.uint8)
    network_s = []
    for _ in range(NETWORK_ROUNDS):
        start_s = clock()
        estimator.run_network(blank, stage)
        network_s.append(clock() - start_s)
    cpu_s = statistics.median(costs_s[CHOOSING:])
    return LookCost(cpu_s, min(cpu_s, statistics.median(network_s)))


def read_frames(path: Path, count: int) -> Iterator[av.VideoFrame]:
    """So many frames of a video, FPS of them a second, from its beginning."""
    with av.open(str(path)) as container:
        stream: VideoStream = container.streams.video[0]
        shown = 0
        for frame in container.decode(stream):
            if (frame.time or 0.0) >= shown / FPS:
                yield frame
                shown += 1
            if shown == count:
                return
