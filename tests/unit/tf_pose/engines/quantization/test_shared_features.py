"""Shared depthwise convolutions stand where each branch had its own, and change the maps little."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.registry import MODELS
from tf_pose.engines.openvino import read_layers
from tf_pose.engines.quantization.openvino_runner import compile_runner
from tf_pose.engines.quantization.shared_features import (
    STAGES,
    SharedFeatures,
    depthwise_name,
    feature_layers,
    load_shared_features,
    share_features,
)
from tf_pose.errors import EngineUnavailable
from tf_pose.networks import get_graph_path

SHARED = [depthwise_name(stage) for stage in STAGES]


@pytest.fixture(scope="module")
def network():
    return read_layers(Path(get_graph_path("mobilenet_thin")))


def test_every_branch_reads_the_depthwise_convolution_of_its_stages(network):
    changed = share_features(network, load_shared_features())
    seen = {"image"}
    for name, layer in changed.items():
        assert seen.issuperset(layer.inputs), f"{name} before what it reads"
        seen.add(name)
    assert len(changed) == len(network) - 8 + len(STAGES)
    for stage, shared in zip(STAGES, SHARED, strict=True):
        assert changed[shared].inputs == ("concat0",)
        assert all(changed[name].inputs == (shared,) for name in feature_layers(stage))


def test_branches_that_had_the_same_kernels_give_the_same(network, balancer):
    names = [name for stage in STAGES for name in feature_layers(stage)]
    kernel = network[f"{names[0]}.depthwise"].kernel
    alike = {f"{name}.depthwise": network[f"{name}.depthwise"] for name in names}
    same = {**network, **{name: replace(layer, weights=kernel) for name, layer in alike.items()}}
    shared = SharedFeatures(
        "abc",
        dict.fromkeys(SHARED, kernel),
        {name: network[name].kernel for name in names},
        {name: network[name].bias for name in names},
    )
    image = cv2.resize(balancer, (96, 136))
    (before,), (after,) = (
        compile_runner(one, None)(image) for one in (same, share_features(same, shared))
    )
    np.testing.assert_allclose(after, before, atol=1e-5)


def test_the_kept_weights_change_maps_by_hundredths(network, balancer):
    exact = compile_runner(network, None)
    shared = compile_runner(share_features(network, load_shared_features()), None)
    image = cv2.resize(balancer, (192, 256))
    (before,), (after,) = exact(image), shared(image)
    assert 0 < np.sqrt(((after - before) ** 2).mean()) < 0.015
    assert before[..., :18].max() > 0.5 and np.abs(after - before).max() < 0.3


def test_weights_are_of_the_graph_in_the_registry():
    assert load_shared_features().graph_sha256 == MODELS["mobilenet_thin"].sha256


def test_weights_of_another_network_are_refused(network):
    shared = load_shared_features()
    other = {**shared.weights, "stage3.features1": shared.weights["stage3.features1"][1:]}
    with pytest.raises(EngineUnavailable, match=r"of this network, none of stage3\.features1"):
        share_features(network, replace(shared, weights=other))


def test_weights_are_read_as_they_were_written(tmp_path):
    values = np.array([0.5, 2.0], np.float32)
    written = SharedFeatures("abc", {"a": values}, {"b": values / 4}, {"c": values / 8})
    written.save(tmp_path / "features.npz")
    assert load_shared_features(tmp_path / "features.npz").graph_sha256 == "abc"
    read = load_shared_features(tmp_path / "features.npz")
    np.testing.assert_array_equal(read.kernels["a"], values)
    np.testing.assert_array_equal(read.weights["b"], values / 4)
    np.testing.assert_array_equal(read.biases["c"], values / 8)
