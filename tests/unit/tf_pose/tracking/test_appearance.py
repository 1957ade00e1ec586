"""Clothes tell people apart who stand in the same place."""

import numpy as np
import pytest

from tests.unit.tf_pose.fake_estimator import BLUE, RED, SIZE, image_with_clothes, person
from tf_pose.tracking.appearance import (
    UNKNOWN_APPEARANCE,
    appearance_distance,
    measure_appearance,
    update_appearance,
)

SOMEBODY = person(300)
POSE = SOMEBODY.arrays()[0] * SIZE


def appearance_in(colour):
    return measure_appearance(image_with_clothes((SOMEBODY, colour)), POSE)


def test_the_same_clothes_are_alike_in_light_and_in_shade():
    assert appearance_distance(appearance_in(RED), appearance_in(RED)) == pytest.approx(0, abs=1e-4)
    shade = tuple(round(c * 0.7) for c in RED)
    assert (
        appearance_distance(appearance_in(RED), appearance_in(shade))
        < appearance_distance(appearance_in(RED), appearance_in(BLUE)) / 3
    )


def test_other_clothes_are_far_apart():
    assert appearance_distance(appearance_in(RED), appearance_in(BLUE)) > 60


def test_an_arm_before_the_trunk_changes_little():
    room = image_with_clothes((SOMEBODY, RED))
    y = int(np.nanmean(POSE[[2, 5, 8, 11], 1]))
    room[y - 6 : y + 6] = BLUE
    assert appearance_distance(appearance_in(RED), measure_appearance(room, POSE)) < 5


def test_zones_outside_the_image_are_unknown():
    legs_only = POSE.copy()
    legs_only[:8] = np.nan
    seen = measure_appearance(image_with_clothes((SOMEBODY, RED)), legs_only)
    assert np.isnan(seen[0]).all() and np.isfinite(seen[1]).all()
    assert np.isnan(measure_appearance(image_with_clothes((SOMEBODY, RED)), POSE + 5000)).all()
    assert np.isnan(appearance_distance(UNKNOWN_APPEARANCE, appearance_in(RED)))


def test_memory_moves_slowly_and_keeps_what_is_hidden_now():
    first = update_appearance(UNKNOWN_APPEARANCE, appearance_in(RED))
    np.testing.assert_array_equal(first, appearance_in(RED))
    after = update_appearance(first, appearance_in(BLUE), share=0.2)
    assert appearance_distance(after, appearance_in(RED)) == pytest.approx(
        0.2 * appearance_distance(appearance_in(RED), appearance_in(BLUE)), rel=1e-3
    )
    np.testing.assert_array_equal(update_appearance(first, UNKNOWN_APPEARANCE), first)
