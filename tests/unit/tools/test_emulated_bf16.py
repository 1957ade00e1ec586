"""bf16 without a processor that has it: values with 8 bits of mantissa, where layers have them."""

import numpy as np
import openvino
import pytest

from tf_pose.engines.quantization.layers import Layer
from tf_pose.engines.quantization.openvino_model import build_model
from tools.emulated_bf16 import emulate_bf16, round_to_bf16

RNG = np.random.default_rng(4)


def nearest(values):
    """The same by the bits: a bf16 is the upper half of an f32."""
    bits = np.asarray(values, np.float32).view(np.uint32).astype(np.uint64)
    upper = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return upper.astype(np.uint32).view(np.float32)


def layer(kind, source, weights, **options):
    once = {"strides": [1, 1], "dilations": [1, 1], "auto_pad": "explicit"}
    pads = {"pads_begin": [0, 0], "pads_end": [0, 0]}
    return Layer(kind, (source,), weights.astype(np.float32), attributes=once | pads, **options)


def run(network, image, ranges, rounded):
    height, width = image.shape[:2]
    model = build_model(network, (1, height, width), ranges, rounded, list(network))
    emulate_bf16(model)
    request = openvino.Core().compile_model(model, "CPU").create_infer_request()
    request.infer([image[None].astype(np.float32)])
    return [np.array(tensor.data)[0] for tensor in request.output_tensors]


def test_values_are_rounded_to_the_nearest_bf16():
    values = np.concatenate([RNG.normal(0, scale, 2000) for scale in (1e-6, 1, 300)])
    np.testing.assert_array_equal(round_to_bf16(values.astype(np.float32)), nearest(values))
    ties = np.array([1 + 2**-8, 1 + 3 * 2**-8, -1 - 2**-8, 0], np.float32)
    np.testing.assert_array_equal(round_to_bf16(ties), nearest(ties))


@pytest.fixture
def network():
    bias = RNG.normal(0, 1, 32).astype(np.float32)
    return {
        "first": layer("convolution", "image", RNG.normal(0, 1, (32, 3, 1, 1)), bias=bias),
        "wide": layer("depthwise", "first", RNG.normal(0, 1, (32, 1, 1, 1, 1))),
        "last": layer("convolution", "wide", RNG.normal(0, 1, (8, 32, 1, 1))),
    }


def test_weights_bias_and_results_are_rounded_and_sums_are_not(network):
    image = RNG.integers(0, 256, (4, 4, 3))
    first, wide, last = run(network, image, {}, set())
    pixels = image.transpose(2, 0, 1)
    weights = {name: nearest(one.kernel) for name, one in network.items()}
    bias = nearest(network["first"].bias)[:, None, None]
    sums = np.einsum("oi,ihw->ohw", weights["first"][:, :, 0, 0], pixels) + bias
    # A sum that is next to a tie may fall on its other side, by the order of additions.
    np.testing.assert_allclose(first, nearest(sums), rtol=2**-7)
    assert np.mean(first == nearest(sums)) > 0.9
    np.testing.assert_array_equal(wide, nearest(weights["wide"][:, 0, 0] * first))
    sums = np.einsum("oi,ihw->ohw", weights["last"][:, :, 0, 0], wide)
    np.testing.assert_allclose(last, nearest(sums), rtol=2**-7, atol=1e-3)
    assert np.mean(last == nearest(sums)) > 0.9


def test_layers_in_integers_are_left_as_they_are(network):
    image = RNG.integers(0, 256, (4, 4, 3))
    _, wide, last = run(network, image, {"wide": (-1000.0, 1000.0)}, {"last"})
    step = 2000 / 255
    rounded = np.round(np.clip(wide, -1000, 1000) / step) * step
    sums = np.einsum("oi,ihw->ohw", network["last"].kernel[:, :, 0, 0], rounded)
    assert np.abs(last - sums).mean() < 0.05 * np.abs(sums).mean()
    assert np.mean(last == nearest(last)) < 0.1
