"""From a video to the poses of the person in it, sample by sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from rtc_server.sampling import Sample, samples
from rtc_server.smoothing import smooth_track
from rtc_server.tracks import is_cut, keep_instructor
from rtc_server.values import Pose, PoseTrack

Picture = NDArray[np.uint8]  # (H, W, 3) BGR

# Finds the one person who is followed; called with pictures in the order of time. A poser keeps
# its person in mind, so that each video wants one of its own.
Poser = Callable[[Picture, float], Pose]

MODEL = "mobilenet_thin"
# The network sees at most 432 pixels of it; scaling once, with the colours, is cheapest.
LONGEST_SIDE = 1280
# Offline there is time to look closer than live.
CROP_SIDE, FIND_SIDE, STAGE = 256, 432, 6
# Fixed, since sums of floats depend on how many threads share them out: the same CSV each time.
THREADS = 2


# Called with each sample and what was seen in it, not smoothed yet, as the work goes on.
Seen = Callable[[Sample, Pose], None]


def open_poser(engine: str = "auto") -> Poser:
    """Load the weights and give a poser for one video.

    :raises models.errors.ModelError: the weights cannot be had.
    :raises tf_pose.errors.PoseError: no such engine, or it does not run.
    """
    from tf_pose.estimator import TfPoseEstimator
    from tf_pose.networks import get_graph_path
    from tf_pose.tracking import PersonTracker, TrackerSettings

    estimator = TfPoseEstimator(get_graph_path(MODEL), engine=engine, threads=THREADS)
    settings = replace(TrackerSettings(), crop_side=CROP_SIDE, find_side=FIND_SIDE, stage=STAGE)
    tracker = PersonTracker(estimator, settings)

    def pose(image_bgr: Picture, t_s: float) -> Pose:
        human = tracker.follow(_shrunk(image_bgr), t_s)
        if human is None:
            return _nobody(image_bgr, t_s)
        xy, score = human.arrays()
        return replace(_nobody(image_bgr, t_s), xy=xy, score=score)

    return pose


def find_poses(video: Path, fps: float, poser: Poser, seen: Seen) -> PoseTrack:
    """Follow the instructor: their pose at every k / fps of the video, no joints where not seen.

    Smoothed as a learner's poses are live, once it is known who the instructor is.

    :raises BadVideo: not a video, or nothing in it can be shown.
    """
    poses: list[Pose] = []
    cuts: list[bool] = []
    before: Picture | None = None
    for sample in samples(video, fps, LONGEST_SIDE):
        pose = replace(poser(sample.image_bgr, sample.t_s), aspect=sample.aspect)
        poses.append(pose)
        seen(sample, pose)
        now = _tiny(sample.image_bgr)
        cuts.append(before is not None and is_cut(before, now))
        before = now
    track = track_of(poses, poses[0].aspect)
    return smooth_track(keep_instructor(track, np.array(cuts, np.bool_)))


def track_of(poses: list[Pose], aspect: float) -> PoseTrack:
    """Poses one after the other as one track; `aspect` is width / height of the picture."""
    return PoseTrack(
        t_s=np.array([pose.captured_s for pose in poses], np.float64),
        xy=np.array([pose.xy for pose in poses], np.float32).reshape(-1, 18, 2),
        score=np.array([pose.score for pose in poses], np.float32).reshape(-1, 18),
        aspect=aspect,
    )


def samples_with_somebody(track: PoseTrack) -> int:
    """In how many samples any joint was found."""
    return int(np.isfinite(track.xy).any(axis=(1, 2)).sum())


def _nobody(image: Picture, t_s: float) -> Pose:
    return replace(Pose.nobody(t_s), aspect=image.shape[1] / image.shape[0])


def _shrunk(image: Picture) -> Picture:
    longest = max(image.shape[:2])
    if longest <= LONGEST_SIDE:
        return image
    scale = LONGEST_SIDE / longest
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _tiny(image: Picture) -> Picture:
    """A grey picture small enough that only a change of scene changes much of it."""
    small = cv2.resize(image, (32, 24), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
