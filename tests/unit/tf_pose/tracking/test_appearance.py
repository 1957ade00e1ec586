"""Clothes tell people apart who stand in the same place."""

import cv2
import numpy as np
import pytest

from tests.unit.tf_pose.fake_estimator import BLUE, RED, SIZE, image_with_clothes, person
from tests.unit.tf_pose.synthetic_maps import moved
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


@pytest.mark.parametrize("missing", [(), (2,), (5, 8), (1, 2), (8, 11), (9,), (11, 12)])
@pytest.mark.parametrize("move", [0, -150, 400])
def test_colours_are_the_medians_at_points_on_trunk_and_thighs(missing, move):
    image = np.random.default_rng(0).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)
    pose = moved(POSE, move, 0).astype(np.float32)
    pose[list(missing)] = np.nan
    trunk, thighs = plain_points(pose)
    expected = [plain_colour(image, points) for points in (trunk, thighs)]
    np.testing.assert_allclose(measure_appearance(image, pose), expected, rtol=1e-5)


def plain_points(pose):
    """The sampled points on the trunk and on the thighs, one after the other."""
    at = {k: joint for k, joint in enumerate(pose) if np.isfinite(joint).all()}
    nowhere = np.full(2, np.nan, np.float32)
    right, left = (at.get(k, at.get(1, nowhere)) for k in (2, 5))
    right_hip, left_hip = (at.get(k, at.get(other, nowhere)) for k, other in ((8, 11), (11, 8)))
    across = [np.float32(x) for x in (0.25, 0.5, 0.75)]
    trunk = []
    for down in map(np.float32, (0.2, 0.4, 0.6, 0.8)):
        for x in across:
            above, below = right + x * (left - right), right_hip + x * (left_hip - right_hip)
            trunk.append(above + down * (below - above))
    thighs = [
        pose[hip] + np.float32(along) * (pose[knee] - pose[hip])
        for along in (0.3, 0.5, 0.7)
        for hip, knee in ((8, 9), (11, 12))
    ]
    return trunk, thighs


def plain_colour(image, points):
    """The median of each channel in CIELAB."""
    inside = [(int(x), int(y)) for x, y in points if 0 <= x < SIZE[0] and 0 <= y < SIZE[1]]
    if not inside:
        return [np.nan] * 3
    pixels = np.array([[image[y, x] for x, y in inside]], np.float32) / 255
    return np.sort(cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB)[0], axis=0)[len(inside) // 2]
