"""Cuts and shapes skinned triangle meshes, so that clothes end in clean lines."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
# From points on the neutral mesh (n, 3), in its units, to values (n,); above zero is inside.
Field = Callable[[Points], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Cloth:
    """A piece of mesh that a rig can move.

    triangles (t, 3) index the rows; neutral (n, 3) is a row's place on the neutral mesh, in mesh
    units; rest (n, 3) its place on this body, in metres; weights (n, b) are those of the bones.
    """

    triangles: NDArray[np.int64]
    neutral: Points
    rest: Points
    weights: NDArray[np.float64]

    def cut(self, field: Field) -> "Cloth":
        """Keep what is inside the field on the neutral mesh."""
        return self.trimmed(field(self.neutral))

    def trimmed(self, inside: NDArray[np.float64]) -> "Cloth":
        """Keep where `inside` (n,) is above zero; add rows where an edge crosses zero."""
        count = (inside[self.triangles] > 0).sum(axis=1)
        pieces: list[list[int]] = []
        edges: list[tuple[int, int]] = []
        for triangle in self.triangles[(count == 1) | (count == 2)].tolist():
            polygon: list[int] = []
            for a, b in zip(triangle, (*triangle[1:], triangle[0]), strict=True):
                if inside[a] > 0:
                    polygon.append(a)
                if (inside[a] > 0) != (inside[b] > 0):
                    polygon.append(len(self.rest) + len(edges))
                    edges.append((min(a, b), max(a, b)))
            pieces += [[polygon[0], *polygon[k : k + 2]] for k in range(1, len(polygon) - 1)]
        whole = self.triangles[count == 3]
        if not edges:
            return replace(self, triangles=whole).compact()
        ends, same = np.unique(np.array(edges), axis=0, return_inverse=True)
        share = inside[ends[:, 0]] / (inside[ends[:, 0]] - inside[ends[:, 1]])
        rim = np.array(pieces)
        new = rim >= len(self.rest)
        rim[new] = len(self.rest) + same.ravel()[rim[new] - len(self.rest)]
        rows = (_extended(rows, ends, share) for rows in self._rows())
        return Cloth(np.concatenate([whole, rim]), *rows).compact()

    def compact(self) -> "Cloth":
        """Remove the rows that no triangle uses."""
        used, triangles = np.unique(self.triangles, return_inverse=True)
        return Cloth(triangles.reshape(-1, 3), *(rows[used] for rows in self._rows()))

    def puffed(self, metres: NDArray[np.float64] | float) -> "Cloth":
        """Move the rows outwards along the normals."""
        shift = np.broadcast_to(np.asarray(metres, float), (len(self.rest),))
        return replace(self, rest=self.rest + shift[:, None] * normals(self.rest, self.triangles))

    def smoothed(self, rounds: int, pull: float = 0.5) -> "Cloth":
        """Pull rows to their neighbours' mean, which rounds toes into a shoe; borders stay."""
        rest = self.rest.copy()
        a, b = self.triangles, np.roll(self.triangles, -1, axis=1)
        ends = np.concatenate(
            [np.stack([a, b], -1).reshape(-1, 2), np.stack([b, a], -1).reshape(-1, 2)]
        )
        ends, count = np.unique(ends, axis=0, return_counts=True)
        border = np.unique(ends[count == 1])
        degree = np.bincount(ends[:, 0], minlength=len(rest))[:, None]
        for _ in range(rounds):
            total = np.zeros_like(rest)
            np.add.at(total, ends[:, 0], rest[ends[:, 1]])
            moved = rest + pull * (total / degree - rest)
            moved[border] = rest[border]
            rest = moved
        return replace(self, rest=rest)

    def _rows(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        return self.neutral, self.rest, self.weights


def cloth_of(
    quads: NDArray[np.int64], neutral: Points, rest: Points, weights: NDArray[np.float64]
) -> Cloth:
    """Make a cloth of quads (m, 4) of a mesh, each as two triangles."""
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    return Cloth(triangles, neutral, rest, weights).compact()


def normals(points: Points, triangles: NDArray[np.int64]) -> Points:
    """Compute unit normals (n, 3) of the rows: the mean of their triangles, weighted by area."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    total = np.zeros_like(points)
    for corner in range(3):
        np.add.at(total, triangles[:, corner], face)
    unit: Points = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return unit


def _extended(
    rows: NDArray[np.float64], ends: NDArray[np.int64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    start, stop = rows[ends[:, 0]], rows[ends[:, 1]]
    return np.concatenate([rows, start + share[:, None] * (stop - start)])
