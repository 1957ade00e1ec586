"""The scores that the maps give to limbs."""

import numpy as np
import pytest

from tests.unit.tf_pose.synthetic_maps import STANDING, make_maps
from tf_pose.decoding.grouping import Person
from tf_pose.decoding.limb_pairs import measure_pairs
from tf_pose.decoding.limb_scores import LENGTH_PENALTY, limb_support, torso_in_cells
from tf_pose.decoding.peaks import coarse_maps, find_peaks
from tf_pose.pose_geometry import torso_px
from tf_pose.skeleton import LIMBS, LONGEST_TORSOS

R_ELBOW, R_WRIST = 3, 4
FOREARM = LIMBS.index((R_ELBOW, R_WRIST))
LENGTH = float(np.hypot(*(STANDING[R_WRIST] - STANDING[R_ELBOW])))
MAPS = make_maps([STANDING], 32, 32)
PEAKS = find_peaks(MAPS)  # one a part, so that a peak's index is its part


def support(sign, torso):
    """The forearm's, with a field that points along it or, for −1, against it."""
    maps = MAPS * np.float32(sign)
    pairs = measure_pairs(PEAKS, coarse_maps(maps))
    values = limb_support(pairs.limb, pairs.alignment, pairs.length, torso).tolist()
    ((value,),) = pairs.table(FOREARM, values)
    return value


def test_a_field_along_a_limb_raises_its_score():
    assert support(1, np.inf) == pytest.approx(1, abs=0.01)


def test_a_field_against_a_limb_lowers_its_score():
    assert support(-1, np.inf) == pytest.approx(-1, abs=0.01)


def test_a_limb_at_the_length_limit_costs_nothing():
    torso = 1.01 * LENGTH / LONGEST_TORSOS[FOREARM]
    assert support(1, torso) == support(1, np.inf)


def test_a_limb_of_twice_the_limit_costs_more_than_any_field_gives():
    torso = LENGTH / LONGEST_TORSOS[FOREARM] / 2
    cost = support(1, np.inf) - support(1, torso)
    assert cost == pytest.approx(LENGTH_PENALTY, rel=0.05)
    assert cost > 1


def test_the_torso_is_that_of_the_pose():
    assert torso_in_cells(Person(list(range(18))), PEAKS) == pytest.approx(
        torso_px(STANDING), rel=0.01
    )


def test_without_hips_and_shoulders_the_torso_is_unlimited():
    assert torso_in_cells(Person([0, 1, *[-1] * 16]), PEAKS) == np.inf
