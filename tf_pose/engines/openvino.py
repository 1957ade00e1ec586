"""Runs the network on OpenVINO, which reads the frozen graph as it is."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import openvino
from numpy.typing import NDArray
from openvino.frontend import FrontEndManager

from models.fetch import sha256_of
from tf_pose.engines.quantization.layers import Network
from tf_pose.engines.quantization.openvino_model import build_model, read_network
from tf_pose.engines.quantization.recipe import (
    STAGE,
    Numbers,
    correct_biases,
    load_numbers,
    rounded_layers,
    scale_channels,
)
from tf_pose.engines.quantization.restructure import drop_dead_channels
from tf_pose.engines.quantization.shared_features import load_shared_features, share_features
from tf_pose.errors import EngineUnavailable
from tf_pose.tensors import INPUT, STAGES, outputs_after

Shape = tuple[int, int, int]  # (N, H, W)

VERSION: str = openvino.__version__
# Of the live stage alone; what is not rounded of it, and all other stages, compute in f32.
INT8 = "int8"


def supported_precisions() -> list[str]:
    """What this processor has units for, the truest first; that it is fast is not said."""
    listed = openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return ["f32", *(name for name in ("bf16", INT8) if name.upper() in listed)]


class OpenVinoEngine:
    """Compiles each shape once; threads that call at the same time get an infer request each."""

    name = "openvino"

    def __init__(
        self,
        graph: Path,
        *,
        threads: int | None = None,
        streams: int = 1,
        precision: str = "f32",
    ) -> None:
        self._graph = graph
        self._core = openvino.Core()
        self.precision = precision
        if precision not in supported_precisions():
            raise EngineUnavailable(f"expected a processor with units for {precision}")
        self._config: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": streams,
            # A thread that is pinned to a core waits for that core also while others are idle: with
            # four times as much work as cores, a call of 16 ms then took 200 ms, and 40 ms without.
            "ENABLE_CPU_PINNING": False,
        }
        if threads is not None:
            self._config["INFERENCE_NUM_THREADS"] = threads * streams
        self._lock = threading.Lock()
        self._quantized: tuple[Network, Numbers] | None = None
        self._stages: dict[int, Any] = {}
        self._compiled: dict[tuple[int, Shape], _CompiledModel] = {}
        self._network(STAGES)  # raises now where the graph cannot be read

    def run(
        self, batch: NDArray[np.uint8] | NDArray[np.float32], stage: int = STAGES
    ) -> NDArray[np.float32]:
        """Heatmaps and fields, (N, H/8, W/8, 57), of N images, (N, H, W, 3) BGR 0..255."""
        count, height, width, _ = batch.shape
        pixels = np.ascontiguousarray(batch, dtype=np.float32)
        return self._compile((count, height, width), stage).run(pixels)

    def warm_up(self, shapes: Iterable[Shape], stage: int = STAGES) -> None:
        """Compile these (N, H, W) and run each once."""
        for shape in shapes:
            self.run(np.zeros((*shape, 3), np.float32), stage)

    def _compile(self, shape: Shape, stage: int) -> _CompiledModel:
        compiled = self._compiled.get((stage, shape))
        if compiled is not None:
            return compiled
        with self._lock:  # compiling takes about 0.3 s: only the first caller does it
            if (stage, shape) not in self._compiled:
                network = self._model(stage, shape)
                floats = "f32" if self.precision == INT8 else self.precision
                config = self._config | {"INFERENCE_PRECISION_HINT": floats}
                model = self._core.compile_model(network, "CPU", config)
                self._compiled[stage, shape] = _CompiledModel(model)
            return self._compiled[stage, shape]

    def _model(self, stage: int, shape: Shape) -> Any:
        if self.precision == INT8 and stage == STAGE:
            if self._quantized is None:
                self._quantized = quantize(self._graph)
            network, numbers = self._quantized
            return build_model(network, shape, numbers.ranges, rounded_layers(network))
        model = self._network(stage).clone()
        model.reshape([*shape, 3])
        return model

    def _network(self, stage: int) -> Any:
        if stage not in self._stages:
            self._stages[stage] = _read(self._graph, outputs_after(stage))
        return self._stages[stage]


class _CompiledModel:
    """One compiled shape and its idle infer requests, which are not thread-safe themselves."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._idle: queue.LifoQueue[Any] = queue.LifoQueue()

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            request = self._idle.get_nowait()
        except queue.Empty:
            request = self._model.create_infer_request()
        try:
            request.infer([pixels], share_inputs=True)
            # A copy: the request's own memory is the next caller's.
            parts = [request.get_output_tensor(k).data for k in range(len(self._model.outputs))]
            return np.concatenate(parts, axis=-1, dtype=np.float32)
        finally:
            self._idle.put(request)


def read_layers(graph: Path) -> Network:
    """The network up to the stage that is quantised, as layers.

    :raises EngineUnavailable: it cannot be read, or is another network.
    """
    return read_network(_read(graph, outputs_after(STAGE)))


def quantize(graph: Path) -> tuple[Network, Numbers]:
    """The network with equalised channels and corrected biases, and the ranges to round it with.

    :raises EngineUnavailable: the numbers for it were measured on another graph.
    """
    numbers = load_numbers()
    if sha256_of(graph) != numbers.graph_sha256:
        raise EngineUnavailable(
            f"expected the graph that int8 was calibrated for, got {graph.name}"
        )
    network = share_features(read_layers(graph), load_shared_features())
    network = drop_dead_channels(scale_channels(network, numbers.scales))
    return correct_biases(network, numbers.corrections), numbers


def _read(graph: Path, outputs: tuple[str, ...]) -> Any:
    """The network up to the named tensors."""
    frontend = FrontEndManager().load_by_framework("tf")
    try:
        model = frontend.load(str(graph))
        model.override_all_outputs([model.get_place_by_tensor_name(name) for name in outputs])
        network = frontend.convert(model)
    except Exception as error:  # the frontend has errors of many kinds and no common base
        raise EngineUnavailable(f"OpenVINO cannot read {graph.name}: {error}") from error
    if INPUT not in network.inputs[0].names:
        raise EngineUnavailable(f"expected input {INPUT} in {graph.name}, got {network.inputs}")
    return network
