"""People who are known get joints with little evidence."""

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
from tf_pose.decoding.completion import FAINT_HEAT, complete_people
from tf_pose.decoding.grouping import Person
from tf_pose.decoding.peaks import coarse_maps, find_peaks
from tf_pose.skeleton import LIMBS

NECK, R_SHOULDER, R_ELBOW, R_WRIST = 1, 2, 3, 4
UPPER_ARM, FOREARM = LIMBS.index((R_SHOULDER, R_ELBOW)), LIMBS.index((R_ELBOW, R_WRIST))
WRIST = STANDING[R_WRIST]
HEAT = 2 * FAINT_HEAT


def without_wrist(*others):
    """Maps of somebody whose right wrist cannot be seen at all."""
    return make_maps([without(STANDING, R_WRIST), *others], 32, 48)


def complete_joints(maps, *known):
    """The first person's joints after completion, given the known joints of all people."""
    peaks = find_peaks(maps, FAINT_HEAT)
    people = [Person([peak_at(peaks, part, at) for part, at in enumerate(k)]) for k in known]
    complete_people(people, peaks, coarse_maps(maps))
    return [peaks.xy[peak] if peak >= 0 else None for peak in people[0].peaks]


def peak_at(peaks, part, at):
    of_part = peaks.of_part(part)
    near = np.flatnonzero(np.hypot(*(peaks.xy[of_part] - at).T) < 0.3)
    return of_part.start + int(near[0]) if len(near) else -1


def test_a_faint_wrist_that_the_field_points_to_is_found():
    maps = without_wrist()
    add_heat(maps, R_WRIST, WRIST, HEAT)
    add_field(maps, FOREARM, STANDING[R_ELBOW], WRIST, 0.1)
    found = complete_joints(maps, without(STANDING, R_WRIST))
    assert found[R_WRIST] == pytest.approx(WRIST, abs=0.2)


@pytest.mark.parametrize("strength", [0.0, -0.1])
def test_a_wrist_that_the_field_does_not_point_to_is_not_found(strength):
    maps = without_wrist()
    add_heat(maps, R_WRIST, WRIST)  # however warm
    add_field(maps, FOREARM, STANDING[R_ELBOW], WRIST, strength)
    assert complete_joints(maps, without(STANDING, R_WRIST))[R_WRIST] is None


def test_one_joint_leads_to_the_next():
    maps = make_maps([STANDING], 32, 48)
    maps[..., [R_ELBOW, R_WRIST]] *= HEAT
    found = complete_joints(maps, without(STANDING, R_ELBOW, R_WRIST))
    assert found[R_ELBOW] == pytest.approx(STANDING[R_ELBOW], abs=0.2)
    assert found[R_WRIST] == pytest.approx(WRIST, abs=0.2)


def test_a_shoulder_is_found_from_the_elbow():
    hidden = without(STANDING, R_SHOULDER)
    maps = make_maps([hidden], 32, 48)
    add_heat(maps, R_SHOULDER, STANDING[R_SHOULDER], HEAT)
    add_field(maps, UPPER_ARM, STANDING[R_SHOULDER], STANDING[R_ELBOW], 0.1)
    assert complete_joints(maps, hidden)[R_SHOULDER] == pytest.approx(STANDING[R_SHOULDER], abs=0.2)


@pytest.mark.parametrize(("field", "heat"), [(0.2, 0.24), (0.42, 0.04)])
def test_the_wrist_with_more_heat_and_field_is_taken(field, heat):
    maps, aside = without_wrist(), STANDING[R_ELBOW] + [-4.3, 0.2]
    add_heat(maps, R_WRIST, WRIST, 0.2)
    add_field(maps, FOREARM, STANDING[R_ELBOW], WRIST, 0.4)
    add_heat(maps, R_WRIST, aside, heat)
    add_field(maps, FOREARM, STANDING[R_ELBOW], aside, field)
    found = complete_joints(maps, without(STANDING, R_WRIST))
    assert found[R_WRIST] == pytest.approx(WRIST, abs=0.2)


def test_a_persons_wrist_is_not_taken_by_another_person():
    other = moved(STANDING, 8, 0)
    maps = without_wrist(other)
    add_field(maps, FOREARM, STANDING[R_ELBOW], other[R_WRIST])
    assert complete_joints(maps, without(STANDING, R_WRIST), other)[R_WRIST] is None
    assert complete_joints(maps, without(STANDING, R_WRIST))[R_WRIST] is not None


def test_a_wrist_farther_than_forearms_are_long_is_not_taken():
    maps, far = without_wrist(), STANDING[R_ELBOW] + [26.3, 0.2]
    add_heat(maps, R_WRIST, far, HEAT)
    add_field(maps, FOREARM, STANDING[R_ELBOW], far)
    assert complete_joints(maps, without(STANDING, R_WRIST))[R_WRIST] is None


def test_known_joints_do_not_change():
    maps = make_maps([STANDING], 32, 48)
    add_heat(maps, R_WRIST, moved(WRIST, 0, 5))
    assert complete_joints(maps, STANDING)[R_WRIST] == pytest.approx(WRIST, abs=0.2)
