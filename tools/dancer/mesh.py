"""The human mesh as arrays: vertices in metres, quads, and the group of each quad."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.dancer import assets

METRES_PER_UNIT = 0.1  # MakeHuman models in decimetres


@dataclass(frozen=True, slots=True)
class Mesh:
    """The whole undressed human with its helper geometry.

    vertices (n, 3) metres, x to the dancer's left, y up, z to the front; quads (m, 4);
    groups (m,) names such as `body`, `helper-tights`, `joint-l-knee`.
    """

    vertices: NDArray[np.float64]
    quads: NDArray[np.int64]
    groups: NDArray[np.str_]

    def quads_of(self, group: str) -> NDArray[np.int64]:
        """The quads (k, 4) of one named group."""
        found = self.quads[self.groups == group]
        if not len(found):
            raise KeyError(f"expected one of {sorted(set(self.groups))}, got {group!r}")
        return found


@cache
def base_mesh() -> Mesh:
    """The neutral human, before any morph."""
    vertices: list[list[float]] = []
    quads: list[list[int]] = []
    groups: list[str] = []
    group = ""
    for line in assets.base_mesh().read_text().splitlines():
        kind, *fields = line.split() or [""]
        if kind == "v":
            vertices.append([float(field) for field in fields])
        elif kind == "g":
            group = fields[0]
        elif kind == "f":
            quads.append([int(field.split("/")[0]) - 1 for field in fields])
            groups.append(group)
    return Mesh(np.array(vertices) * METRES_PER_UNIT, np.array(quads), np.array(groups))


def apply_morphs(mix: Mapping[str, float]) -> NDArray[np.float64]:
    """Compute the vertices (n, 3) of the neutral human plus each named morph times its share."""
    vertices = base_mesh().vertices.copy()
    for name, share in mix.items():
        rows, offsets = _read_target(assets.morph(name))
        vertices[rows] += share * offsets
    return vertices


def _read_target(path: Path) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Read which vertices a morph moves (k,), and by how much (k, 3), in metres."""
    with gzip.open(path, "rt") as lines:
        table = np.array([line.split() for line in lines if line[:1].isdigit()], dtype=float)
    return table[:, 0].astype(np.int64), table[:, 1:4] * METRES_PER_UNIT
