"""The kept numbers belong to the network that they are kept for."""

from pathlib import Path

import numpy as np
import pytest

from models.registry import MODELS
from tf_pose.engines.openvino import quantize, read_layers
from tf_pose.engines.quantization.recipe import (
    Numbers,
    load_numbers,
    rounded_layers,
    scale_channels,
)
from tf_pose.engines.quantization.shared_features import load_shared_features, share_features
from tf_pose.errors import EngineUnavailable
from tf_pose.networks import get_graph_path


@pytest.fixture(scope="module")
def network():
    network = read_layers(Path(get_graph_path("mobilenet_thin")))
    return share_features(network, load_shared_features())


def test_every_rounded_layer_has_a_range_for_what_it_reads(network):
    numbers = load_numbers()
    rounded = rounded_layers(network)
    assert len(rounded) > 35
    assert {source for name in rounded for source in network[name].inputs} <= numbers.ranges.keys()
    assert all(low <= 0 < high for low, high in numbers.ranges.values())


def test_the_numbers_are_of_the_graph_in_the_registry():
    assert load_numbers().graph_sha256 == MODELS["mobilenet_thin"].sha256


def test_numbers_of_another_network_are_refused(network):
    scales = load_numbers().scales
    with pytest.raises(EngineUnavailable, match="expected numbers for int8 of this network"):
        scale_channels(network, {**scales, "depthwise5": scales["depthwise5"][1:]})


def test_another_graph_is_refused(tmp_path):
    other = tmp_path / "other.pb"
    other.write_bytes(b"graph")
    with pytest.raises(EngineUnavailable, match=r"calibrated for, got other\.pb"):
        quantize(other)


def test_numbers_are_read_as_they_were_written(tmp_path):
    scales = {"layer": np.array([0.5, 2.0], np.float32)}
    corrections = {"layer": scales["layer"] / 64}
    numbers = Numbers("abc", scales, {"layer": (-0.5, 1.5)}, corrections)
    numbers.save(tmp_path / "numbers.npz")
    read = load_numbers(tmp_path / "numbers.npz")
    assert (read.graph_sha256, read.ranges) == ("abc", {"layer": (-0.5, 1.5)})
    np.testing.assert_array_equal(read.scales["layer"], scales["layer"])
    np.testing.assert_array_equal(read.corrections["layer"], corrections["layer"])


def test_the_biases_of_all_rounded_layers_are_corrected(network):
    with_bias = {name for name, layer in network.items() if layer.bias is not None}
    assert load_numbers().corrections.keys() == with_bias & rounded_layers(network)
