"""Arms and legs are chosen as a whole."""

import numpy as np
import pytest

from tests.unit.tf_pose.synthetic_maps import (
    STANDING,
    add_field,
    add_heat,
    make_maps,
    moved,
    without,
)
from tf_pose.decoding.chains import choose_chains, find_best_chain
from tf_pose.decoding.grouping import group_peaks
from tf_pose.decoding.limb_pairs import measure_pairs
from tf_pose.decoding.peaks import coarse_maps, find_peaks
from tf_pose.decoding.postprocess import decode_people
from tf_pose.skeleton import LIMBS

ARMS = {"right": (2, 3, 4), "left": (5, 6, 7)}
R_SHOULDER, R_ELBOW, R_WRIST = ARMS["right"]
UPPER_ARM, FOREARM = LIMBS.index((R_SHOULDER, R_ELBOW)), LIMBS.index((R_ELBOW, R_WRIST))
PERSON = moved(STANDING, 6, 10)  # with room overhead
SHOULDER = PERSON[R_SHOULDER]


def choose(maps):
    """Everybody's joints before and after, (18, 2) each, NaN where none."""
    peaks = find_peaks(maps)
    pairs = measure_pairs(peaks, coarse_maps(maps))
    people = group_peaks(pairs)
    before = [joints_of(person, peaks) for person in people]
    choose_chains(people, pairs)
    return before, [joints_of(person, peaks) for person in people]


def joints_of(person, peaks):
    joints = np.full((18, 2), np.nan, np.float32)
    there = np.array(person.peaks) >= 0
    joints[there] = peaks.xy[[peak for peak in person.peaks if peak >= 0]]
    return joints


def test_both_limbs_together_decide():
    assert find_best_chain([1.0, 0.5], [[-1.0], [0.9]]) == (1, 0)


def test_an_end_without_value_is_left_out():
    assert find_best_chain([1.0], [[-0.2, 0.0]]) == (0, -1)


def test_a_good_end_may_select_a_middle_of_little_value():
    assert find_best_chain([-0.2], [[0.9]]) == (0, 0)


def test_a_chain_without_value_is_left_out():
    assert find_best_chain([-0.9], [[0.5]]) == (-1, -1)


def test_without_ends_the_best_middle_is_taken():
    assert find_best_chain([0.3, 0.6], [[], []]) == (1, -1)


def test_without_middles_there_is_no_chain():
    assert find_best_chain([], []) == (-1, -1)


@pytest.mark.parametrize("side", ARMS)
def test_a_raised_arm_has_its_own_elbow_though_the_armpit_has_a_better_upper_arm(side):
    shoulder, elbow, wrist = ARMS[side]
    out, at = {"right": -1, "left": 1}[side], PERSON[shoulder]
    armpit, raised, overhead = (
        moved(at, out * x, y) for x, y in ((1, 4.2), (2, -5.1), (-0.7, -10.2))
    )
    maps = make_maps([without(PERSON, elbow, wrist)], 40, 40)
    for part, spot in ((elbow, armpit), (elbow, raised), (wrist, overhead)):
        add_heat(maps, part, spot)
    add_field(maps, LIMBS.index((shoulder, elbow)), at, raised, 0.4)
    add_field(maps, LIMBS.index((shoulder, elbow)), at, armpit)
    add_field(maps, LIMBS.index((elbow, wrist)), raised, overhead)
    (before,), (after,) = choose(maps)
    assert before[elbow] == pytest.approx(armpit, abs=0.2)  # what limb by limb comes to
    assert after[elbow] == pytest.approx(raised, abs=0.2)
    assert after[wrist] == pytest.approx(overhead, abs=0.2)


@pytest.mark.parametrize("y", [-3, 3])
def test_the_forearms_field_decides_between_two_wrists(y):
    elbow = PERSON[R_ELBOW]
    there, elsewhere = moved(elbow, -3, y), moved(elbow, -3, -y)
    maps = make_maps([without(PERSON, R_WRIST)], 40, 40)
    add_heat(maps, R_WRIST, there)
    add_heat(maps, R_WRIST, elsewhere)
    add_field(maps, FOREARM, elbow, there)
    _, (after,) = choose(maps)
    assert after[R_WRIST] == pytest.approx(there, abs=0.2)


def test_a_limb_far_longer_than_limbs_are_is_not_taken():
    far = moved(SHOULDER, 0, 19.3)  # some two torsos
    maps = make_maps([without(PERSON, R_ELBOW, R_WRIST)], 60, 40)
    add_heat(maps, R_ELBOW, far)
    add_field(maps, UPPER_ARM, SHOULDER, far)
    (before,), (after,) = choose(maps)
    assert before[R_ELBOW] == pytest.approx(far, abs=0.2)
    assert np.isnan(after[R_ELBOW]).all()


def test_a_persons_elbow_is_not_taken_by_another_person():
    other = without(moved(PERSON, 8, 0), R_ELBOW, R_WRIST)
    maps = make_maps([PERSON, other], 40, 48)
    _, (first, second) = choose(maps)
    assert first[R_ELBOW] == pytest.approx(PERSON[R_ELBOW], abs=0.2)
    assert np.isnan(second[[R_ELBOW, R_WRIST]]).all()


def test_whole_people_stay_as_they_are():
    before, after = choose(make_maps([PERSON, moved(PERSON, 20, 1)], 42, 60))
    assert len(after) == 2
    np.testing.assert_array_equal(after, before)


def test_an_arm_without_its_shoulder_stays():
    before, after = choose(make_maps([without(PERSON, R_SHOULDER)], 40, 40))
    np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize("away", [10, 14, 18])
def test_a_strangers_arm_that_no_field_joins_is_left_to_them(away):
    me = moved(STANDING, 2, 4)
    arm = [R_ELBOW, R_WRIST]
    rest = [k for k in range(18) if k not in arm]
    stranger = without(moved(STANDING, 2 + away, 4), *rest)
    maps = make_maps([without(me, *arm), stranger], 40, 56)
    (found,) = decode_people(maps, faint=True)
    assert not set(arm) & found.body_parts.keys()
