"""Clothes: what tells people apart who stand in the same place."""

import numpy as np
import pytest

from tests.unit.tf_pose.scripted import BLUE, RED, SIZE, dressed, person
from tf_pose.tracking.appearance import (
    UNKNOWN_APPEARANCE,
    appearance_distance,
    measure_appearance,
    update_appearance,
)

SOMEBODY = person(300)
POSE = SOMEBODY.arrays()[0] * SIZE


def worn(colour):
    return measure_appearance(dressed((SOMEBODY, colour)), POSE)


def test_the_same_clothes_are_alike_in_light_and_in_shade():
    assert appearance_distance(worn(RED), worn(RED)) == pytest.approx(0, abs=1e-4)
    shade = tuple(round(c * 0.7) for c in RED)
    assert (
        appearance_distance(worn(RED), worn(shade)) < appearance_distance(worn(RED), worn(BLUE)) / 3
    )


def test_other_clothes_are_far_apart():
    assert appearance_distance(worn(RED), worn(BLUE)) > 60


def test_an_arm_before_the_trunk_changes_little():
    room = dressed((SOMEBODY, RED))
    y = int(np.nanmean(POSE[[2, 5, 8, 11], 1]))
    room[y - 6 : y + 6] = BLUE
    assert appearance_distance(worn(RED), measure_appearance(room, POSE)) < 5


def test_what_is_not_in_the_picture_is_not_known():
    legs_only = POSE.copy()
    legs_only[:8] = np.nan
    seen = measure_appearance(dressed((SOMEBODY, RED)), legs_only)
    assert np.isnan(seen[0]).all() and np.isfinite(seen[1]).all()
    assert np.isnan(measure_appearance(dressed((SOMEBODY, RED)), POSE + 5000)).all()
    assert np.isnan(appearance_distance(UNKNOWN_APPEARANCE, worn(RED)))


def test_memory_moves_slowly_and_keeps_what_is_hidden_now():
    first = update_appearance(UNKNOWN_APPEARANCE, worn(RED))
    np.testing.assert_array_equal(first, worn(RED))
    after = update_appearance(first, worn(BLUE), share=0.2)
    assert appearance_distance(after, worn(RED)) == pytest.approx(
        0.2 * appearance_distance(worn(RED), worn(BLUE)), rel=1e-3
    )
    np.testing.assert_array_equal(update_appearance(first, UNKNOWN_APPEARANCE), first)
