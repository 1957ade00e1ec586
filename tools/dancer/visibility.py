"""Finds which joints the camera sees: those with only their own limb in front of them."""

import numpy as np
from numpy.typing import NDArray

from tools.dancer import rasterizer
from tools.dancer.scene import Scene

# How deep (m) each joint may be under its own skin, in the order of COCO-18.
_DEPTH_M = np.array(
    [
        *(0.02, 0.13),  # nose, neck
        *(0.13, 0.08, 0.06) * 2,  # shoulder, elbow, wrist
        *(0.18, 0.12, 0.11) * 2,  # hip, knee, ankle
        *(0.02, 0.02, 0.035, 0.035),  # eyes, ears
    ]
)


def visible_joints(scene: Scene, t_s: float, actor: int = 0) -> NDArray[np.bool_]:
    """Which joints (18,) of an actor are inside the frame and not hidden by anybody."""
    joints = scene.camera.project(scene.actors[actor].joints_at(t_s))
    size = np.array(scene.camera.size)
    visible: NDArray[np.bool_] = ((joints[:, :2] > -0.5) & (joints[:, :2] < size - 0.5)).all(axis=1)
    for person in scene.actors:
        surface = rasterizer.surface(person.body.name)
        skin = scene.camera.project(person.skin_at(t_s, surface.rows))[surface.quads]
        low, high = skin[:, :, :2].min(axis=1), skin[:, :, :2].max(axis=1)
        for k in np.flatnonzero(visible):
            at = joints[k, :2]
            near = np.flatnonzero(((low <= at) & (high >= at)).all(axis=1))
            covers = near[_contains(skin[near, :, :2], at)]
            visible[k] = not (skin[covers, :, 2].mean(axis=1) < joints[k, 2] - _DEPTH_M[k]).any()
    return visible


def _contains(polygons: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which convex polygons (m, k, 2) contain the point (2,), in either orientation."""
    edges = np.roll(polygons, -1, axis=1) - polygons
    to = point - polygons
    turn = edges[:, :, 0] * to[:, :, 1] - edges[:, :, 1] * to[:, :, 0]
    inside: NDArray[np.bool_] = (turn >= 0).all(axis=1) | (turn <= 0).all(axis=1)
    return inside
