"""What a tracker remembers of somebody."""

from collections import deque

import numpy as np
import pytest

from tests.unit.tf_pose.fake_estimator import SIZE, person
from tf_pose.geometry import box_around
from tf_pose.pose_geometry import pose_distance_torsos, torso_px
from tf_pose.tracking.detection import Detection, PersonTrack

ROOM = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)


def seen(x, scale=10.0):
    return Detection(person(x, scale), ROOM)


def test_torsos_and_boxes_are_those_of_the_remembered_poses():
    track = PersonTrack(deque([seen(200).pose], maxlen=3), 0.0, 0.0)
    for k in range(4):
        track.update(seen(300, 8.0 + k), 1.0 + k)
    track.replace_last(seen(300, 14.0).pose)
    track.scale(np.array([2.0, 0.5], np.float32))
    assert len(track.torsos) == len(track.poses) == 3
    assert list(track.torsos) == pytest.approx([torso_px(pose) for pose in track.poses])
    assert list(track.boxes) == [box_around(pose) for pose in track.poses]
    elsewhere = seen(320).pose
    assert track.distance_torsos(elsewhere) == pose_distance_torsos(track.poses, elsewhere)
