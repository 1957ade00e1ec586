"""A fast renderer: flat-shaded quads, drawn from far to near, on a light background."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.dancer.body import Body, Look, body
from tools.dancer.camera import Camera

Frame = NDArray[np.uint8]  # (height, width, 3) BGR

WALL, FLOOR = (228, 226, 222), (206, 208, 210)
_LIGHT = np.array([-0.35, 0.55, 0.76])
_SUBPIXEL_BITS = 4


@dataclass(frozen=True, slots=True)
class Surface:
    """A body's visible surface: rows (n,) of its mesh, quads (m, 4) of them, colours (m, 3)."""

    rows: NDArray[np.int64]
    quads: NDArray[np.int64]
    colours: NDArray[np.float64]


@cache
def surface(name: str) -> Surface:
    """The visible surface of a named body."""
    return surface_of(body(name))


def surface_of(person: Body) -> Surface:
    """The visible surface of a body, with only the vertices that it needs."""
    parts, look = person.parts, person.look
    quads = np.concatenate(list(parts.values()))
    colours = np.concatenate([np.tile(_colour(look, k), (len(v), 1)) for k, v in parts.items()])
    rows, compact = np.unique(quads, return_inverse=True)
    return Surface(rows, compact.reshape(quads.shape), colours.astype(float))


def _colour(look: Look, part: str) -> tuple[int, int, int]:
    colour: tuple[int, int, int] = getattr(look, part)
    return colour


@cache
def background(camera: Camera) -> Frame:
    """Draw wall and floor."""
    width, height = camera.size
    frame = np.empty((height, width, 3), np.uint8)
    frame[:] = WALL
    horizon = camera.project(np.array([[0.0, 0.0, -1.2]]))[0, 1]
    frame[max(0, min(height, round(horizon))) :] = FLOOR
    return frame


def draw(
    frame: Frame, camera: Camera, people: Sequence[tuple[Surface, NDArray[np.float64]]]
) -> None:
    """Draw people into the frame: each a surface and its posed vertices (n, 3) in metres."""
    corners, depths, colours = [], [], []
    for visible, vertices in people:
        projected = camera.project(vertices)
        polygons = projected[visible.quads][:, :, :2]
        front = _faces_camera(polygons)
        corners.append(polygons[front])
        depths.append(projected[visible.quads[front], 2].mean(axis=1))
        shade = _shade(vertices, visible.quads[front])
        colours.append(visible.colours[front] * shade[:, None])
    if not corners:
        return
    order = np.argsort(-np.concatenate(depths), kind="stable")
    fixed = np.round(np.concatenate(corners)[order] * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    fills = np.clip(np.concatenate(colours)[order], 0, 255).tolist()
    for polygon, fill in zip(fixed, fills, strict=True):
        cv2.fillConvexPoly(frame, polygon, fill, cv2.LINE_8, _SUBPIXEL_BITS)


def _faces_camera(polygons: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which quads (m,) show their outside: those that are counter-clockwise, with y downwards."""
    d1, d2 = polygons[:, 2] - polygons[:, 0], polygons[:, 3] - polygons[:, 1]
    facing: NDArray[np.bool_] = d1[:, 0] * d2[:, 1] - d1[:, 1] * d2[:, 0] < 0
    return facing


def _shade(vertices: NDArray[np.float64], quads: NDArray[np.int64]) -> NDArray[np.float64]:
    a, b, c, d = (vertices[quads[:, k]] for k in range(4))
    normals = np.cross(c - a, d - b)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    shade: NDArray[np.float64] = 0.62 + 0.5 * np.clip(normals @ _LIGHT, 0, 1)
    return shade
