"""8-bit weights give the same on a processor that adds two products in 16 bits."""

from pathlib import Path

import numpy as np
import openvino
import pytest

from tf_pose.engines.openvino import quantize
from tf_pose.engines.quantization.layers import Layer
from tf_pose.engines.quantization.openvino_model import build_model
from tf_pose.engines.quantization.recipe import rounded_layers
from tf_pose.engines.quantization.weight_ranges import WEIGHT_STEPS, largest_weights
from tf_pose.networks import get_graph_path


def pointwise(*rows):
    return np.array(rows, np.float32)[:, :, None, None]


def ends(weights):
    return largest_weights(weights).reshape(-1)


def layer(kind, source, weights):
    once = {"strides": [1, 1], "dilations": [1, 1], "auto_pad": "explicit"}
    pads = {"pads_begin": [0, 0], "pads_end": [0, 0]}
    return Layer(kind, (source,), weights, attributes=once | pads)


def worst_sums(weights):
    """The greatest sum of two neighbouring channels' products with 255, of either sign."""
    steps = np.round(weights / largest_weights(weights) * WEIGHT_STEPS)
    pairs = np.pad(steps, ((0, 0), (0, steps.shape[1] % 2), (0, 0), (0, 0)))
    pairs = pairs.reshape(len(steps), -1, 2, *steps.shape[2:])
    return [255 * np.maximum(sign * pairs, 0).sum(axis=2).max() for sign in (1, -1)]


def test_neighbours_of_one_sign_share_the_range():
    assert ends(pointwise([3, 2, 0, 1], [-3, -2, 0, 1])) == pytest.approx([5, 5])


def test_neighbours_of_two_signs_and_others_do_not():
    assert ends(pointwise([3, -2, 0, 1], [0, 3, 3, 0], [0, 0, 0, -4])) == pytest.approx([3, 3, 4])


def test_a_last_channel_without_a_neighbour_has_the_range_for_itself():
    assert ends(pointwise([1, 1, 7])) == pytest.approx([7])


def test_each_place_of_a_kernel_is_summed_by_itself():
    weights = np.zeros((1, 2, 1, 2), np.float32)
    weights[0, :, 0] = [[1, 4], [2, -3]]
    assert ends(weights) == pytest.approx([4])


def test_depthwise_weights_have_no_neighbours():
    weights = np.ones((4, 1, 1, 3, 3), np.float32)
    assert ends(weights) == pytest.approx([1, 1, 1, 1])


def test_a_channel_without_weights_has_a_range():
    assert ends(pointwise([0, 0])) > 0


@pytest.mark.parametrize("channels", [7, 64])
def test_no_sum_is_over_16_bits(channels):
    weights = np.random.default_rng(channels).normal(0, 1, (50, channels, 1, 1)).astype(np.float32)
    assert max(worst_sums(weights)) <= np.iinfo(np.int16).max


def test_no_sum_of_the_network_is_over_16_bits():
    network, _ = quantize(Path(get_graph_path("mobilenet_thin")))
    kernels = [network[name].kernel for name in rounded_layers(network)]
    assert max(max(worst_sums(one)) for one in kernels if one.ndim == 4) <= 32767


def test_this_processor_does_not_cut_the_largest_sums_off():
    """What it did with AVX2 alone: both products fit, and their sum did not."""
    weights = pointwise(*[[1.0] * 32] * 32)
    same = np.ones((32, 1, 1, 1, 1), np.float32)
    network = {
        "first": layer("convolution", "image", pointwise(*[[1.0] * 3] * 32)),
        "wide": layer("depthwise", "first", same),
        "last": layer("convolution", "wide", weights),
    }
    model = build_model(network, (1, 16, 16), {"wide": (0.0, 255.0)}, {"last"}, ["last"])
    request = openvino.Core().compile_model(model, "CPU").create_infer_request()
    request.infer([np.full((1, 16, 16, 3), 85, np.float32)])
    np.testing.assert_allclose(request.output_tensors[0].data, 32 * 255, rtol=0.01)
