"""Finds the people in the images of a video, and keeps them apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rtc_server.types import Pose

if TYPE_CHECKING:
    from tf_pose.estimator import TfPoseEstimator
    from tf_pose.human import Human
    from tf_pose.tracking.detection import TrackerSettings

Image = NDArray[np.uint8]  # (H, W, 3) BGR

# The poses of all people in an image, by a number that each person keeps.
People = Mapping[int, Pose]
# Finds the people in images that are given in the order of time with their times in s. It remembers
# people, so every section of a video needs a tracker of its own.
PeopleTracker = Callable[[Image, float], People]
# Gives a tracker that remembers nobody; trackers may be used at the same time.
OpenTracker = Callable[[], PeopleTracker]
# Called with how many more samples have been looked at.
OnSamples = Callable[[int], None]

MODEL = "mobilenet_thin"
# More pixels and stages than live, since there is more time.
CROP_SIDE, FIND_SIDE, STAGE, NARROWEST = 256, 432, 6, 3 / 4
# Fixed, since sums of floats depend on precision and on how threads share the work. So the CSV is
# the same every time, and nearly the same on any machine. Two threads in one call would also wait
# for each other: sections at the same time use cores better.
THREADS, PRECISION = 1, "f32"


def load_pose_network(
    engine: str = "auto", workers: int = 1, *, threads: int = THREADS
) -> OpenTracker:
    """Load the weights and give what opens trackers.

    :param workers: how many trackers are used at the same time.
    :param threads: that work on one image; for a video that has one section.
    :raises models.errors.ModelError: the weights are missing and cannot be downloaded.
    :raises tf_pose.errors.PoseError: no such engine, or it does not run.
    """
    from tf_pose.tracking.multi_tracker import MultiTracker

    estimator, settings = _load_estimator(engine, workers, threads), _settings()

    def open_tracker() -> PeopleTracker:
        tracker = MultiTracker(estimator, settings)
        return lambda image_bgr, t_s: _poses(tracker.follow(image_bgr, t_s), image_bgr, t_s)

    return open_tracker


def load_dancers_network(dancers: int, engine: str = "auto", *, threads: int) -> OpenTracker:
    """As `load_pose_network`, for trackers of so many dancers, numbered from left to right.

    They keep who is who for a whole video, which is therefore one section for them.
    """
    from tf_pose.tracking.group_tracker import GroupTracker

    estimator, settings = _load_estimator(engine, 1, threads), _settings()

    def open_tracker() -> PeopleTracker:
        tracker = GroupTracker(estimator, dancers, settings)

        def track_dancers(image_bgr: Image, t_s: float) -> People:
            seen = enumerate(tracker.follow(image_bgr, t_s))
            humans = {number: human for number, human in seen if human is not None}
            return _poses(humans, image_bgr, t_s)

        return track_dancers

    return open_tracker


def _load_estimator(engine: str, workers: int, threads: int) -> TfPoseEstimator:
    from tf_pose.estimator import TfPoseEstimator
    from tf_pose.networks import get_graph_path

    return TfPoseEstimator(
        get_graph_path(MODEL), engine=engine, threads=threads, streams=workers, precision=PRECISION
    )


def _settings() -> TrackerSettings:
    from tf_pose.tracking.detection import TrackerSettings

    return TrackerSettings(
        crop_side=CROP_SIDE, search_side=FIND_SIDE, stage=STAGE, min_aspect=NARROWEST
    )


def _poses(humans: Mapping[int, Human], image_bgr: Image, t_s: float) -> People:
    aspect = image_bgr.shape[1] / image_bgr.shape[0]
    return {number: Pose(t_s, *human.arrays(), aspect=aspect) for number, human in humans.items()}
