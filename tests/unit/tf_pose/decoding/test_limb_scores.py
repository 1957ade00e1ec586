"""What the maps say for a limb."""

import numpy as np
import pytest

from tests.unit.tf_pose.painted import STANDING, painted
from tf_pose.decoding.grouping import Person
from tf_pose.decoding.limb_scores import LENGTH_PENALTY, limb_support, torso_in_cells
from tf_pose.decoding.peaks import coarse_maps, find_peaks
from tf_pose.pose_geometry import torso_px
from tf_pose.skeleton import LIMBS, LONGEST_TORSOS

R_ELBOW, R_WRIST = 3, 4
FOREARM = LIMBS.index((R_ELBOW, R_WRIST))
LENGTH = float(np.hypot(*(STANDING[R_WRIST] - STANDING[R_ELBOW])))
MAPS = painted([STANDING], 32, 32)
PEAKS = find_peaks(MAPS)  # one a part, so that a peak's index is its part


def support(start, end, torso):
    limb = np.array([FOREARM])
    got = limb_support(limb, np.array([start]), np.array([end]), PEAKS, coarse_maps(MAPS), torso)
    assert got.shape == (1,)
    return float(got[0])


def test_a_field_that_points_along_speaks_for_a_limb():
    assert support(R_ELBOW, R_WRIST, np.inf) == pytest.approx(1, abs=0.01)


def test_a_field_that_points_the_other_way_speaks_against_it():
    assert support(R_WRIST, R_ELBOW, np.inf) == pytest.approx(-1, abs=0.01)


def test_a_limb_just_short_enough_costs_nothing():
    torso = 1.01 * LENGTH / LONGEST_TORSOS[FOREARM]
    assert support(R_ELBOW, R_WRIST, torso) == support(R_ELBOW, R_WRIST, np.inf)


def test_a_limb_twice_too_long_costs_what_no_field_brings():
    torso = LENGTH / LONGEST_TORSOS[FOREARM] / 2
    cost = support(R_ELBOW, R_WRIST, np.inf) - support(R_ELBOW, R_WRIST, torso)
    assert cost == pytest.approx(LENGTH_PENALTY, rel=0.05)
    assert cost > 1


def test_torso_is_the_poses():
    assert torso_in_cells(Person(list(range(18))), PEAKS) == pytest.approx(
        torso_px(STANDING), rel=0.01
    )


def test_without_hips_and_shoulders_the_torso_may_be_any():
    assert torso_in_cells(Person([0, 1, *[-1] * 16]), PEAKS) == np.inf
