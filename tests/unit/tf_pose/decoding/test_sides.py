"""Both arms, or both legs, do not end at one place where the maps have another."""

from __future__ import annotations

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
from tf_pose.decoding.postprocess import decode_people
from tf_pose.decoding.sides import MIN_SHARE, Choice, Side, choose_apart

TORSO = 8.0
# Peaks: right elbow 0 and 1, right wrist 2 and 3, left elbow 4 and 5, left wrist 6 and 7. Those
# with even numbers are where the right arm is, the others where the left one is.
PLACES = [(0.0, 0.0), (9.0, 0.0), (0.0, 4.0), (9.0, 4.0)] * 2
CERTAIN = [0.4] * 8
BAD = float("-inf")


def right(own: float, other: float) -> Side:
    """A right arm that is worth so much where it is, and where the left one is."""
    return Side([0, 1], [2, 3], [own, other], [[0.5, BAD], [BAD, 0.5]])


def left(own: float, other: float) -> Side:
    return Side([4, 5], [6, 7], [other, own], [[0.5, BAD], [BAD, 0.5]])


def ends(*sides: Side, confidence: list[float] = CERTAIN, torso: float = TORSO) -> tuple[int, int]:
    first, second = choose_apart(*sides, PLACES, confidence, torso)
    return first.end, second.end


def test_sides_that_end_apart_stay() -> None:
    assert ends(right(1.0, 0.9), left(1.0, 0.9)) == (2, 7)


def test_of_two_arms_at_one_place_the_one_with_more_to_lose_stays() -> None:
    assert ends(right(1.0, 1.1), left(1.0, 0.2)) == (2, 7)
    assert ends(right(0.2, 1.0), left(1.0, 0.9)) == (3, 6)


def test_hands_that_are_clasped_stay_together() -> None:
    faint = [0.4] * 8
    faint[2] = faint[6] = 0.99 * MIN_SHARE * 0.4
    assert ends(right(1.0, 1.1), left(1.0, 0.2), confidence=faint) == (3, 7)


def test_without_another_place_they_stay() -> None:
    assert ends(right(BAD, 1.0), left(1.0, BAD)) == (3, 7)


def test_without_a_torso_nothing_is_near() -> None:
    assert ends(right(1.0, 1.1), left(1.0, 0.2), torso=float("inf")) == (3, 7)
    assert ends(right(1.0, 1.1), left(1.0, 0.2), torso=0.0) == (3, 7)


def test_a_missing_arm_is_at_no_place() -> None:
    nothing = Side([], [], [], [])
    assert nothing.best() == Choice(0.0, -1, -1)
    assert ends(nothing, left(1.0, 0.2)) == (-1, 7)


def test_a_wrist_that_both_arms_claim_goes_to_the_one_it_belongs_to() -> None:
    """As the network sees arms overhead: the right wrist at both places, and more certainly at the
    left one's."""
    person = moved(STANDING, 6, 10)
    for part, (x, y) in {
        3: (20.3, 14.2),
        4: (20.8, 10.3),
        6: (24.3, 14.2),
        7: (23.8, 10.3),
    }.items():
        person[part] = x, y
    maps = make_maps([without(person, 3, 4)], 48, 48)
    for at, heat in ((person[3:5], 0.7), (person[6:8], 1.0)):
        for part, place in zip((3, 4), at, strict=True):
            add_heat(maps, part, place, heat)
        add_field(maps, 2, person[2], at[0])
        add_field(maps, 3, *at)
    (human,) = decode_people(maps, faint=True)
    found = [(human.body_parts[k].x * 48 - 0.5, human.body_parts[k].y * 48 - 0.5) for k in (4, 7)]
    assert np.array(found) == pytest.approx(person[[4, 7]], abs=0.5)
