"""Runs parts of the network for calibration: compiled by OpenVINO, with real integer kernels."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import openvino
from numpy.typing import NDArray

from tf_pose.engines.quantization.layers import Floats, Network, Range
from tf_pose.engines.quantization.openvino_model import build_model

CONFIG = {
    "INFERENCE_PRECISION_HINT": "f32",
    "INFERENCE_NUM_THREADS": 1,
    "ENABLE_CPU_PINNING": False,  # as of engines/openvino.py: the core may be another's
}
NO_RANGES: Mapping[str, Range] = {}


def compile_runner(
    network: Network,
    names: Sequence[str] | None,
    ranges: Mapping[str, Range] = NO_RANGES,
    rounded: Collection[str] = (),
) -> Callable[[NDArray[np.uint8]], list[Floats]]:
    """A function from an image to what these layers give before their ReLU, (1, channels, h, w).

    :param names: None for the last layer, channels last.
    :param ranges: of the layers' results, where they are rounded.
    :param rounded: the layers that compute in integers; the others do in f32.
    """
    core = openvino.Core()
    requests: dict[tuple[int, ...], Any] = {}

    def run(image: NDArray[np.uint8]) -> list[Floats]:
        height, width = image.shape[:2]
        if (height, width) not in requests:
            model = build_model(network, (1, height, width), ranges, rounded, names)
            compiled = core.compile_model(model, "CPU", CONFIG)
            requests[height, width] = compiled.create_infer_request()
        request = requests[height, width]
        request.infer([image[None].astype(np.float32)])
        return [np.array(tensor.data) for tensor in request.output_tensors]

    return run
