"""From a region of an image to the network's input."""

import numpy as np
import pytest

from tf_pose.errors import BadSize
from tf_pose.geometry import Box
from tf_pose.preprocess import (
    SHAPES,
    crop_size,
    cut_region,
    exposure_gain,
)


@pytest.mark.parametrize("aspect", [0.2, 0.5625, 0.7, 0.9, 1.0, 1.2, 1.5, 1.9, 4.0])
def test_network_sizes_are_few_and_hold_the_region(aspect):
    width, height = crop_size(Box(0, 0, aspect * 100, 100), 256)
    assert width % 8 == 0 and height % 8 == 0 and max(width, height) == 256
    assert width / height >= min(aspect, SHAPES[-1]) * 0.99


def test_cut_region_keeps_the_aspect_and_is_grey_beyond_the_image():
    image = np.zeros((100, 100, 3), np.uint8)
    image[40:60, 40:60] = 255
    shown, seen = cut_region(image, Box(40, 40, 20, 10), (64, 64))
    assert seen == Box(40, 35, 20, 20)
    assert shown.shape == (64, 64, 3) and shown[-8:].max() == 255 and not shown[:8].any()
    shown, seen = cut_region(image, Box(-50, 0, 100, 100), (64, 64))
    assert seen == Box(-50, 0, 100, 100)
    assert np.abs(shown[:, :30].astype(int) - 127).max() <= 3  # rounded where it was brightened
    assert (shown[:, 34:50] == 0).all()
    with pytest.raises(BadSize, match="expected a region of the image"):
        cut_region(image, Box(200, 200, 10, 10), (64, 64))


def test_a_dark_region_is_brightened_and_stays_grey_beyond_the_image():
    image = np.full((100, 100, 3), 10, np.uint8)
    image[:, ::4] = 40
    shown, _ = cut_region(image, Box(50, 0, 100, 100), (64, 64))
    assert shown[:, :24].mean() == pytest.approx(5 * image.mean(), rel=0.05)
    assert abs(int(shown[:, -8:].max()) - 127) <= 5


def test_the_noise_of_a_dark_region_does_not_become_as_much_brighter():
    random = np.random.default_rng(0)
    image = np.clip(random.normal(30, 7, (256, 256, 3)), 0, 255).astype(np.uint8)
    shown, _ = cut_region(image, Box(0, 0, 256, 256), (256, 256))
    assert shown.mean() == pytest.approx(exposure_gain(image) * image.mean(), rel=0.02)
    assert shown.std() < 0.5 * exposure_gain(image) * image.std()


def test_a_bright_region_stays_as_it_is():
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    shown, _ = cut_region(image, Box(0, 0, 64, 64), (64, 64))
    np.testing.assert_array_equal(shown, image)


def test_the_exposure_gain_is_limited():
    assert exposure_gain(np.zeros((50, 50, 3), np.uint8)) == 5.0
    assert exposure_gain(np.full((50, 50, 3), 80, np.uint8)) == pytest.approx(2.5)
    assert exposure_gain(np.full((50, 50, 3), 110, np.uint8)) == 1.0
