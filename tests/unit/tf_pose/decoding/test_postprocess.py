"""From maps to people."""

import numpy as np
import pytest

from tests.unit.tf_pose.synthetic_maps import STANDING, add_field, make_maps, moved
from tf_pose.decoding.postprocess import decode_people, decode_reference_people
from tf_pose.skeleton import LIMBS

HEIGHT, WIDTH = 32, 48
R_ELBOW, R_WRIST, R_EAR = 3, 4, 16
FOREARM = LIMBS.index((R_ELBOW, R_WRIST))
WHOLE = set(range(18))


def in_cells(human):
    return human.arrays()[0] * [WIDTH, HEIGHT] - 0.5


def with_faint(part):
    maps = make_maps([STANDING], HEIGHT, WIDTH)
    maps[..., part] *= 0.02
    return maps


def test_joints_are_found_where_they_are_painted():
    (human,) = decode_people(make_maps([STANDING], HEIGHT, WIDTH))
    assert np.abs(in_cells(human) - STANDING).max() < 0.06


def test_the_reference_finds_the_same_joints():
    (human,) = decode_reference_people(
        make_maps([STANDING], HEIGHT, WIDTH), (4 * HEIGHT, 4 * WIDTH)
    )
    # It gives the corner of a fine pixel, of which four make a cell.
    assert np.abs(in_cells(human) + 0.125 - STANDING).max() < 0.2


@pytest.mark.parametrize("part", [R_WRIST, R_EAR])
def test_faint_joints_are_left_out(part):
    (human,) = decode_people(with_faint(part))
    assert human.body_parts.keys() == WHOLE - {part}


@pytest.mark.parametrize("part", [R_WRIST, R_EAR])
def test_faint_joints_are_found_on_request(part):
    (human,) = decode_people(with_faint(part), faint=True)
    assert np.abs(in_cells(human) - STANDING).max() < 0.2


@pytest.mark.parametrize("faint", [False, True])
def test_a_weak_field_is_enough_for_a_person_who_is_known(faint):
    maps = make_maps([STANDING], HEIGHT, WIDTH)
    add_field(maps, FOREARM, STANDING[R_ELBOW], STANDING[R_WRIST], 0.04)
    (human,) = decode_people(maps, faint=faint)
    assert (R_WRIST in human.body_parts) is faint


def test_a_faint_joint_keeps_its_low_score():
    (human,) = decode_people(with_faint(R_WRIST), faint=True)
    assert human.body_parts[R_WRIST].score == pytest.approx(0.02, rel=0.15)


def test_faint_joints_are_not_taken_where_the_field_points_away():
    maps = with_faint(R_WRIST)
    add_field(maps, FOREARM, STANDING[R_WRIST], STANDING[R_ELBOW])
    (human,) = decode_people(maps, faint=True)
    assert human.body_parts.keys() == WHOLE - {R_WRIST}


def test_faint_joints_alone_are_not_a_person():
    maps = make_maps([STANDING], HEIGHT, WIDTH)
    maps[..., :18] *= 0.02
    assert decode_people(maps, faint=True) == []


def test_clear_people_are_the_same_with_faint_joints():
    maps = make_maps([STANDING, moved(STANDING, 20, 1)], HEIGHT, WIDTH)
    assert decode_people(maps, faint=True) == decode_people(maps)


def test_parts_are_named_after_their_person():
    maps = make_maps([STANDING, moved(STANDING, 20, 1)], HEIGHT, WIDTH)
    for k, human in enumerate(decode_people(maps)):
        assert {part.uidx for part in human.body_parts.values()} == {f"{k}-{p}" for p in WHOLE}


def test_arrays_that_are_not_maps_are_refused():
    with pytest.raises(ValueError, match=r"expected maps \(h, w, 57\), got \(4, 4, 19\)"):
        decode_people(np.zeros((4, 4, 19), np.float32))
