"""Calibration finds scales, ranges and corrections, without a network that is run for real."""

import numpy as np

from tf_pose.engines.quantization.calibration import calibrate
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


def run_as_told(network, names, numbers):
    """Each layer gives its size in both channels; rounded ones lose a tenth of 1."""
    lost = 0.1 if numbers else 0.0

    def run(_):
        size = {"first": [4.0, 16.0], "wide": [-8.0, 2.0], "last": [1.0, 1.0]}
        values = {name: np.array(size[name]) - lost for name in names}
        return [np.reshape([(v, 0.0) for v in values[n]], (1, 2, 1, 2)) for n in names]

    return run


def test_numbers_are_found_for_every_layer():
    steps = []
    numbers = calibrate(
        chain(), IMAGES, run_as_told, "abc", lambda what, done, of: steps.append((what, done, of))
    )
    np.testing.assert_array_equal(numbers.scales["first"], [4.0, 16.0])
    ratio = numbers.scales["wide"][0] / numbers.scales["wide"][1]
    # 8 ** 0.6 to 2 ** 0.6; the weights after it are as large for both.
    assert np.isclose(ratio, 4**0.6, rtol=1e-2)
    low, high = numbers.ranges["first"]
    assert (low, high) == (0.0, 16.0)
    low, high = numbers.ranges["wide"]
    assert np.isclose(high - low, 10.0) and np.isclose(low, -8.0, atol=10 / 255)
    np.testing.assert_allclose(numbers.corrections["last"], [0.05, 0.05], rtol=1e-3)
    assert steps[-1] == ("corrections", 1, 2)


def test_a_part_has_only_what_a_layer_needs():
    assert list(part_before(chain(), "wide")) == ["first", "wide"]
