"""What is rewritten for integers computes the same as the frozen graph."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import openvino
import pytest

from tf_pose.engines import open_engine
from tf_pose.engines.openvino import quantize, read_layers
from tf_pose.engines.quantization.layers import divide_result
from tf_pose.engines.quantization.openvino_model import build_model
from tf_pose.engines.quantization.recipe import STAGE, rounded_layers, scale_channels
from tf_pose.engines.quantization.restructure import drop_dead_channels
from tf_pose.engines.quantization.shared_features import load_shared_features, share_features
from tf_pose.networks import get_graph_path

GRAPH = Path(get_graph_path("mobilenet_thin"))
SHAPE = (1, 136, 96)


@pytest.fixture(scope="module")
def network():
    return read_layers(GRAPH)


@pytest.fixture(scope="module")
def batch(balancer):
    return cv2.resize(balancer, (SHAPE[2], SHAPE[1]))[None].astype(np.float32)


@pytest.fixture(scope="module")
def expected(batch):
    return open_engine("openvino", GRAPH, threads=1, precision="f32").run(batch, STAGE)


def run(network, batch, ranges=None, rounded=()):
    model = build_model(network, SHAPE, ranges or {}, rounded)
    compiled = openvino.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return compiled([batch])[0]


def test_the_restructured_network_computes_the_same(network, batch, expected):
    assert np.abs(run(network, batch) - expected).max() < 1e-4
    assert expected[..., :18].max() > 0.3


def test_two_branches_side_by_side_are_two_groups(network):
    """Half of what they would compute as one is zeros."""
    model = build_model(network, SHAPE, {}, ())
    groups = [
        node.input_value(1).get_shape()[0]
        for node in model.get_ordered_ops()
        if node.get_type_name() == "GroupConvolution"
    ]
    assert groups.count(2) == 4 * 3  # layers 1, 3 and 4 of each stage; 5 gives maps


def test_no_depthwise_convolution_of_one_pixel_is_left(network):
    sides = {n.kernel.shape[-1] for n in network.values() if n.kind == "depthwise"}
    assert sides == {3}


def test_channels_that_no_image_makes_positive_are_left_out(network, batch):
    """They gave 0 everywhere, so the network computes the same without them."""
    smaller = drop_dead_channels(network)
    assert len(smaller["convolution0"].kernel) == len(smaller["depthwise0"].kernel) == 14
    assert smaller["convolution1"].kernel.shape[:2] == (48, 14)
    dark, bright = np.zeros_like(batch), np.full_like(batch, 255)
    for image in (batch, dark, bright):
        assert np.abs(run(smaller, image) - run(network, image)).max() < 1e-5


def test_a_channel_that_some_image_makes_positive_is_kept(network):
    first = network["convolution0"]
    weights = first.kernel.copy()
    weights[3, 0, 1, 1] = 0.01  # times 255 that is more than its bias takes away
    changed = network | {"convolution0": replace(first, weights=weights)}
    assert len(drop_dead_channels(changed)["convolution0"].kernel) == 15


def test_other_units_in_the_channels_change_nothing(network, batch, expected):
    rng = np.random.default_rng(0)
    scaled = dict(network)
    for name, layer in network.items():
        if layer.relu or layer.kind == "depthwise":
            divide_result(scaled, name, rng.uniform(0.5, 2.0, len(layer.kernel)).astype(np.float32))
    assert np.abs(run(scaled, batch) - expected).max() < 1e-3


def test_the_kept_scales_change_nothing(network, batch):
    _, numbers = quantize(GRAPH)
    shared = share_features(network, load_shared_features())
    scaled = scale_channels(shared, numbers.scales)
    assert np.abs(run(scaled, batch) - run(shared, batch)).max() < 1e-3


def test_rounding_changes_the_maps_a_little(batch, expected):
    network, numbers = quantize(GRAPH)
    rounded = run(network, batch, numbers.ranges, rounded_layers(network))
    off = np.abs(rounded - expected)
    assert 0.001 < off.mean() < 0.05
