"""Units of channels and ranges of results are those that leave the least error."""

import numpy as np
import pytest

from tf_pose.engines.quantization.channel_scales import (
    Sample,
    choose_scales,
    choose_units,
    find_clips,
    round_values,
    round_weights,
    with_exact_zero,
)
from tf_pose.engines.quantization.layers import Layer

RNG = np.random.default_rng(1)
ONE = np.ones(1, np.float32)


def sample(values):
    values = np.asarray(values, np.float32)
    return Sample(values, values.min(axis=0), values.max(axis=0))


def pointwise(weights, **options):
    return Layer("convolution", ("before",), weights[:, :, None, None], **options)


def answer_error(layer, seen, scale, ends):
    weights = layer.kernel[:, :, 0, 0]
    rounded = round_values(seen.values / scale, ends) @ round_weights(weights * scale).T
    return ((rounded - seen.values @ weights.T) ** 2).mean()


def test_a_range_has_an_exact_zero_and_256_values():
    low, high = with_exact_zero(-3.3, 6.1)
    step = (high - low) / 255
    assert round(-low / step) == pytest.approx(-low / step)
    assert high - low == pytest.approx(6.1 + 3.3)
    assert abs(low + 3.3) <= step / 2
    assert with_exact_zero(1.0, 2.0) == (0.0, 2.0)  # zero is in it


def test_values_are_rounded_to_a_step_and_end_with_the_range():
    ends = with_exact_zero(-1.0, 1.0)
    values = np.array([-2.0, -0.5, 0.0, 0.3, 9.0], np.float32)
    rounded = round_values(values, ends)
    assert rounded[[0, 2, 4]] == pytest.approx([ends[0], 0.0, ends[1]], abs=1e-6)
    assert np.abs(rounded - values)[1:4].max() <= 1 / 255


def test_weights_are_rounded_for_each_output_by_itself():
    weights = np.array([[1.0, -0.4], [100.0, -0.4]], np.float32)
    rounded = round_weights(weights)
    assert rounded[:, 0] == pytest.approx([1.0, 100.0])
    assert rounded[0, 1] == pytest.approx(-0.4, abs=1 / 254)
    assert rounded[1, 1] in (0.0, pytest.approx(-100 / 127))


def test_a_rare_value_does_not_make_the_others_coarse():
    common = RNG.uniform(0, 1, (20_000, 2))
    common[0, 1] = 1.5
    clips = find_clips(sample(common))
    assert clips[0] == pytest.approx(1.0, rel=0.01)
    assert 1.0 <= clips[1] < 1.5


def test_channels_that_differ_get_units_that_leave_less_error():
    sizes = np.array([0.01, 1.0, 30.0, 0.2], np.float32)
    seen = sample(RNG.normal(0, 1, (2000, 4)) * sizes)
    layer = pointwise((RNG.normal(0, 1, (8, 4)) / sizes).astype(np.float32))
    scale, ends = choose_units(layer, seen, ONE)
    same = np.ones(4, np.float32)
    without = with_exact_zero(float(seen.low.min()), float(seen.high.max()))
    assert answer_error(layer, seen, scale, ends) < answer_error(layer, seen, same, without) / 10


def test_only_what_passes_the_relu_counts():
    """Where an output is always cut off, its channel may be as coarse as the other one likes."""
    seen = sample(RNG.normal(0, 1, (2000, 2)) * (1.0, 50.0))
    bias = np.array([0.0, -1e4], np.float32)
    weights = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)

    def first_error(relu):
        scale, ends = choose_units(pointwise(weights, bias=bias, relu=relu), seen, ONE)
        return ((round_values(seen.values / scale, ends) * scale - seen.values)[:, 0] ** 2).mean()

    assert first_error(relu=True) < first_error(relu=False) / 2


def test_what_a_depthwise_convolution_reads_is_divided_by_its_clips():
    network = {
        "first": Layer("convolution", ("image",), np.ones((2, 3, 1, 1), np.float32), None, True),
        "wide": Layer("depthwise", ("first",), np.ones((2, 1, 1, 3, 3), np.float32)),
        "last": Layer("convolution", ("wide",), np.ones((2, 2, 1, 1), np.float32)),
    }
    first = sample(RNG.uniform(-1, 1, (500, 2)) * (4.0, 16.0))
    wide = sample(RNG.uniform(-9, 9, (500, 2)))
    scales, ranges = choose_scales(network, {"first": first, "wide": wide})
    np.testing.assert_allclose(scales["first"], find_clips(first.rectified()), rtol=1e-3)
    assert ranges["first"] == (0.0, 1.0)
    low, high = ranges["wide"]
    assert low < 0 < high
    assert set(scales) == set(ranges) == {"first", "wide"}
