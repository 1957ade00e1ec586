"""Extracts the poses of the instructor from a video, sample by sample."""

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

Image = NDArray[np.uint8]  # (H, W, 3) BGR

# The poses of all people in an image, by a number that each person keeps.
People = Mapping[int, Pose]
# Finds the people in the images of one video, given in the order of time with their times in s. It
# remembers people, so every video needs a tracker of its own.
PeopleTracker = Callable[[Image, float], People]
# Called with each sample and the people in it, whose poses are not smoothed yet.
OnSample = Callable[[SampledFrame, People], None]

MODEL = "mobilenet_thin"
# Raise it when the same video gives other poses than before: the demo lesson is then made again.
POSES_VERSION = 2
# Scaling once, together with the colours, is cheapest; the network's crops are rarely larger.
LONGEST_SIDE = 1280
# More pixels and stages than live, since there is more time.
CROP_SIDE, FIND_SIDE, STAGE, NARROWEST = 256, 432, 6, 3 / 4
# Fixed, since sums of floats depend on precision and on how threads share the work. So the CSV is
# the same every time, and nearly the same on any machine.
THREADS, PRECISION = 2, "f32"


def open_people_tracker(
    engine: str = "auto", threads: int = THREADS, dancers: int | None = None
) -> PeopleTracker:
    """Load the weights and give a tracker for one video.

    :param dancers: follow so many, who are numbered from left to right; None: everybody.
    :param threads: fewer are slower but take less processor time, since threads wait for each
        other.
    :raises models.errors.ModelError: the weights are missing and cannot be downloaded.
    :raises tf_pose.errors.PoseError: no such engine, or it does not run.
    """
    from tf_pose.estimator import TfPoseEstimator
    from tf_pose.networks import get_graph_path
    from tf_pose.tracking.detection import TrackerSettings
    from tf_pose.tracking.group_tracker import GroupTracker
    from tf_pose.tracking.multi_tracker import MultiTracker

    estimator = TfPoseEstimator(
        get_graph_path(MODEL), engine=engine, threads=threads, precision=PRECISION
    )
    settings = TrackerSettings(
        crop_side=CROP_SIDE, search_side=FIND_SIDE, stage=STAGE, min_aspect=NARROWEST
    )
    everybody = MultiTracker(estimator, settings)
    group = GroupTracker(estimator, dancers, settings) if dancers else None

    def track_people(image_bgr: Image, t_s: float) -> People:
        aspect = image_bgr.shape[1] / image_bgr.shape[0]
        if group is None:
            humans = everybody.follow(image_bgr, t_s)
        else:
            seen = enumerate(group.follow(image_bgr, t_s))
            humans = {number: human for number, human in seen if human is not None}
        return {
            number: Pose(t_s, *human.arrays(), aspect=aspect) for number, human in humans.items()
        }

    return track_people


def extract_poses(
    video: Path, fps: float, tracker: PeopleTracker, on_sample: OnSample
) -> PoseTrack:
    """Follow the instructor: their pose at every k / fps of the video, NaN where they are not seen.

    Once it is known who the instructor is, their poses are smoothed as a learner's are live.

    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    everybody: list[dict[int, Pose]] = []
    times_s: list[float] = []
    cuts: list[bool] = []
    aspect = 1.0
    previous: Image | None = None
    for sample in sample_frames(video, fps, LONGEST_SIDE):
        aspect = sample.aspect
        people = tracker(sample.image_bgr, sample.t_s)
        everybody.append({n: replace(pose, aspect=aspect) for n, pose in people.items()})
        times_s.append(sample.t_s)
        on_sample(sample, people)
        current = _small_grey(sample.image_bgr)
        cuts.append(previous is not None and is_cut(previous, current))
        previous = current
    chosen = choose_instructor(everybody, cuts)
    poses = [pose or Pose.nobody(t_s) for t_s, pose in zip(times_s, chosen, strict=True)]
    return smooth_track(track_of(poses, aspect))


def extract_dancers(
    video: Path, fps: float, tracker: PeopleTracker, dancers: int, on_sample: OnSample
) -> list[PoseTrack]:
    """Follow several dancers: as `extract_poses`, a track of each by their number.

    :param tracker: one that was opened for so many dancers.
    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    poses: list[list[Pose]] = [[] for _ in range(dancers)]
    aspect = 1.0
    for sample in sample_frames(video, fps, LONGEST_SIDE):
        aspect = sample.aspect
        people = tracker(sample.image_bgr, sample.t_s)
        for number, track in enumerate(poses):
            pose = people.get(number) or Pose.nobody(sample.t_s)
            track.append(replace(pose, aspect=aspect))
        on_sample(sample, people)
    return [smooth_track(track_of(track, aspect)) for track in poses]


def track_of(poses: list[Pose], aspect: float) -> PoseTrack:
    """Join poses in the order of time to a track; `aspect` is width / height of the frames."""
    return PoseTrack(
        t_s=np.array([pose.captured_s for pose in poses], np.float64),
        xy=np.array([pose.xy for pose in poses], np.float32).reshape(-1, 18, 2),
        confidence=np.array([pose.confidence for pose in poses], np.float32).reshape(-1, 18),
        aspect=aspect,
    )


def count_samples_with_person(track: PoseTrack) -> int:
    """The number of samples in which any joint was found."""
    return int(np.isfinite(track.xy).any(axis=(1, 2)).sum())


def _small_grey(image: Image) -> Image:
    """A grey image so small that only a cut to another scene changes much of it."""
    small = cv2.resize(image, (32, 24), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
