"""Measures the numbers that the recipe needs, on calibration images; needs no truth.

Scales (before a depthwise convolution every channel gets the same range, which costs nothing, as
its weights are rounded for each channel; elsewhere activations and weights share the differences,
as in Xiao et al., "SmoothQuant", ICML 2023, and Nagel et al., "Data-Free Quantization through
Weight Equalization and Bias Correction", ICCV 2019), ranges, and corrections of biases, one layer
after the other with all before it corrected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tf_pose.engines.quantization.layers import (
    IMAGE,
    Floats,
    Network,
    divide_result,
    part_before,
    readers,
)
from tf_pose.engines.quantization.recipe import Numbers, correct_biases, rounded_layers

Image = NDArray[np.uint8]
Progress = Callable[[str, int, int], None]  # what is being measured, how much of how much

# How much of a channel's size is taken out of the activations; the rest stays for the weights.
POINTWISE_SHARE, LAYERS_SHARE = 0.6, 0.5
CORRECTION_IMAGES = 24  # about so many
SMALLEST = 1e-3  # a channel that is never larger is not made larger


class Runner(Protocol):
    """Runs a network on an image, and gives what the named layers give before their ReLU."""

    def __call__(
        self, network: Network, names: Sequence[str], numbers: Numbers | None
    ) -> Callable[[Image], list[Floats]]: ...


@dataclass(slots=True)
class Extremes:
    """The least and the greatest value of each channel."""

    low: Floats
    high: Floats


def calibrate(
    network: Network, images: Sequence[Image], run: Runner, graph_sha256: str, progress: Progress
) -> Numbers:
    """The numbers for this network, measured on images of people, (H, W, 3) BGR."""
    scaled = dict(network)
    scales: dict[str, Floats] = {}
    progress("scales", 0, 2)
    _scale(scaled, scales, _rectified(scaled), images, run, _scale_rectified)
    progress("scales", 1, 2)
    depthwise = [name for name, layer in scaled.items() if layer.kind == "depthwise"]
    _scale(scaled, scales, depthwise, images, run, _scale_depthwise)
    # Rounded as they will be kept, so that ranges and corrections fit them.
    scales = {name: scale.astype(np.float16).astype(np.float32) for name, scale in scales.items()}
    scaled = dict(network)
    for name, scale in scales.items():
        divide_result(scaled, name, scale)
    progress("ranges", 0, 1)
    ranges = find_ranges(scaled, images, run)
    numbers = Numbers(graph_sha256, scales, ranges, {})
    few = _few_alike(images)
    return replace(numbers, corrections=_find_corrections(scaled, few, run, numbers, progress))


def _few_alike(images: Sequence[Image]) -> list[Image]:
    """Some images of the most common size: a mean needs no more, and each size is compiled."""
    (shape, _), *_ = Counter(image.shape for image in images).most_common(1)
    alike = [image for image in images if image.shape == shape]
    return alike[:: max(1, len(alike) // CORRECTION_IMAGES)]


def _rectified(network: Network) -> list[str]:
    return [name for name, layer in network.items() if layer.relu]


def _scale(
    network: Network,
    scales: dict[str, Floats],
    names: Sequence[str],
    images: Sequence[Image],
    run: Runner,
    choose: Callable[[Network, str, Extremes], Floats],
) -> None:
    extremes = find_extremes(network, names, images, run)
    for name in names:
        scale = choose(network, name, extremes[name]).astype(np.float32)
        scales[name] = scale
        divide_result(network, name, scale)


def _scale_rectified(network: Network, name: str, extremes: Extremes) -> Floats:
    high = np.maximum(extremes.high, SMALLEST)
    (_, reader), *others = readers(network, name)
    if others or reader.kind != "convolution":  # a depthwise one, perhaps after a pool or a concat
        return high
    scale = high**LAYERS_SHARE / _weight_sizes(reader.kernel) ** (1 - LAYERS_SHARE)
    return np.asarray(scale, np.float32)


def _scale_depthwise(network: Network, name: str, extremes: Extremes) -> Floats:
    size = np.maximum(np.maximum(-extremes.low, extremes.high), SMALLEST)
    ((_, reader),) = readers(network, name)
    scale = size**POINTWISE_SHARE / _weight_sizes(reader.kernel) ** (1 - POINTWISE_SHARE)
    return np.asarray(scale / np.exp(np.log(scale).mean()), np.float32)


def _weight_sizes(weights: Floats) -> Floats:
    """How large the weights of each input channel are, at most."""
    return np.maximum(np.abs(weights).max(axis=(0, 2, 3)), 1e-6)


def find_extremes(
    network: Network, names: Sequence[str], images: Sequence[Image], run: Runner
) -> dict[str, Extremes]:
    """The extremes of what these layers give, before their ReLU."""
    runner = run(network, names, None)
    found: dict[str, Extremes] = {}
    for image in images:
        for name, values in zip(names, runner(image), strict=True):
            low, high = values.min(axis=(0, 2, 3)), values.max(axis=(0, 2, 3))
            known = found.setdefault(name, Extremes(low, high))
            known.low, known.high = np.minimum(known.low, low), np.maximum(known.high, high)
    return found


def find_ranges(
    network: Network, images: Sequence[Image], run: Runner
) -> dict[str, tuple[float, float]]:
    """The range of everything that a rounded layer reads, with an exact zero in it."""
    rounded = rounded_layers(network)
    read = {source for name in rounded for source in network[name].inputs} - {IMAGE}
    names = [name for name in network if name in read]
    ranges = {}
    for name, extremes in find_extremes(network, names, images, run).items():
        low, high = float(extremes.low.min()), float(extremes.high.max())
        if network[name].relu or network[name].kind == "concat":
            low = 0.0
        step = (high - min(low, 0.0)) / 255
        below = round(-min(low, 0.0) / step)
        ranges[name] = (-below * step, (255 - below) * step)
    return _share_ranges(network, ranges)


def _share_ranges(
    network: Network, ranges: dict[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """Give what is joined the range of the whole: bytes in one unit are joined as they are."""
    shared = dict(ranges)
    for name, layer in network.items():
        if layer.kind == "concat" and name in ranges:
            for source in layer.inputs:
                pool = network[source].kind == "pool"
                shared[network[source].inputs[0] if pool else source] = ranges[name]
    return shared


def _find_corrections(
    network: Network, images: Sequence[Image], run: Runner, numbers: Numbers, progress: Progress
) -> dict[str, Floats]:
    """How much rounding lowers each channel on average: layer by layer, each with those before."""
    rounded = rounded_layers(network)
    names = [name for name, layer in network.items() if name in rounded and layer.bias is not None]
    exact = _means(run(network, names, None), images)
    corrections: dict[str, Floats] = {}
    for k, name in enumerate(names):
        progress("corrections", k, len(names))
        part = part_before(correct_biases(network, corrections), name)
        (mean,) = _means(run(part, [name], numbers), images)
        corrections[name] = (exact[k] - mean).astype(np.float16).astype(np.float32)
    return corrections


def _means(run: Callable[[Image], list[Floats]], images: Sequence[Image]) -> list[Floats]:
    """The mean of each channel of what a runner gives."""
    means = [[values.mean(axis=(0, 2, 3)) for values in run(image)] for image in images]
    return [np.mean(one, axis=0) for one in zip(*means, strict=True)]
