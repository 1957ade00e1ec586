"""One depthwise convolution of the backbone's features in each stage instead of two.

Each stage has two branches, and each of these a depthwise convolution of its own for all 864
channels of features: all eight are a quarter of a call in integers. Here both branches read one.
What reads it has other weights, which were fitted so that the maps stay the same as nearly as can
be (tools/fit_features.py): distillation, as in Hinton, Vinyals and Dean, "Distilling the Knowledge
in a Neural Network", 2015. All other weights are those of the frozen graph.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tf_pose.engines.quantization.kept_arrays import read_arrays, write_arrays
from tf_pose.engines.quantization.layers import Floats, Network
from tf_pose.errors import EngineUnavailable

STAGES = (1, 2, 3, 4)
KINDS = ("kernels", "weights", "biases")
PATH = Path(__file__).with_name("shared_features.npz")


@dataclass(frozen=True, slots=True)
class SharedFeatures:
    """Kernels (channels, 1, 1, 3, 3) of the shared depthwise convolutions, and weights (out,
    channels, 1, 1) and biases (out,) of the pointwise ones that read them, by layer."""

    graph_sha256: str
    kernels: dict[str, Floats]
    weights: dict[str, Floats]
    biases: dict[str, Floats]

    def save(self, path: Path = PATH) -> None:
        """Write them as half floats: they are rounded to bytes before they are used."""
        halves = {
            kind: {name: values.astype(np.float16) for name, values in getattr(self, kind).items()}
            for kind in KINDS
        }
        write_arrays(path, self.graph_sha256, halves)


def load_shared_features(path: Path = PATH) -> SharedFeatures:
    """The weights as `SharedFeatures.save` wrote them."""
    graph_sha256, found = read_arrays(path, KINDS)
    return SharedFeatures(graph_sha256, **found)


def depthwise_name(stage: int) -> str:
    """The name of the depthwise convolution that a stage's branches share."""
    return f"stage{stage}.features.depthwise"


def feature_layers(stage: int) -> list[str]:
    """The names of a stage's pointwise convolutions of features."""
    return [f"stage{stage}.features{branch}" for branch in (0, 1)]


def share_features(network: Network, shared: SharedFeatures) -> Network:
    """The restructured network with these depthwise convolutions and weights.

    :raises EngineUnavailable: they are another network's.
    """
    stages = {name: stage for stage in STAGES for name in feature_layers(stage)}
    changed: Network = {}
    for name, layer in network.items():
        owner = name.removesuffix(".depthwise")
        if owner not in stages:
            changed[name] = layer
            continue
        depthwise = depthwise_name(stages[owner])
        if name == owner:
            weights, bias = shared.weights.get(name), shared.biases.get(name)
            if weights is None or bias is None or weights.shape != layer.kernel.shape:
                raise EngineUnavailable(f"expected shared features of this network, none of {name}")
            changed[name] = replace(layer, inputs=(depthwise,), weights=weights, bias=bias)
        elif depthwise not in changed:
            changed[depthwise] = replace(layer, weights=shared.kernels[depthwise])
    return changed
