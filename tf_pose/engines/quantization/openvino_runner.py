"""Runs parts of the network for calibration: compiled by OpenVINO, with real integer kernels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import openvino
from numpy.typing import NDArray

from tf_pose.engines.quantization.layers import Floats, Network
from tf_pose.engines.quantization.openvino_model import build_model
from tf_pose.engines.quantization.recipe import Numbers, rounded_layers

CONFIG = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}


def compile_runner(
    network: Network, names: Sequence[str], numbers: Numbers | None
) -> Callable[[NDArray[np.uint8]], list[Floats]]:
    """A function from an image to what these layers give before their ReLU, (1, channels, h, w).

    :param numbers: whose ranges are used to round; None for a network in floating point.
    """
    core = openvino.Core()
    requests: dict[tuple[int, ...], Any] = {}
    ranges = numbers.ranges if numbers else {}
    rounded = rounded_layers(network) if numbers else set()

    def run(image: NDArray[np.uint8]) -> list[Floats]:
        height, width = image.shape[:2]
        if (height, width) not in requests:
            model = build_model(network, (1, height, width), ranges, rounded, names)
            compiled = core.compile_model(model, "CPU", CONFIG)
            requests[height, width] = compiled.create_infer_request()
        request = requests[height, width]
        request.infer([image[None].astype(np.float32)])
        return [np.array(request.get_output_tensor(k).data) for k in range(len(names))]

    return run
