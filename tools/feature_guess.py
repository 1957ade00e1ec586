"""What the fitting of shared features begins with: least squares, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tf_pose.engines.quantization.layers import Floats, Network
from tf_pose.engines.quantization.openvino_runner import compile_runner
from tf_pose.engines.quantization.shared_features import (
    STAGES,
    SharedFeatures,
    depthwise_name,
    feature_layers,
)
from tools.calibration_images import Image


def first_guess(
    network: Network, images: Sequence[Image], graph_sha256: str, places: int = 300
) -> SharedFeatures:
    """Kernels that are nearest to those they replace, and the weights of least squares for them.

    :param places: at which each image is sampled.
    """
    depthwise: Network = {}
    alone: Network = {}  # each branch's features, without maps and bias
    sources: dict[str, str] = {}
    for stage in STAGES:
        shared, names = depthwise_name(stage), feature_layers(stage)
        layer = network[f"{names[0]}.depthwise"]
        depthwise[shared] = replace(layer, weights=_nearest_kernel(network, names))
        for name in names:
            alone[name] = replace(network[name], bias=None, added=None)
            sources[name] = shared
    samples = _sample(network | depthwise | alone, [*depthwise, *alone], images, places)
    weights, biases = {}, {}
    for name, shared in sources.items():
        bias = network[name].bias
        assert bias is not None
        weights[name], change = _least_squares(samples[shared], samples[name])
        biases[name] = bias + change
    kernels = {name: layer.kernel for name, layer in depthwise.items()}
    return SharedFeatures(graph_sha256, kernels, weights, biases)


def _nearest_kernel(network: Network, names: Sequence[str]) -> Floats:
    """For each channel the kernel, up to a factor, that is nearest to those of these branches."""
    weighted = [
        network[f"{name}.depthwise"].kernel[:, 0, 0].reshape(-1, 9)
        * np.linalg.norm(network[name].kernel[:, :, 0, 0], axis=0)[:, None]
        for name in names
    ]
    nearest = np.linalg.svd(np.stack(weighted, axis=1), full_matrices=False)[2][:, 0]
    return np.asarray(nearest.reshape(-1, 1, 1, 3, 3), np.float32)


def _sample(
    network: Network, names: Sequence[str], images: Sequence[Image], places: int
) -> dict[str, Floats]:
    """What layers give at the same random places, (n, channels)."""
    rng = np.random.default_rng(1)
    run = compile_runner(network, names)
    found: dict[str, list[Floats]] = {name: [] for name in names}
    for image in images:
        results = [values[0].reshape(values.shape[1], -1) for values in run(image)]
        count = results[0].shape[1]
        chosen = rng.choice(count, min(places, count), replace=False)
        for name, values in zip(names, results, strict=True):
            found[name].append(values[:, chosen].T)
    return {name: np.concatenate(values) for name, values in found.items()}


def _least_squares(given: Floats, wanted: Floats) -> tuple[Floats, Floats]:
    """Weights (out, in, 1, 1) and biases (out,) that give what is wanted, a little damped."""
    mean_given, mean_wanted = given.mean(axis=0), wanted.mean(axis=0)
    x, y = (given - mean_given).astype(np.float64), (wanted - mean_wanted).astype(np.float64)
    square = x.T @ x / len(x)
    size = np.diag(square)
    damped = square + np.diag(1e-4 * size + 1e-10 * size.mean())
    found = np.linalg.solve(damped, x.T @ y / len(x)).T.astype(np.float32)
    return found[:, :, None, None], (mean_wanted - found @ mean_given).astype(np.float32)
