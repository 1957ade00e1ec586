"""The bones that a dance moves, and how the mesh follows them.

The standard rig has 163 bones (every toe, every lip). A dance drives 26 of them. Each other bone is
stiff relative to its nearest driven ancestor, so its weights are added to those of the ancestor.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.dancer import assets
from tools.dancer.mesh import Mesh, base_mesh

SIDES = ("L", "R")
SPINE = ("spine05", "spine04", "spine03", "spine02", "spine01")
NECK = ("neck01", "neck02", "neck03", "head")
ARM = ("clavicle", "upperarm01", "lowerarm01", "lowerarm02", "wrist")
LEG = ("upperleg01", "lowerleg01", "foot")

BONES: tuple[str, ...] = (
    *("root", *SPINE, *NECK),
    *(f"{bone}.{side}" for side in SIDES for bone in (*ARM, *LEG)),
)


@dataclass(frozen=True, slots=True)
class Rig:
    """Driven bones in an order where parents come first.

    parents (b,) index into `BONES`, -1 for the root; heads (b, 3) metres, where each bone begins
    in the rest pose; weights (n, b), each row sums to 1.
    """

    parents: tuple[int, ...]
    heads: NDArray[np.float64]
    weights: NDArray[np.float64]


def rig_for(vertices: NDArray[np.float64]) -> Rig:
    """Fit the rig to a morphed human, whose joints are where the mesh says."""
    bones = _bones()
    heads = np.array([_place(bones[name]["head"], vertices) for name in BONES])
    for side in SIDES:
        _straighten_forearm(heads, side)
    parents = tuple(
        -1 if name == "root" else BONES.index(_driven(bones[name]["parent"])) for name in BONES
    )
    return Rig(parents, heads, _weights())


def _straighten_forearm(heads: NDArray[np.float64], side: str) -> None:
    """Put the bone that turns the palm on the line from elbow to wrist, so that the wrist stays."""
    elbow, middle, wrist = (BONES.index(f"{bone}.{side}") for bone in ARM[2:])
    along = heads[wrist] - heads[elbow]
    share = (heads[middle] - heads[elbow]) @ along / (along @ along)
    heads[middle] = heads[elbow] + share * along


@cache
def _bones() -> dict[str, Any]:
    rig = json.loads(assets.rig().read_text())
    bones: dict[str, Any] = rig.get("bones", rig)
    return bones


@cache
def _driven(bone: str) -> str:
    """The bone itself if a dance drives it, else its nearest driven ancestor."""
    return bone if bone in BONES else _driven(_bones()[bone]["parent"])


@cache
def _weights() -> NDArray[np.float64]:
    table = json.loads(assets.weights().read_text())["weights"]
    weights = np.zeros((len(base_mesh().vertices), len(BONES)))
    for bone, entries in table.items():
        column = BONES.index(_driven(bone))
        for vertex, weight in entries:
            weights[vertex, column] += weight
    total = weights.sum(axis=1, keepdims=True)
    return np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)


def _place(end: dict[str, Any], vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find a bone's end on this mesh: a joint cube's middle, a vertex, or a mean of vertices."""
    strategy = end["strategy"]
    if strategy == "CUBE":
        rows = np.unique(_cube(end["cube_name"]))
    elif strategy == "VERTEX":
        rows = np.array([end["vertex_index"]])
    elif strategy == "MEAN":
        rows = np.array(end["vertex_indices"])
    else:
        raise ValueError(f"expected CUBE, VERTEX or MEAN in the rig, got {strategy!r}")
    place: NDArray[np.float64] = vertices[rows].mean(axis=0)
    return place


def _cube(name: str) -> NDArray[np.int64]:
    mesh: Mesh = base_mesh()
    return mesh.quads_of(name)
