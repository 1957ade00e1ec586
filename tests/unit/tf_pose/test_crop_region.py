"""Crops around people who are followed."""

import numpy as np
import pytest

from tests.unit.tf_pose.synthetic_maps import STANDING, moved, only
from tf_pose.crop_region import crop_region
from tf_pose.geometry import Box
from tf_pose.pose_geometry import torso_px

IMAGE = Box(0, 0, 640, 480)
POSE = STANDING * 10 + [150, 60]  # about 80 px of torso
NOBODY = np.full((18, 2), np.nan)


def test_a_crop_holds_every_pose_with_a_margin():
    beside = moved(POSE, 60, 0)
    crop = crop_region([POSE, beside], IMAGE, 1.3, 4.2)
    for pose in (POSE, beside):
        assert (pose >= [crop.x, crop.y]).all()
        assert (pose <= [crop.x + crop.w, crop.y + crop.h]).all()


def test_a_crop_does_not_shrink_with_a_partial_pose():
    upright = Box(0, 0, 6400, 4800)
    whole = crop_region([POSE + 2000], upright, 1.3, 4.2)
    part = crop_region([only(POSE + 2000, 1, 2, 5, 8, 11)], upright, 1.3, 4.2)
    assert part.h >= 4.2 * torso_px(POSE) * 0.99
    assert part.h > 0.95 * whole.h


def test_arms_down_get_a_narrow_crop_and_arms_out_a_wide_one():
    open_space = Box(-5000, -5000, 10000, 10000)
    narrow = crop_region([POSE], open_space, 1.3, 4.2)
    assert narrow.w / narrow.h == pytest.approx(3 / 4)
    slim = crop_region([POSE], open_space, 1.3, 4.2, min_aspect=9 / 16)
    assert slim.w / slim.h == pytest.approx(9 / 16) and slim.h == narrow.h
    spread = POSE.copy()
    spread[[3, 4]] = POSE[2] - [[70, 0], [140, 0]]
    spread[[6, 7]] = POSE[5] + [[70, 0], [140, 0]]
    wide = crop_region([spread], open_space, 1.3, 4.2)
    assert wide.w > narrow.w and wide.h == narrow.h


def test_a_crop_stays_in_the_image_and_nobody_has_none():
    crop = crop_region([POSE - (250, 100)], IMAGE, 1.3, 4.2)
    assert crop.x == 0 and crop.y == 0
    assert crop_region([NOBODY], IMAGE, 1.3, 4.2) is None
    assert crop_region([], IMAGE, 1.3, 4.2) is None
