"""How the network is rounded to integers: which layers are, and the numbers that they need.

The numbers were measured on calibration images by tools/calibrate_pose.py and are kept beside this
file, so that the network is the same on every machine; the weights are those of the frozen graph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tf_pose.engines.quantization.kept_arrays import read_arrays, write_arrays
from tf_pose.engines.quantization.layers import Floats, Network, Range, divide_result
from tf_pose.errors import EngineUnavailable

VERSION = 5  # raise it with every change of what the quantised network computes
STAGE = 4  # the stage whose answer is quantised: the one that live sessions use
NUMBERS = Path(__file__).with_name("mobilenet_thin.npz")

# Layers that stay in floating point: the first ones, whose channels differ most and whose errors
# everything sees; and of each stage what reads maps and the layers that make them, in which a faint
# joint is a few steps of 8 bits. Stage 1's last one is the largest and its maps are the roughest.
# Chosen by what each part changes in maps and what it costs (tools/rounding_errors.py).
EXACT = re.compile(
    r"convolution[0-2]|depthwise[01]|stage\d\.maps\d(\.depthwise)?"
    r"|stage\d\.layer[2-4]|stage[2-4]\.layer5"
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """By layer: what divides each channel of its result, its range after that, and what is added
    to its bias against the mean error of rounding."""

    graph_sha256: str
    scales: dict[str, Floats]
    ranges: dict[str, Range]
    corrections: dict[str, Floats]

    def save(self, path: Path) -> None:
        """Write them as half floats: a scale need not be exact, because it is undone."""
        halves = {
            kind: {name: values.astype(np.float16) for name, values in named.items()}
            for kind, named in (
                ("scale", self.scales),
                ("correction", self.corrections),
            )
        }
        ranges = {name: np.array(ends, np.float32) for name, ends in self.ranges.items()}
        write_arrays(path, self.graph_sha256, {**halves, "range": ranges})


def load_numbers(path: Path = NUMBERS) -> Numbers:
    """The numbers as `Numbers.save` wrote them."""
    kinds = ("scale", "range", "correction")
    graph_sha256, found = read_arrays(path, kinds)
    ranges = {name: (float(low), float(high)) for name, (low, high) in found["range"].items()}
    return Numbers(graph_sha256, found["scale"], ranges, found["correction"])


def rounded_layers(network: Network) -> set[str]:
    """The layers that compute in integers."""
    return {
        name
        for name, layer in network.items()
        if layer.weights is not None and not EXACT.fullmatch(name)
    }


def scale_channels(network: Network, scales: dict[str, Floats]) -> Network:
    """The network with other units in its channels; it computes the same.

    :raises EngineUnavailable: the numbers are another network's.
    """
    scaled = dict(network)
    for name, scale in scales.items():
        if name not in scaled or scaled[name].kernel.shape[0] != len(scale):
            raise EngineUnavailable(f"expected numbers for int8 of this network, got {name}")
        divide_result(scaled, name, scale)
    return scaled


def correct_biases(network: Network, corrections: dict[str, Floats]) -> Network:
    """The network with what rounding changes on average taken back."""
    corrected = dict(network)
    for name, change in corrections.items():
        bias = corrected[name].bias
        assert bias is not None, name
        corrected[name] = replace(corrected[name], bias=(bias + change).astype(np.float32))
    return corrected
