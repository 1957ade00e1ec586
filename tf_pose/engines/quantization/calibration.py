"""Measures the numbers that the recipe needs, on calibration images; needs no truth.

Scales and ranges are chosen by the error of each layer (channel_scales.py). Then biases are
corrected, one layer after the other with all before it corrected, by the mean error that is left
(as in Nagel et al., "Data-Free Quantization through Weight Equalization and Bias Correction",
ICCV 2019).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tf_pose.engines.quantization.channel_scales import Sample, choose_scales
from tf_pose.engines.quantization.layers import IMAGE, Floats, Network, Range, part_before
from tf_pose.engines.quantization.recipe import (
    Numbers,
    correct_biases,
    rounded_layers,
    scale_channels,
)
from tf_pose.engines.quantization.restructure import drop_dead_channels

Image = NDArray[np.uint8]
Progress = Callable[[str, int, int], None]  # what is being measured, how much of how much

PLACES = 24  # at which a layer's result is sampled, for each image
CORRECTION_IMAGES = 24  # about so many


class Runner(Protocol):
    """Runs a network on an image, and gives what the named layers give before their ReLU."""

    def __call__(
        self,
        network: Network,
        names: Sequence[str],
        ranges: Mapping[str, Range] = ...,
        rounded: Collection[str] = ...,
    ) -> Callable[[Image], list[Floats]]:
        """
        :param ranges: of what is rounded, by layer; none for a network in floating point.
        :param rounded: the layers that compute in integers.
        """


def calibrate(
    network: Network, images: Sequence[Image], run: Runner, graph_sha256: str, progress: Progress
) -> Numbers:
    """The numbers for this network, measured on images of people, (H, W, 3) BGR."""
    progress("scales", 0, 1)
    scales, ranges = find_scales(network, images, run)
    rounded = rounded_layers(network)
    ranges = needed_ranges(network, ranges, rounded)
    scaled = drop_dead_channels(scale_channels(network, scales))
    corrections = find_corrections(scaled, images, run, ranges, rounded, progress)
    return Numbers(graph_sha256, scales, ranges, corrections)


def find_scales(
    network: Network, images: Sequence[Image], run: Runner
) -> tuple[dict[str, Floats], dict[str, Range]]:
    """Scales and ranges as if every layer were rounded."""
    names = [name for name, layer in network.items() if layer.relu or layer.kind == "depthwise"]
    return choose_scales(network, sample_results(network, names, images, run))


def sample_results(
    network: Network, names: Sequence[str], images: Sequence[Image], run: Runner
) -> dict[str, Sample]:
    """What these layers give before their ReLU, at PLACES of each image, and their extremes."""
    rng = np.random.default_rng(3)
    runner = run(network, names)
    found: dict[str, list[Sample]] = {name: [] for name in names}
    for image in images:
        for name, values in zip(names, runner(image), strict=True):
            flat = values[0].reshape(values.shape[1], -1)
            places = rng.choice(flat.shape[1], min(PLACES, flat.shape[1]), replace=False)
            found[name].append(Sample(flat[:, places].T, flat.min(axis=1), flat.max(axis=1)))
    return {
        name: Sample(
            np.concatenate([one.values for one in each]),
            np.min([one.low for one in each], axis=0),
            np.max([one.high for one in each], axis=0),
        )
        for name, each in found.items()
    }


def needed_ranges(
    network: Network, ranges: Mapping[str, Range], rounded: Collection[str]
) -> dict[str, Range]:
    """The ranges of what rounded layers read, and of what is joined to be read by them."""
    read = {source for name in rounded for source in network[name].inputs} - {IMAGE}
    for name in [name for name in read if network[name].kind == "concat"]:
        for source in network[name].inputs:
            pool = network[source].kind == "pool"
            read.add(network[source].inputs[0] if pool else source)
    return {name: ranges[name] for name in network if name in read}


def _few_alike(images: Sequence[Image]) -> list[Image]:
    """Some images of the most common size: a mean needs no more, and each size is compiled."""
    (shape, _), *_ = Counter(image.shape for image in images).most_common(1)
    alike = [image for image in images if image.shape == shape]
    return alike[:: max(1, len(alike) // CORRECTION_IMAGES)]


def find_corrections(
    network: Network,
    images: Sequence[Image],
    run: Runner,
    ranges: Mapping[str, Range],
    rounded: Collection[str],
    progress: Progress,
) -> dict[str, Floats]:
    """How much rounding lowers each channel on average: layer by layer, each with those before."""
    few = _few_alike(images)
    names = [name for name, layer in network.items() if layer.bias is not None and name in rounded]
    exact = _means(run(network, names), few)
    corrections: dict[str, Floats] = {}
    for k, name in enumerate(names):
        progress("corrections", k, len(names))
        part = part_before(correct_biases(network, corrections), name)
        (mean,) = _means(run(part, [name], ranges, rounded), few)
        corrections[name] = (exact[k] - mean).astype(np.float16).astype(np.float32)
    return corrections


def _means(run: Callable[[Image], list[Floats]], images: Sequence[Image]) -> list[Floats]:
    """The mean of each channel of what a runner gives."""
    means = [[values.mean(axis=(0, 2, 3)) for values in run(image)] for image in images]
    return [np.mean(one, axis=0, dtype=np.float32) for one in zip(*means, strict=True)]
