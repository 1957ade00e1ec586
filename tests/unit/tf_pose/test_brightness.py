"""How bright an image is."""

import numpy as np
import pytest

from tf_pose.brightness import BRIGHT_PERCENTILE, bright_level


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 7, 3), (2, 2, 3), (31, 64, 3), (69, 52, 3)])
@pytest.mark.parametrize("values", [(0, 256), (90, 130), (7, 8)])
def test_the_bright_level_is_the_percentile(shape, values):
    image = np.random.default_rng(shape[1]).integers(*values, shape, np.uint8)
    assert bright_level(image) == np.percentile(image, BRIGHT_PERCENTILE)
    assert bright_level(image[::2, ::3]) == np.percentile(image[::2, ::3], BRIGHT_PERCENTILE)
    assert bright_level(image[:1, :1, 0]) == image[0, 0, 0]
