"""Calibration finds scales, ranges and corrections, without a network that is run for real."""

import numpy as np

from tf_pose.engines.quantization.calibration import (
    calibrate,
    needed_ranges,
    sample_results,
)
from tf_pose.engines.quantization.layers import Layer, part_before

IMAGES = [np.zeros((8, 8, 3), np.uint8)] * 3
CONVOLUTION = np.ones((2, 2, 1, 1), np.float32)
DEPTHWISE = np.ones((2, 1, 1, 3, 3), np.float32)
BIAS = np.zeros(2, np.float32)


def chain():
    """Layers as in the network: before a depthwise one, between it and a pointwise one."""
    return {
        "first": Layer("convolution", ("image",), np.ones((2, 3, 1, 1), np.float32), BIAS, True),
        "wide": Layer("depthwise", ("first",), DEPTHWISE),
        "last": Layer("convolution", ("wide",), CONVOLUTION, BIAS),
    }


def run_as_told(network, names, ranges=None, rounded=()):
    """Each layer gives its size in both channels; rounded ones lose a tenth of 1."""
    lost = 0.1 if rounded else 0.0

    def run(_):
        size = {"first": [4.0, 16.0], "wide": [-8.0, 2.0], "last": [1.0, 1.0]}
        values = {name: np.array(size[name], np.float32) - lost for name in names}
        return [np.reshape([(v, 0.0) for v in values[n]], (1, 2, 1, 2)) for n in names]

    return run


def test_numbers_are_found_for_every_layer():
    steps = []
    numbers = calibrate(
        chain(), IMAGES, run_as_told, "abc", lambda what, done, of: steps.append((what, done, of))
    )
    np.testing.assert_array_equal(numbers.scales["first"], [4.0, 16.0])
    assert numbers.ranges["first"] == (0.0, 1.0)
    low, high = numbers.ranges["wide"]
    first, second = numbers.scales["wide"]
    step = (high - low) / 255
    # Of what was seen all is inside, after the scale, or little is cut off.
    assert -8 / first / 0.6 <= low <= -8 / first * 0.6 + step
    assert high >= 2 / second * 0.6 - step
    np.testing.assert_allclose(numbers.corrections["last"], [0.05, 0.05], rtol=1e-3)
    assert steps[-1] == ("corrections", 1, 2)


def test_places_of_all_images_are_sampled_and_the_extremes_are_of_everything():
    samples = sample_results(chain(), ["first", "wide"], IMAGES, run_as_told)
    assert samples["wide"].values.shape == (len(IMAGES) * 2, 2)
    np.testing.assert_array_equal(samples["wide"].low, [-8.0, 0.0])
    np.testing.assert_array_equal(samples["wide"].high, [0.0, 2.0])
    assert set(samples["first"].values[:, 1]) == {0.0, 16.0}


def test_only_what_rounded_layers_read_needs_a_range():
    ranges = {"first": (0.0, 1.0), "wide": (-1.0, 1.0), "last": (0.0, 2.0)}
    assert needed_ranges(chain(), ranges, {"first", "last"}) == {"wide": (-1.0, 1.0)}


def test_a_part_has_only_what_a_layer_needs():
    assert list(part_before(chain(), "wide")) == ["first", "wide"]
