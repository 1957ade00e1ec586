"""Chooses the units of channels, and the ranges of results, by the error that rounding leaves.

Before a depthwise convolution each channel is divided by the clip that rounds it best, which costs
nothing: its weights are rounded for each channel. Before a pointwise convolution activations and
weights share the differences between channels (as in Xiao et al., "SmoothQuant", ICML 2023); how
they share them, and where the range ends, is chosen for each layer by what the layer then answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from tf_pose.engines.quantization.layers import Floats, Layer, Network, Range, readers
from tf_pose.engines.quantization.weight_ranges import WEIGHT_STEPS, largest_weights

SMALLEST = 1e-3  # a channel that is never larger is not made larger
CHANNEL_CLIPS = np.linspace(1.0, 0.3, 15)  # of a channel's maximum
# How much of a channel's size is taken out of the activations; the rest stays for the weights.
SHARES = (0.4, 0.5, 0.6, 0.7, 0.8)
CLIPS = (1.0, 0.925, 0.85, 0.775, 0.7, 0.6)  # of the range of all that was seen
ACTIVATION_STEPS = 255


@dataclass(frozen=True, slots=True)
class Sample:
    """What a layer gives: (n, channels) at random places, and the extremes of each channel."""

    values: Floats
    low: Floats
    high: Floats

    def rectified(self) -> Sample:
        """The same after a ReLU."""
        return Sample(*(np.maximum(one, 0) for one in (self.values, self.low, self.high)))


def choose_scales(
    network: Network, samples: Mapping[str, Sample]
) -> tuple[dict[str, Floats], dict[str, Range]]:
    """What divides the channels of each result, and the range of the result after that.

    :param samples: of what each layer with a ReLU and each depthwise convolution gives, before the
        ReLU.
    """
    scales: dict[str, Floats] = {}
    ranges: dict[str, Range] = {}
    done: set[str] = set()  # whose units were chosen for all that read it
    clips = {name: find_clips(samples[name].rectified()) for name in network if network[name].relu}
    for name, layer in network.items():
        if layer.kind == "concat" or (layer.relu and not _only_read_pointwise(network, name)):
            ranges[name] = (0.0, 1.0)
        if name in ranges and name in clips:
            scales[name] = clips[name].astype(np.float16).astype(np.float32)
        source = layer.inputs[0]
        if layer.kind == "convolution" and source in samples and source not in done:
            done.add(source)
            sample = samples[source]
            reading = [other for other, _ in readers(network, source)]
            together, wanted = _side_by_side(network, reading, clips)
            scales[source], ranges[source] = choose_units(
                together, sample.rectified() if network[source].relu else sample, wanted
            )
    return scales, ranges


def _side_by_side(
    network: Network, names: list[str], clips: Mapping[str, Floats]
) -> tuple[Layer, Floats]:
    """Pointwise convolutions that read the same as one, and how much its channels' errors count."""
    layers = [network[name] for name in names]
    biases = [layer.bias for layer in layers if layer.bias is not None]
    together = replace(
        layers[0],
        weights=np.concatenate([layer.kernel for layer in layers]),
        bias=np.concatenate(biases) if biases else None,
    )
    wanted = [
        np.float32(1) / clips[name] if layer.relu else np.ones(len(layer.kernel), np.float32)
        for name, layer in zip(names, layers, strict=True)
    ]
    return together, np.concatenate(wanted)


def _only_read_pointwise(network: Network, name: str) -> bool:
    """Otherwise a depthwise convolution reads it, perhaps after a pool or a concat."""
    return [layer.kind for _, layer in readers(network, name)] == ["convolution"]


def find_clips(sample: Sample) -> Floats:
    """For each channel that is not negative the range's end that rounds it best, (channels,)."""
    highest = np.maximum(sample.high, SMALLEST)
    least, best = np.full(len(highest), np.inf), highest
    for share in CHANNEL_CLIPS:
        clip = np.maximum(highest * share, SMALLEST)
        rounded = np.minimum(np.round(sample.values / clip * ACTIVATION_STEPS), ACTIVATION_STEPS)
        error = ((rounded * clip / ACTIVATION_STEPS - sample.values) ** 2).mean(axis=0)
        best = np.where(error < least, clip, best)
        least = np.minimum(error, least)
    return np.asarray(best, np.float32)


def choose_units(layer: Layer, sample: Sample, wanted: Floats) -> tuple[Floats, Range]:
    """The scale of what a pointwise convolution reads, and its range, with the least error.

    :param wanted: how much an error of each output channel counts.
    """
    weights = layer.kernel[:, :, 0, 0]
    bias = np.zeros(len(weights), np.float32) if layer.bias is None else layer.bias
    rectify = (lambda answer: np.maximum(answer, 0)) if layer.relu else np.asarray
    exact = rectify(sample.values @ weights.T + bias)
    least, best = np.inf, None
    for scale in _scales(weights, sample):
        scaled = Sample(sample.values / scale, sample.low / scale, sample.high / scale)
        rounded = round_weights(weights * scale).T
        for clip in CLIPS:
            ends = with_exact_zero(float(scaled.low.min()) * clip, float(scaled.high.max()) * clip)
            answer = rectify(round_values(scaled.values, ends) @ rounded + bias)
            error = float((((answer - exact) * wanted) ** 2).mean())
            if error < least:
                least, best = error, (scale, ends)
    assert best is not None, "expected finite values"
    return best


def _scales(weights: Floats, sample: Sample) -> Iterator[Floats]:
    size = np.maximum(np.maximum(-sample.low, sample.high), SMALLEST)
    most = np.maximum(np.abs(weights).max(axis=0), 1e-6)
    mean = np.maximum(np.sqrt((weights**2).mean(axis=0)), 1e-6)
    for share, weight in product(SHARES, (most, mean)):
        scale = size**share / weight ** (1 - share)
        # Rounded as it will be kept, so that ranges and corrections fit it.
        yield (scale / np.exp(np.log(scale).mean())).astype(np.float16).astype(np.float32)


def with_exact_zero(low: float, high: float) -> Range:
    """The range of 256 values next to this one in which one of them is zero."""
    low, high = min(low, 0.0), max(high, SMALLEST)
    step = (high - low) / ACTIVATION_STEPS
    below = round(-low / step)
    return -below * step, (ACTIVATION_STEPS - below) * step


def round_values(values: Floats, ends: Range) -> Floats:
    """Values in the 256 steps of a range, as the engine rounds them."""
    low, high = ends
    step = (high - low) / ACTIVATION_STEPS
    rounded = np.clip(np.round((values - low) / step), 0, ACTIVATION_STEPS) * step + low
    return np.asarray(rounded, np.float32)


def round_weights(weights: Floats) -> Floats:
    """Weights (out, in) in 255 steps, symmetric for each output channel."""
    step = largest_weights(weights[:, :, None, None])[:, :, 0, 0] / WEIGHT_STEPS
    return np.asarray(np.round(weights / step) * step, np.float32)
