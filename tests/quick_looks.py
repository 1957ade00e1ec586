"""Looks at whole films for what does not depend on a few pixels: at half the cost of a lesson's.

One network for all tests of a process: each new one compiles every size anew.
"""

from __future__ import annotations

from functools import cache

from rtc_server.authoring.people.tracker import Image, People, PeopleTracker
from rtc_server.types import Pose
from tests.live_pose import PRECISION
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path
from tf_pose.tracking.multi_tracker import MultiTracker
from tf_pose.tracking.person_tracker import TrackerSettings

SETTINGS = TrackerSettings(crop_side=192, stage=4)


@cache
def estimator() -> TfPoseEstimator:
    return TfPoseEstimator(get_graph_path("mobilenet_thin"), threads=1, precision=PRECISION)


def open_tracker() -> PeopleTracker:
    """A tracker as `load_pose_network` opens it."""
    tracker = MultiTracker(estimator(), SETTINGS)

    def track(image_bgr: Image, t_s: float) -> People:
        found = tracker.follow(image_bgr, t_s).items()
        aspect = image_bgr.shape[1] / image_bgr.shape[0]
        return {number: Pose(t_s, *human.arrays(), aspect=aspect) for number, human in found}

    return track
