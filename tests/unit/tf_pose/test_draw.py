"""Drawing skeletons on images."""

import numpy as np
import pytest

from tests.unit.tf_pose.synthetic_maps import STANDING
from tf_pose.draw import LEFT, RIGHT, draw_humans, draw_pose
from tf_pose.human import Human
from tf_pose.skeleton import COLOURS

XY = (STANDING + 0.5) / 32


def blank(height=320, width=320):
    return np.zeros((height, width, 3), np.uint8)


def test_humans_are_drawn_on_the_image_or_on_a_copy():
    human = Human.from_arrays(XY, np.ones(18))
    image = blank()
    copied = draw_humans(image, [human], imgcopy=True)
    assert not image.any() and copied.any()
    assert draw_humans(image, [human]) is image
    assert np.array_equal(image, copied)
    x, y = (XY[4] * 320 + 0.5).astype(int)
    assert tuple(image[y, x]) == COLOURS[3]  # the forearm's line comes over the wrist's dot


def test_left_and_right_limbs_have_different_colours():
    image = draw_pose(blank(), XY)
    thigh_right, thigh_left = (XY[[8, 9]].mean(0) * 320, XY[[11, 12]].mean(0) * 320)
    assert tuple(image[int(thigh_right[1]), int(thigh_right[0])]) == RIGHT
    assert tuple(image[int(thigh_left[1]), int(thigh_left[0])]) == LEFT


def test_uncertain_joints_are_not_drawn():
    score = np.ones(18)
    score[4] = 0.02
    image = draw_pose(blank(), XY, score)
    x, y = (XY[4] * 320).astype(int)
    assert not image[y - 2 : y + 3, x - 2 : x + 3].any()


@pytest.mark.parametrize("xy", [np.full((18, 2), np.nan), np.full((18, 2), 1e6), XY - 5])
def test_joints_out_of_view_are_accepted(xy):
    assert draw_pose(blank(), xy).shape == (320, 320, 3)


def test_strokes_grow_with_the_image():
    small, large = draw_pose(blank(640, 640), XY), draw_pose(blank(1280, 1280), XY)
    assert large.any(axis=2).mean() == pytest.approx(small.any(axis=2).mean(), rel=0.15)
