"""Reads the pose network from OpenVINO into layers, and makes OpenVINO's models of layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import openvino
from numpy.typing import NDArray
from openvino import opset13
from openvino._offline_transformations import apply_moc_transformations

from tf_pose.engines.quantization.layers import IMAGE, Layer, Network, Range
from tf_pose.engines.quantization.restructure import fold_factors, merge_branches
from tf_pose.engines.quantization.weight_ranges import WEIGHT_STEPS, largest_weights
from tf_pose.errors import EngineUnavailable

ACTIVATION_LEVELS, WEIGHT_LEVELS = 256, 2 * WEIGHT_STEPS + 1
CHANNELS_TOGETHER = 16  # in one register of 512 bits

_KINDS = {
    "Convolution": "convolution",
    "GroupConvolution": "depthwise",
    "MaxPool": "pool",
    "Concat": "concat",
}
_ATTRIBUTES = {
    "convolution": ("strides", "pads_begin", "pads_end", "dilations", "auto_pad"),
    "depthwise": ("strides", "pads_begin", "pads_end", "dilations", "auto_pad"),
    "pool": (
        "strides",
        "dilations",
        "pads_begin",
        "pads_end",
        "kernel",
        "rounding_type",
        "auto_pad",
    ),
}


def read_network(model: Any) -> Network:
    """The layers of a model that the frontend gave, restructured; the model is changed.

    :raises EngineUnavailable: it is made of other operations than we know.
    """
    model.reshape([1, 256, 256, 3])
    apply_moc_transformations(model, False)  # joins batch normalisation with the weights
    network: Network = {}
    known: dict[str, str] = {}  # layers by the names of OpenVINO's nodes
    count: Counter[str] = Counter()
    for node in model.get_ordered_ops():
        kind = node.get_type_name()
        sources = [value.get_source_output().get_node() for value in node.inputs()]
        if kind == "Constant" or kind == "Result":
            continue
        if kind == "Parameter":
            name = IMAGE
        elif kind in ("Transpose", "Add", "Relu"):
            name = known[sources[0].get_friendly_name()]
            if kind == "Add":
                network[name] = replace(network[name], bias=_flat(sources[1]))
            if kind == "Relu":
                network[name] = replace(network[name], relu=True)
        elif kind in _KINDS:
            name = f"{_KINDS[kind]}{count[kind]}"
            count[kind] += 1
            network[name] = _read_layer(node, _KINDS[kind], sources, known)
        else:
            raise EngineUnavailable(f"expected a pose network to quantise, found a {kind} in it")
        known[node.get_friendly_name()] = name
    return merge_branches(fold_factors(network))


def build_model(
    network: Network,
    shape: tuple[int, int, int],
    ranges: Mapping[str, Range],
    rounded: Collection[str],
    outputs: Iterable[str] | None = None,
) -> Any:
    """An OpenVINO model of layers for images (N, H, W, 3).

    :param ranges: of the layers' results, by their names.
    :param rounded: the layers that compute in integers; others do in floating point.
    :param outputs: whose results it gives, channels first and before the ReLU; when left out the
        last layer's, channels last.
    """
    builder = _Builder(network, ranges, rounded)
    image = opset13.parameter([*shape, 3], np.float32, name=IMAGE)
    builder.results[IMAGE] = opset13.transpose(image, _constant(np.array([0, 3, 1, 2])))
    for name, layer in network.items():
        builder.add(name, layer)
    if outputs is None:
        last = builder.results[next(reversed(network))]
        results = [opset13.result(opset13.transpose(last, _constant(np.array([0, 2, 3, 1]))))]
    else:
        results = [opset13.result(builder.sums[name]) for name in outputs]
    return openvino.Model(results, [image], "pose")


class _Builder:
    """The nodes that were made so far: layers' results, also rounded, and sums before a ReLU."""

    def __init__(
        self, network: Network, ranges: Mapping[str, Range], rounded: Collection[str]
    ) -> None:
        self._network = network
        self._ranges = ranges
        self._rounded = rounded
        self._rounded_results: dict[str, Any] = {}
        self.results: dict[str, Any] = {}
        self.sums: dict[str, Any] = {}

    def add(self, name: str, layer: Layer) -> None:
        """Make the nodes of a layer whose sources are there."""
        if layer.kind == "concat":
            result = self._join(name, layer)
        elif layer.kind == "pool":
            source = layer.inputs[0]
            given = self._round(source) if source in self._ranges else self.results[source]
            result = opset13.max_pool(given, **_attributes(layer)).output(0)
        else:
            result = self._convolve(name, layer)
        self.sums.setdefault(name, result)
        self.results[name] = result

    def _convolve(self, name: str, layer: Layer) -> Any:
        rounded = name in self._rounded
        given = self._round(layer.inputs[0]) if rounded else self.results[layer.inputs[0]]
        kernel = layer.kernel if rounded else _in_groups(layer.kernel)
        weights = _round_weights(kernel) if rounded else _constant(kernel)
        operation = opset13.convolution if kernel.ndim == 4 else opset13.group_convolution
        result = operation(given, weights, **_attributes(layer))
        if layer.bias is not None:
            result = opset13.add(result, _constant(layer.bias.reshape(1, -1, 1, 1)))
        if layer.added:
            result = opset13.add(result, self.results[layer.added])
        self.sums[name] = result
        return opset13.relu(result) if layer.relu else result

    def _join(self, name: str, layer: Layer) -> Any:
        """Join rounded results where their range is known: bytes are joined faster."""
        if name not in self._ranges:
            return opset13.concat([self.results[one] for one in layer.inputs], 1)
        joined = opset13.concat([self._round(one) for one in layer.inputs], 1)
        self._rounded_results[name] = joined
        return joined

    def _round(self, name: str) -> Any:
        if self._network[name].kind == "pool":  # of what is rounded already
            return self.results[name]
        if name not in self._rounded_results:
            low, high = (np.float32(end) for end in self._ranges[name])
            rounded = _fake_quantize(self.results[name], low, high, ACTIVATION_LEVELS)
            self._rounded_results[name] = rounded
        return self._rounded_results[name]


def _read_layer(node: Any, kind: Any, sources: list[Any], known: dict[str, str]) -> Layer:
    weights = (
        np.array(sources[1].data, np.float32) if kind in ("convolution", "depthwise") else None
    )
    names = [known[one.get_friendly_name()] for one in sources if one.get_type_name() != "Constant"]
    return Layer(kind, tuple(names), weights, attributes=node.get_attributes())


def _attributes(layer: Layer) -> dict[str, Any]:
    names = {"kernel": "kernel_shape"}
    return {names.get(key, key): layer.attributes[key] for key in _ATTRIBUTES[layer.kind]}


def _flat(node: Any) -> NDArray[np.float32]:
    return np.array(node.data, np.float32).reshape(-1)


def _in_groups(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights of two branches side by side as those of two groups; any others as they are.

    Half of them are zeros. In floating point two groups take half the time, and in integers as much
    as one.
    """
    if weights.ndim != 4 or any(count % (2 * CHANNELS_TOGETHER) for count in weights.shape[:2]):
        return weights
    (first, above), (below, second) = (np.split(half, 2, axis=1) for half in np.split(weights, 2))
    return weights if above.any() or below.any() else np.stack([first, second])


def _round_weights(weights: NDArray[np.float32]) -> Any:
    """Weights in 255 steps, symmetric for each output channel."""
    most = largest_weights(weights)
    return _fake_quantize(_constant(weights), -most, most, WEIGHT_LEVELS)


def _fake_quantize(node: Any, low: Any, high: Any, levels: int) -> Any:
    low, high = _constant(low), _constant(high)
    return opset13.fake_quantize(node, low, high, low, high, levels)


def _constant(value: Any) -> Any:
    return opset13.constant(np.asarray(value))
