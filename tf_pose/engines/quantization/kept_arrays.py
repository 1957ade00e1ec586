"""The files of numbers beside this one: arrays by their kind and layer, and the graph's hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tf_pose.engines.quantization.layers import Floats

ByKind = Mapping[str, Mapping[str, Any]]


def write_arrays(path: Path, graph_sha256: str, arrays: ByKind) -> None:
    """Write arrays by kind and layer as they are, compressed."""
    flat = {
        f"{kind}/{name}": value for kind, named in arrays.items() for name, value in named.items()
    }
    np.savez_compressed(path, graph_sha256=np.array(graph_sha256), **flat)


def read_arrays(path: Path, kinds: Sequence[str]) -> tuple[str, dict[str, dict[str, Floats]]]:
    """The graph's hash, and what `write_arrays` wrote of these kinds, as f32."""
    found: dict[str, dict[str, Floats]] = {kind: {} for kind in kinds}
    with np.load(path) as kept:
        graph_sha256 = str(kept["graph_sha256"])
        for key in kept.files:
            kind, _, name = key.partition("/")
            if name:
                found[kind][name] = kept[key].astype(np.float32)
    return graph_sha256, found
