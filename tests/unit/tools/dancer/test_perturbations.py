"""Mistakes of learners."""

import numpy as np
import pytest

from tools.dancer import perturbations
from tools.dancer.choreography import SUNRISE
from tools.dancer.motion import standing
from tools.dancer.scene import render
from tools.dancer.stance import INDEX

TIMES = np.arange(1.5, 23, 0.7)
DANCE = SUNRISE.motion()
# COCO-18 with left and right exchanged.
SWAPPED = [0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16]


def channels(*parts: str) -> list[int]:
    return [k for name, k in INDEX.items() if all(part in name for part in parts)]


def test_late_learner_does_the_same_later() -> None:
    late = perturbations.delayed(DANCE, 0.4)
    assert all(np.allclose(late(t + 0.4), DANCE(t)) for t in (2.0, 8.0, 16.0))


def test_half_hearted_learner_goes_half_the_way() -> None:
    half = perturbations.scaled(DANCE, 0.5)
    for t_s in TIMES:
        assert np.allclose(half(t_s), (standing() + DANCE(t_s)) / 2)


def test_mirroring_twice_changes_nothing() -> None:
    twice = perturbations.mirrored(perturbations.mirrored(DANCE))
    assert all(np.array_equal(twice(t_s), DANCE(t_s)) for t_s in TIMES)


@pytest.mark.parametrize("person", ["instructor", "stout"])
def test_a_mirrored_learner_is_the_flipped_frame(person: str) -> None:
    plain = render("sunrise", person, fps=2)
    other = render("sunrise", person, fps=2, change=perturbations.mirrored)
    flipped = plain.truth()[:, SWAPPED]
    flipped[:, :, 0] = plain.camera.size[0] - 1 - flipped[:, :, 0]
    assert np.abs(other.truth() - flipped).max() < 1.0
    assert np.abs(other.truth() - plain.truth()).max() > 100  # the dance is not symmetric


def test_still_arm_hangs_while_the_other_dances() -> None:
    still = perturbations.arm_still(DANCE, "left")
    frozen, free = channels("left.", "e.r"), channels("right.")
    assert frozen
    for t_s in TIMES:
        assert np.array_equal(still(t_s)[frozen], standing()[frozen])
        assert np.array_equal(still(t_s)[free], DANCE(t_s)[free])


def test_still_legs_leave_the_arms_dancing() -> None:
    still = perturbations.legs_still(DANCE)
    legs, arms = [*channels(".foot."), *channels("hips.")], channels("upper.")
    for t_s in TIMES:
        assert np.array_equal(still(t_s)[legs], standing()[legs])
        assert np.array_equal(still(t_s)[arms], DANCE(t_s)[arms])


def test_swapped_arms_leave_the_feet_alone() -> None:
    wrong = perturbations.arms_swapped(DANCE)(6.0)
    right = DANCE(6.0)
    assert wrong[INDEX["left.upper.raise"]] == right[INDEX["right.upper.raise"]]
    assert np.array_equal(wrong[channels(".foot.")], right[channels(".foot.")])


def test_held_channels_stay_while_the_others_dance() -> None:
    low = perturbations.held(DANCE, {"hips.drop": 0.3, "left.upper.raise": 160.0})
    kept = [INDEX["hips.drop"], INDEX["left.upper.raise"]]
    rest = [k for k in INDEX.values() if k not in kept]
    for t_s in TIMES:
        assert low(t_s)[kept].tolist() == [0.3, 160.0]
        assert np.array_equal(low(t_s)[rest], DANCE(t_s)[rest])


def test_held_refuses_an_unknown_channel() -> None:
    with pytest.raises(KeyError, match=r"hips\.drop"):
        perturbations.held(DANCE, {"hips.height": 0.3})


def test_a_learner_who_stands_still_does_not_move() -> None:
    assert all(np.array_equal(perturbations.stands_still(DANCE)(t), standing()) for t in TIMES)


def test_loose_style_repeats_for_its_seed_and_stays_near() -> None:
    one, again, other = (perturbations.loose(DANCE, 6.0, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(one(t), again(t)) for t in TIMES)
    assert not np.array_equal(one(8.0), other(8.0))
    angles = channels("upper.raise")
    away = np.array([one(t)[angles] - DANCE(t)[angles] for t in TIMES])
    assert 2 < np.sqrt((away**2).mean()) < 12


def test_unknown_side_is_refused() -> None:
    with pytest.raises(KeyError, match="left or right"):
        perturbations.arm_still(DANCE, "middle")
