"""How much rounding a part of the pose network changes its maps, and what it saves.

    python tools/rounding_errors.py

Takes some minutes of one core. `EXACT` in tf_pose/engines/quantization/recipe.py was chosen by it:
one part after the other is rounded although the recipe leaves it exact, or the other way round, and
biases are corrected anew. The images are not those of the calibration, and none of them judges.
"""

from __future__ import annotations

import math
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from tf_pose.engines.openvino import read_layers
from tf_pose.engines.quantization.calibration import (
    find_corrections,
    find_scales,
    needed_ranges,
)
from tf_pose.engines.quantization.layers import Floats, Network, Range
from tf_pose.engines.quantization.openvino_runner import compile_runner
from tf_pose.engines.quantization.recipe import correct_biases, rounded_layers, scale_channels
from tf_pose.engines.quantization.shared_features import load_shared_features, share_features
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path
from tf_pose.tensors import HEATMAPS
from tools.calibration_images import Image, calibration_images, choice_images

PARTS = (
    r"convolution1|depthwise1|convolution2",
    r"depthwise[2-4]|convolution[3-5]",
    r"depthwise[5-7]|convolution[6-8]",
    r"depthwise([89]|10)|convolution(9|10|11)",
    r"stage\d\.features\d(\.depthwise)?",
    r"stage\d\.layer[01]",
    r"stage\d\.layer[23]",
    r"stage1\.layer4",
    r"stage1\.layer5",
    r"stage[2-4]\.layer[45]",
)
ROUNDS = 15
Run = Callable[[Image], list[Floats]]


def main() -> None:
    graph = Path(get_graph_path("mobilenet_thin"))
    estimator = TfPoseEstimator(graph, threads=1, precision="f32")
    calibration, chosen_by = calibration_images(estimator), choice_images(estimator)
    network = read_layers(graph)
    exact = compile_runner(network, None)
    network = share_features(network, load_shared_features())
    shared = compile_runner(network, None)
    scales, ranges = find_scales(network, calibration, compile_runner)
    network = scale_channels(network, scales)
    recipe = rounded_layers(network)
    compare(exact, exact, chosen_by, "f32")
    compare(shared, exact, chosen_by, "shared features")
    kept = _rounded(network, calibration, ranges, recipe)
    compare(kept, exact, chosen_by, "the recipe")
    for pattern in PARTS:
        part = {name for name in network if re.fullmatch(pattern, name)}
        rounded = recipe - part if part <= recipe else recipe | part
        what = f"{pattern} {'exact' if part <= recipe else 'rounded'}"
        compare(_rounded(network, calibration, ranges, rounded), exact, chosen_by, what)


def compare(run: Run, exact: Run, images: Iterable[Image], what: str) -> None:
    """Print the root mean square differences of heatmaps and fields, and the cost of a call."""
    squares = [(run(image)[0] - exact(image)[0]) ** 2 for image in images]
    heat, fields = (
        math.sqrt(np.mean([square[..., part].mean() for square in squares]))
        for part in (slice(HEATMAPS - 1), slice(HEATMAPS, None))
    )
    print(f"{what}: heat {heat:.4f}, fields {fields:.4f}, {_cost_ms(run):.1f} ms", flush=True)


def _rounded(
    network: Network, images: list[Image], ranges: dict[str, Range], rounded: set[str]
) -> Run:
    needed = needed_ranges(network, ranges, rounded)
    corrections = find_corrections(
        network, images, compile_runner, needed, rounded, lambda _what, _done, _of: None
    )
    return compile_runner(correct_biases(network, corrections), None, needed, rounded)


def _cost_ms(run: Run) -> float:
    image = np.random.default_rng(0).integers(0, 256, (256, 192, 3), dtype=np.uint8)
    run(image)
    least = math.inf
    for _ in range(ROUNDS):
        start = time.thread_time()
        run(image)
        least = min(least, time.thread_time() - start)
    return 1000 * least


if __name__ == "__main__":
    main()
