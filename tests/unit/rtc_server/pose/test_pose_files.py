"""Poses as JSON: pixels, null for missing joints, the mean confidence as score."""

import json

import numpy as np

from rtc_server.pose.pose_files import track_to_json
from rtc_server.types import PoseTrack


def test_joints_are_in_pixels_and_missing_ones_are_null() -> None:
    xy = np.full((2, 18, 2), np.nan, np.float32)
    confidence = np.zeros((2, 18), np.float32)
    xy[1, 4] = 0.25, 0.5
    confidence[1, 4] = 0.75
    track = PoseTrack(np.array([0.0, 0.2]), xy, confidence, aspect=0.75)
    got = json.loads(track_to_json(track, 5.0, 480, 640))
    assert (got["fps"], got["width"], got["height"]) == (5, 480, 640)
    assert got["samples"][0] == {"t_s": 0.0, "people": []}
    (person,) = got["samples"][1]["people"]
    assert person["score"] == 0.75
    assert person["keypoints"][4] == [120, 320, 0.75]
    assert person["keypoints"][0] == [None, None, 0]
    assert len(person["keypoints"]) == 18
