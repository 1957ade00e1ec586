"""Boxes, crops, and whose pose is whose."""

import numpy as np
import pytest

from tests.unit.tf_pose.painted import STANDING, moved
from tf_pose.crop_region import apart_torsos, crop_region, prominence, size_ratio, torso_px
from tf_pose.errors import BadSize
from tf_pose.geometry import Box, box_around, overlap, union
from tf_pose.preprocess import SHAPES, crop_size, cut, gain_for

PICTURE = Box(0, 0, 640, 480)
POSE = STANDING * 10 + [150, 60]  # about 80 px of torso
NOBODY = np.full((18, 2), np.nan)


def only(pose, *parts):
    hidden = np.full_like(pose, np.nan)
    hidden[list(parts)] = pose[list(parts)]
    return hidden


def test_boxes():
    assert box_around(np.array([[1, 5], [np.nan, 9], [4, 2.0]])) == Box(1, 2, 3, 3)
    assert box_around(NOBODY) is None
    assert union([Box(0, 0, 2, 2), Box(5, 1, 1, 4)]) == Box(0, 0, 6, 5)
    assert overlap(Box(0, 0, 2, 2), Box(1, 0, 2, 2)) == pytest.approx(1 / 3)
    assert overlap(Box(0, 0, 2, 2), Box(2, 0, 2, 2)) == 0.0
    assert Box(0, 0, 10, 40).widened_to(0.5) == Box(-5, 0, 20, 40)
    assert Box(0, 0, 40, 10).widened_to(2) == Box(0, -5, 40, 20)
    assert Box(10, 20, 40, 10).grown(1.5) == Box(0, 17.5, 60, 15)


def test_torso_is_the_longer_measure():
    front = torso_px(POSE)
    assert front == pytest.approx(90, rel=0.1)
    bent = POSE.copy()
    bent[[8, 11]] = bent[1] + [[-5, 10], [5, 10]]
    assert torso_px(bent) == pytest.approx(1.3 * np.hypot(*(POSE[2] - POSE[5])), rel=0.01)
    assert np.isnan(torso_px(NOBODY))
    assert torso_px(only(POSE, 1, 8)) > 80


def test_crop_holds_every_pose_with_room():
    beside = moved(POSE, 60, 0)
    crop = crop_region([POSE, beside], PICTURE, 1.3, 4.2)
    for pose in (POSE, beside):
        assert (pose >= [crop.x, crop.y]).all()
        assert (pose <= [crop.x + crop.w, crop.y + crop.h]).all()


def test_crop_does_not_collapse_with_the_pose():
    upright = Box(0, 0, 6400, 4800)
    whole = crop_region([POSE + 2000], upright, 1.3, 4.2)
    part = crop_region([only(POSE + 2000, 1, 2, 5, 8, 11)], upright, 1.3, 4.2)
    assert part.h >= 4.2 * torso_px(POSE) * 0.99
    assert part.h > 0.95 * whole.h


def test_arms_down_get_a_narrow_crop_and_arms_out_a_wide_one():
    open_space = Box(-5000, -5000, 10000, 10000)
    narrow = crop_region([POSE], open_space, 1.3, 4.2)
    assert narrow.w / narrow.h == pytest.approx(3 / 4)
    slim = crop_region([POSE], open_space, 1.3, 4.2, narrowest=9 / 16)
    assert slim.w / slim.h == pytest.approx(9 / 16) and slim.h == narrow.h
    spread = POSE.copy()
    spread[[3, 4]] = POSE[2] - [[70, 0], [140, 0]]
    spread[[6, 7]] = POSE[5] + [[70, 0], [140, 0]]
    wide = crop_region([spread], open_space, 1.3, 4.2)
    assert wide.w > narrow.w and wide.h == narrow.h


def test_crop_stays_in_the_picture_and_nobody_has_none():
    crop = crop_region([POSE - (250, 100)], PICTURE, 1.3, 4.2)
    assert crop.x == 0 and crop.y == 0
    assert crop_region([NOBODY], PICTURE, 1.3, 4.2) is None
    assert crop_region([], PICTURE, 1.3, 4.2) is None


@pytest.mark.parametrize("aspect", [0.2, 0.5625, 0.7, 0.9, 1.0, 1.2, 1.5, 1.9, 4.0])
def test_network_sizes_are_few_and_hold_the_region(aspect):
    width, height = crop_size(Box(0, 0, aspect * 100, 100), 256)
    assert width % 8 == 0 and height % 8 == 0 and max(width, height) == 256
    assert width / height >= min(aspect, SHAPES[-1]) * 0.99


def test_crops_per_person_are_apart_by_their_torso():
    assert apart_torsos([POSE], POSE) == 0
    assert apart_torsos([POSE], moved(POSE, torso_px(POSE), 0)) == pytest.approx(1.0)
    flung = POSE.copy()
    flung[[3, 4, 6, 7, 9, 10]] += 200  # limbs fly, the person stays
    assert apart_torsos([POSE], flung) == 0
    assert apart_torsos([POSE], only(POSE, 1, 2)) == float("inf")
    aside = POSE * (0.2, 1)  # turned: the shoulders' width alone would say a small person
    aside[[8, 11]] = np.nan
    assert apart_torsos([POSE, aside], moved(aside, 40, 0)) < 0.6


def test_size_ratio_knows_no_order():
    assert size_ratio(POSE, POSE * 2) == pytest.approx(2)
    assert size_ratio(POSE * 2, POSE) == pytest.approx(2)
    assert size_ratio(POSE, NOBODY) == 1.0
    assert size_ratio(POSE, only(POSE * 2, 0, 1, 2, 5)) == pytest.approx(2)
    assert size_ratio(np.zeros((18, 2)), POSE) == 1.0


def test_large_central_certain_and_whole_people_are_prominent():
    central = POSE
    best = prominence(central, 1.0, PICTURE)
    assert best > prominence(central * 0.5, 1.0, PICTURE)
    assert best > prominence(moved(central, 250, 0), 1.0, PICTURE)
    assert best > prominence(central, 0.4, PICTURE)
    assert best > prominence(only(central, 0, 1, 2, 10), 1.0, PICTURE)
    assert prominence(NOBODY, 1.0, PICTURE) == 0.0


def test_cut_shows_the_region_with_its_aspect_and_grey_beyond():
    image = np.zeros((100, 100, 3), np.uint8)
    image[40:60, 40:60] = 255
    shown, seen = cut(image, Box(40, 40, 20, 10), (64, 64))
    assert seen == Box(40, 35, 20, 20)
    assert shown.shape == (64, 64, 3) and shown[-8:].max() == 255 and not shown[:8].any()
    shown, seen = cut(image, Box(-50, 0, 100, 100), (64, 64))
    assert seen == Box(-50, 0, 100, 100)
    assert np.abs(shown[:, :30].astype(int) - 127).max() <= 3  # rounded where it was brightened
    assert (shown[:, 34:50] == 0).all()
    with pytest.raises(BadSize, match="expected a region of the picture"):
        cut(image, Box(200, 200, 10, 10), (64, 64))


def test_a_dark_region_is_brightened_and_what_is_beyond_stays_grey():
    image = np.full((100, 100, 3), 10, np.uint8)
    image[:, ::4] = 40
    shown, _ = cut(image, Box(50, 0, 100, 100), (64, 64))
    assert shown[:, :24].mean() == pytest.approx(5 * image.mean(), rel=0.05)
    assert abs(int(shown[:, -8:].max()) - 127) <= 5


def test_what_is_not_dark_stays_as_it_is():
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    shown, _ = cut(image, Box(0, 0, 64, 64), (64, 64))
    np.testing.assert_array_equal(shown, image)


def test_a_picture_is_never_brightened_beyond_measure():
    assert gain_for(np.zeros((50, 50, 3), np.uint8)) == 5.0
    assert gain_for(np.full((50, 50, 3), 80, np.uint8)) == pytest.approx(2.5)
    assert gain_for(np.full((50, 50, 3), 110, np.uint8)) == 1.0
