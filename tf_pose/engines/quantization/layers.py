"""The pose network as a list of layers in plain numpy, so that it can be rewritten exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Range = tuple[float, float]  # the least and the greatest value
Kind = Literal["convolution", "depthwise", "pool", "concat"]
IMAGE = "image"  # the name of what the first layer reads


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer and the names of what it reads.

    Weights are (out, in, height, width) of a convolution and (channels, 1, 1, height, width) of a
    depthwise one; bias (out,). `added` is a layer whose result is added before the ReLU.
    `attributes` are OpenVINO's: strides, pads, ….
    """

    kind: Kind
    inputs: tuple[str, ...]
    weights: Floats | None = None
    bias: Floats | None = None
    relu: bool = False
    added: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kernel(self) -> Floats:
        """The weights of a layer that has some."""
        assert self.weights is not None, f"a {self.kind} has no weights"
        return self.weights


Network = dict[str, Layer]  # by name, each after what it reads


def readers(network: Network, name: str) -> Iterator[tuple[str, Layer]]:
    """The layers that read this one's result, without those that only add it."""
    return ((other, layer) for other, layer in network.items() if name in layer.inputs)


def channels(network: Network, name: str) -> int:
    """How many channels a layer's result has."""
    layer = network[name]
    if layer.weights is not None:
        return len(layer.weights)
    return sum(channels(network, source) for source in layer.inputs)


def part_before(network: Network, name: str) -> Network:
    """The layers that this one needs, and itself."""
    needed = {name}
    for other in reversed(network):
        if other in needed:
            layer = network[other]
            needed |= {*layer.inputs, *([layer.added] if layer.added else [])}
    return {other: layer for other, layer in network.items() if other in needed}


def divide_result(network: Network, name: str, scale: Floats) -> None:
    """Divide each channel of a layer's result, and multiply it back in whatever reads it.

    The network computes the same: a ReLU and a maximum let a positive factor pass.
    """
    layer = network[name]
    shape = (-1, *(1,) * (layer.kernel.ndim - 1))
    bias = None if layer.bias is None else layer.bias / scale
    network[name] = replace(layer, weights=layer.kernel / scale.reshape(shape), bias=bias)
    if layer.added:
        other = network[layer.added]
        network[layer.added] = replace(other, weights=other.kernel / scale.reshape(-1, 1, 1, 1))
    _multiply_back(network, name, scale)


def _multiply_back(network: Network, name: str, scale: Floats) -> None:
    for other, layer in list(readers(network, name)):
        if layer.kind == "pool":
            _multiply_back(network, other, scale)
        elif layer.kind == "concat":
            parts = [
                scale if one == name else np.ones(channels(network, one), np.float32)
                for one in layer.inputs
            ]
            _multiply_back(network, other, np.concatenate(parts))
        else:
            shape = (-1, 1, 1, 1, 1) if layer.kind == "depthwise" else (1, -1, 1, 1)
            network[other] = replace(layer, weights=layer.kernel * scale.reshape(shape))
