"""Boxes."""

import numpy as np
import pytest

from tf_pose.geometry import Box, box_around, box_of_all, overlap

NOBODY = np.full((18, 2), np.nan)


def test_boxes():
    assert box_around(np.array([[1, 5], [np.nan, 9], [4, 2.0]])) == Box(1, 2, 3, 3)
    assert box_around(NOBODY) is None
    assert box_of_all([None, Box(1, 2, 3, 4), Box(0, 5, 2, 6)]) == Box(0, 2, 4, 9)
    assert box_of_all([None]) is None
    assert overlap(Box(0, 0, 2, 2), Box(1, 0, 2, 2)) == pytest.approx(1 / 3)
    assert overlap(Box(0, 0, 2, 2), Box(2, 0, 2, 2)) == 0.0
    assert Box(0, 0, 10, 40).widened_to(0.5) == Box(-5, 0, 20, 40)
    assert Box(0, 0, 40, 10).widened_to(2) == Box(0, -5, 40, 20)
    assert Box(10, 20, 40, 10).grown(1.5) == Box(0, 17.5, 60, 15)
