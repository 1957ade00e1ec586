"""From a video to the poses of the instructor in it, sample by sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from rtc_server.authoring.frame_sampler import SampledFrame, sample_frames
from rtc_server.pose.instructor_selection import choose_instructor, is_cut
from rtc_server.pose.smoothing import smooth_track
from rtc_server.types import Pose, PoseTrack

Picture = NDArray[np.uint8]  # (H, W, 3) BGR

# Everybody who is seen, by a number that each keeps; called with pictures in the order of time. A
# poser keeps people in mind, so that each video wants one of its own.
People = Mapping[int, Pose]
Poser = Callable[[Picture, float], People]

MODEL = "mobilenet_thin"
# Rises when the same video gives other poses than before: the demo lesson is then made anew.
POSES_VERSION = 2
# Scaling once, with the colours, is cheapest; the network's crops rarely see more than that.
LONGEST_SIDE = 1280
# Offline there is time to look closer than live.
CROP_SIDE, FIND_SIDE, STAGE, NARROWEST = 256, 432, 6, 3 / 4
# Fixed, since sums of floats depend on how many threads share them out, and on their precision: the
# same CSV each time, and nearly the same on any machine.
THREADS, PRECISION = 2, "f32"


# Called with each sample and who was seen in it, not smoothed yet, as the work goes on.
Seen = Callable[[SampledFrame, People], None]


def open_poser(engine: str = "auto", threads: int = THREADS) -> Poser:
    """Load the weights and give a poser for one video.

    :param threads: fewer are slower and cost less processor time: they wait for each other.

    :raises models.errors.ModelError: the weights cannot be had.
    :raises tf_pose.errors.PoseError: no such engine, or it does not run.
    """
    from tf_pose.detection import TrackerSettings
    from tf_pose.estimator import TfPoseEstimator
    from tf_pose.multi_tracker import CrowdTracker
    from tf_pose.networks import get_graph_path

    estimator = TfPoseEstimator(
        get_graph_path(MODEL), engine=engine, threads=threads, precision=PRECISION
    )
    settings = TrackerSettings(
        crop_side=CROP_SIDE, find_side=FIND_SIDE, stage=STAGE, narrowest=NARROWEST
    )
    tracker = CrowdTracker(estimator, settings)

    def people(image_bgr: Picture, t_s: float) -> People:
        aspect = image_bgr.shape[1] / image_bgr.shape[0]
        seen = tracker.follow(image_bgr, t_s)
        return {number: Pose(t_s, *human.arrays(), aspect=aspect) for number, human in seen.items()}

    return people


def find_poses(video: Path, fps: float, poser: Poser, seen: Seen) -> PoseTrack:
    """Follow the instructor: their pose at every k / fps of the video, no joints where not seen.

    Smoothed as a learner's poses are live, once it is known who the instructor is.

    :raises BadVideo: not a video, or nothing in it can be shown.
    """
    everybody: list[dict[int, Pose]] = []
    times_s: list[float] = []
    cuts: list[bool] = []
    aspect = 1.0
    before: Picture | None = None
    for sample in sample_frames(video, fps, LONGEST_SIDE):
        aspect = sample.aspect
        people = poser(sample.image_bgr, sample.t_s)
        everybody.append({n: replace(pose, aspect=aspect) for n, pose in people.items()})
        times_s.append(sample.t_s)
        seen(sample, people)
        now = _tiny(sample.image_bgr)
        cuts.append(before is not None and is_cut(before, now))
        before = now
    chosen = choose_instructor(everybody, cuts)
    poses = [pose or Pose.nobody(t_s) for t_s, pose in zip(times_s, chosen, strict=True)]
    return smooth_track(track_of(poses, aspect))


def track_of(poses: list[Pose], aspect: float) -> PoseTrack:
    """Poses one after the other as one track; `aspect` is width / height of the picture."""
    return PoseTrack(
        t_s=np.array([pose.captured_s for pose in poses], np.float64),
        xy=np.array([pose.xy for pose in poses], np.float32).reshape(-1, 18, 2),
        confidence=np.array([pose.confidence for pose in poses], np.float32).reshape(-1, 18),
        aspect=aspect,
    )


def samples_with_somebody(track: PoseTrack) -> int:
    """In how many samples any joint was found."""
    return int(np.isfinite(track.xy).any(axis=(1, 2)).sum())


def _tiny(image: Picture) -> Picture:
    """A grey picture small enough that only a change of scene changes much of it."""
    small = cv2.resize(image, (32, 24), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
