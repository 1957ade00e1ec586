"""Runs the network on TensorFlow 2, in a session of its own as the frozen graph expects."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# TensorFlow reads this once, when it is imported; a value that the user has set stays.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow

from tf_pose.errors import EngineUnavailable
from tf_pose.tensors import INPUT, STAGES, outputs_after

_tf = tensorflow.compat.v1


class TensorFlowEngine:
    """Runs the graph as it is: any shape, any number of calling threads."""

    name = "tensorflow"
    precision = "f32"

    def __init__(self, graph: Path, *, threads: int | None = None, streams: int = 1) -> None:
        definition = _tf.GraphDef()
        try:
            definition.ParseFromString(graph.read_bytes())
        except Exception as error:  # protobuf's DecodeError has moved between modules
            raise EngineUnavailable(f"TensorFlow cannot read {graph.name}: {error}") from error
        self._graph = tensorflow.Graph()
        with self._graph.as_default():
            _tf.import_graph_def(definition, name="")
        config = _tf.ConfigProto(use_per_session_threads=True)
        if threads is not None:
            config.intra_op_parallelism_threads = threads
            config.inter_op_parallelism_threads = streams
        self._session = _tf.Session(graph=self._graph, config=config)

    def run(
        self, batch: NDArray[np.uint8] | NDArray[np.float32], stage: int = STAGES
    ) -> NDArray[np.float32]:
        """Heatmaps and fields, (N, H/8, W/8, 57), of N images, (N, H, W, 3) BGR 0..255."""
        pixels = np.ascontiguousarray(batch, dtype=np.float32)
        parts = self._session.run(list(outputs_after(stage)), {INPUT: pixels})
        return np.concatenate(parts, axis=-1, dtype=np.float32)

    def warm_up(self, shapes: Iterable[tuple[int, int, int]], stage: int = STAGES) -> None:
        """Run each of these (N, H, W) once: the first run of a shape is the slow one."""
        for shape in shapes:
            self.run(np.zeros((*shape, 3), np.float32), stage)
