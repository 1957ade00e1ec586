"""Sizes of poses, distances between them, and prominence."""

import numpy as np
import pytest

from tests.unit.tf_pose.synthetic_maps import STANDING, moved, only
from tf_pose.geometry import Box
from tf_pose.pose_geometry import pose_distance_torsos, prominence, size_ratio, torso_px

IMAGE = Box(0, 0, 640, 480)
POSE = STANDING * 10 + [150, 60]  # about 80 px of torso
NOBODY = np.full((18, 2), np.nan)


def test_the_torso_is_the_longer_of_two_measures():
    front = torso_px(POSE)
    assert front == pytest.approx(90, rel=0.1)
    bent = POSE.copy()
    bent[[8, 11]] = bent[1] + [[-5, 10], [5, 10]]
    assert torso_px(bent) == pytest.approx(1.3 * np.hypot(*(POSE[2] - POSE[5])), rel=0.01)
    assert np.isnan(torso_px(NOBODY))
    assert torso_px(only(POSE, 1, 8)) > 80


def test_distances_between_poses_are_in_torsos():
    assert pose_distance_torsos([POSE], POSE) == 0
    assert pose_distance_torsos([POSE], moved(POSE, torso_px(POSE), 0)) == pytest.approx(1.0)
    flung = POSE.copy()
    flung[[3, 4, 6, 7, 9, 10]] += 200  # limbs fly, the person stays
    assert pose_distance_torsos([POSE], flung) == 0
    assert pose_distance_torsos([POSE], only(POSE, 1, 2)) == float("inf")
    aside = POSE * (0.2, 1)  # turned: the shoulders' width alone would say a small person
    aside[[8, 11]] = np.nan
    assert pose_distance_torsos([POSE, aside], moved(aside, 40, 0)) < 0.6


def test_the_size_ratio_does_not_depend_on_the_order():
    assert size_ratio(POSE, POSE * 2) == pytest.approx(2)
    assert size_ratio(POSE * 2, POSE) == pytest.approx(2)
    assert size_ratio(POSE, NOBODY) == 1.0
    assert size_ratio(POSE, only(POSE * 2, 0, 1, 2, 5)) == pytest.approx(2)
    assert size_ratio(np.zeros((18, 2)), POSE) == 1.0


def test_large_central_certain_and_whole_people_are_prominent():
    central = POSE
    best = prominence(central, 1.0, IMAGE)
    assert best > prominence(central * 0.5, 1.0, IMAGE)
    assert best > prominence(moved(central, 250, 0), 1.0, IMAGE)
    assert best > prominence(central, 0.4, IMAGE)
    assert best > prominence(only(central, 0, 1, 2, 10), 1.0, IMAGE)
    assert prominence(NOBODY, 1.0, IMAGE) == 0.0
