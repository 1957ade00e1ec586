"""MediaPipe's row without MediaPipe, and which of its landmarks is which joint."""

import sys
from pathlib import Path

import numpy as np
import pytest

from bench.pose.clips import Clip
from bench.pose.mediapipe_rows import MediaPipeUnavailable, open_row, to_coco

# https://ai.google.dev/edge/mediapipe/solutions/vision/pose_landmarker
LEFT = {"shoulder": 11, "elbow": 13, "wrist": 15, "hip": 23, "knee": 25, "ankle": 27}


def nothing_to_see() -> Clip:
    frames, joints = np.zeros((1, 4, 4, 3), np.uint8), np.zeros((1, 18, 2))
    return Clip("nothing", frames, np.zeros(1), joints, np.zeros((1, 18), bool), 1.0)


def test_left_and_right_are_the_persons_own() -> None:
    landmarks = [(float(k), 0.0) for k in range(33)]
    joints = to_coco(landmarks)[:, 0]
    assert joints[[5, 6, 7, 11, 12, 13]].tolist() == list(LEFT.values())
    assert joints[[2, 3, 4, 8, 9, 10]].tolist() == [k + 1 for k in LEFT.values()]
    assert joints[[0, 14, 15, 16, 17]].tolist() == [0, 5, 2, 8, 7]  # nose, eyes, ears


def test_the_neck_is_between_the_shoulders() -> None:
    landmarks = [(0.0, 0.0)] * 33
    landmarks[11], landmarks[12] = (0.6, 0.5), (0.4, 0.3)
    assert to_coco(landmarks)[1].tolist() == [0.5, 0.4]


def test_an_interpreter_without_mediapipe_says_so() -> None:
    """This environment's own has none."""
    with (
        pytest.raises(MediaPipeUnavailable, match="No module named 'mediapipe'"),
        open_row([nothing_to_see()], Path(sys.executable)),
    ):
        pass
