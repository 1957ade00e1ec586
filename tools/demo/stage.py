"""Renders the studio: backdrop, floor, soft shadow and reflection in OpenCV, the dancer in VTK."""

from collections.abc import Iterator, Mapping

import cv2
import numpy as np
import pyvista as pv
from numpy.typing import NDArray

from tools.dancer import rasterizer
from tools.dancer.body import Body
from tools.dancer.camera import Camera
from tools.dancer.motion import Motion
from tools.dancer.rasterizer import Frame
from tools.dancer.skinning import skinned
from tools.dancer.stance import Bones, bones_at
from tools.demo.cloth import normals
from tools.demo.wardrobe import Garment

OVERSAMPLING = 2
# Place, power and colour of the lights: key from the upper left, fill, rim from behind, front.
_LIGHTS = (
    ((-2.2, 3.6, 3.4), 0.62, (1.0, 0.95, 0.88)),
    ((3.2, 1.6, 3.0), 0.30, (0.86, 0.91, 1.0)),
    ((1.6, 3.2, -3.0), 0.42, (1.0, 0.93, 0.95)),
    ((0.0, 0.4, 4.5), 0.14, (1.0, 1.0, 1.0)),
)
_SUN = np.array([0.22, -1.0, -0.34])  # the direction of the light that casts the shadow
_WALL_TOP, _WALL_LOW = (238, 222, 208), (248, 240, 232)
_FLOOR_FAR, _FLOOR_NEAR = (238, 228, 219), (222, 208, 197)
_HORIZON_Z = -1.9


class Studio:
    """Renders one dressed body as BGR frames of the camera's size."""

    def __init__(self, body: Body, garments: Mapping[str, Garment], camera: Camera) -> None:
        self._body, self._camera = body, camera
        self._garments = list(garments.values())
        width, height = (side * OVERSAMPLING for side in camera.size)
        self._plotter = pv.Plotter(off_screen=True, window_size=(width, height), lighting="none")
        self._meshes = [self._add(garment) for garment in self._garments]
        _aim(self._plotter, camera)
        for place, power, colour in _LIGHTS:
            self._plotter.add_light(
                pv.Light(position=place, focal_point=(0, 0.9, 0), color=colour, intensity=power)
            )
        self._backdrop = backdrop(camera)

    def frames(self, motion: Motion, times_s: NDArray[np.float64]) -> Iterator[Frame]:
        """Render a frame for each time."""
        for t_s in times_s:
            yield self.frame(bones_at(self._body, motion(float(t_s))))

    def frame(self, bones: Bones) -> Frame:
        """Render the dancer in one pose, on the floor of the studio."""
        for garment, mesh in zip(self._garments, self._meshes, strict=True):
            points = _skin(self._body, garment, bones)
            mesh.points = points.astype(np.float32)
            mesh.point_data["Normals"] = normals(points, garment.cloth.triangles).astype(np.float32)
        self._plotter.render()
        shot = self._plotter.screenshot(transparent_background=True, return_img=True)
        alpha = np.asarray(shot)[:, :, 3:].astype(np.float32) / 255
        dancer = np.concatenate([np.asarray(shot)[:, :, 2::-1] * alpha, alpha], axis=2)
        dancer = cv2.resize(dancer, self._camera.size, interpolation=cv2.INTER_AREA)
        drawn = rasterizer.surface_of(self._body)
        skin = skinned(self._body, bones, drawn.rows)[drawn.quads]
        frame = self._backdrop.copy()
        _darken(frame, shadow(self._camera, skin))
        self._reflect(frame, dancer)
        frame = frame * (1 - dancer[:, :, 3:]) + dancer[:, :, :3]
        return np.clip(np.round(frame), 0, 255).astype(np.uint8)

    def _reflect(self, frame: NDArray[np.float32], dancer: NDArray[np.float32]) -> None:
        """Draw the dancer's faint reflection in the polished floor."""
        height = frame.shape[0]
        foot = float(self._camera.project(np.array([[0.0, 0.0, 0.05]]))[0, 1])
        rows = np.arange(int(foot) - 4, height)
        source = np.clip(np.round(2 * foot - rows).astype(int), 0, height - 1)
        flipped = cv2.GaussianBlur(dancer[source], (0, 0), 2)
        fade = 0.20 * np.clip(1 - (rows - foot) / (0.16 * height), 0, 1)[:, None, None]
        below = frame[rows[0] :]
        below[:] = below * (1 - flipped[:, :, 3:] * fade) + flipped[:, :, :3] * fade

    def _add(self, garment: Garment) -> pv.PolyData:
        triangles = garment.cloth.triangles
        faces = np.hstack([np.full((len(triangles), 1), 3), triangles]).ravel()
        mesh = pv.PolyData(garment.cloth.rest.astype(np.float32), faces)
        mesh.point_data["Normals"] = np.zeros_like(mesh.points)
        mesh.point_data.active_normals_name = "Normals"
        self._plotter.add_mesh(
            mesh,
            color=garment.colour,
            smooth_shading=False,
            interpolation="Phong",
            ambient=0.28,
            diffuse=0.85,
            specular=garment.gloss,
            specular_power=18,
        )
        return mesh


def backdrop(camera: Camera) -> NDArray[np.float32]:
    """Draw a light wall and floor (height, width, 3) BGR, with a soft glow behind the dancer."""
    width, height = camera.size
    horizon = camera.project(np.array([[0.0, 0.0, _HORIZON_Z]]))[0, 1] / height
    y = (np.arange(height) / height)[:, None, None]
    x = (np.arange(width) / width)[None, :, None]
    wall = _blend(_WALL_TOP, _WALL_LOW, np.clip(y / horizon, 0, 1))
    floor = _blend(_FLOOR_FAR, _FLOOR_NEAR, np.clip((y - horizon) / (1 - horizon), 0, 1))
    seam = np.clip((y - horizon) / 0.02 + 0.5, 0, 1)
    frame = wall * (1 - seam) + floor * seam + 0 * x
    glow = np.exp(-(((x - 0.5) / 0.42) ** 2) - (((y - 0.42) / 0.42) ** 2))
    vignette = 1 - 0.06 * ((x - 0.5) ** 2 + (y - 0.5) ** 2) / 0.5
    noise = np.random.default_rng(7).normal(0, 1.1, (height, width, 1))  # against banding
    return np.clip(frame * vignette + 10 * glow + noise, 0, 255).astype(np.float32)


def shadow(camera: Camera, quads: NDArray[np.float64]) -> NDArray[np.float32]:
    """Compute how dark the floor is (height, width), 0..1: a soft shadow, and one at the feet."""
    width, height = camera.size
    feet_y = quads[:, :, 1:2]
    cast = quads + _SUN * (feet_y / -_SUN[1])
    soft = _filled(camera, cast, (height, width))
    near = quads[(feet_y[:, :, 0] < 0.16).all(axis=1)]
    near = near * np.array([1.0, 0.0, 1.0])
    tight = _filled(camera, near, (height, width))
    soft = cv2.GaussianBlur(soft, (0, 0), width / 46)
    tight = cv2.GaussianBlur(tight, (0, 0), width / 120)
    return 0.30 * soft + 0.42 * tight


def _filled(
    camera: Camera, quads: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.float32]:
    mask = np.zeros(shape, np.uint8)
    if len(quads):
        flat = camera.project(quads.reshape(-1, 3))[:, :2].reshape(-1, 4, 2)
        for quad in np.round(flat * 4).astype(np.int32):
            cv2.fillConvexPoly(mask, quad, 255, cv2.LINE_8, 2)
    return mask.astype(np.float32) / 255


def _darken(frame: NDArray[np.float32], dark: NDArray[np.float32]) -> None:
    tint = np.array([0.82, 0.95, 1.0], np.float32)  # shadows are bluish
    frame *= 1 - dark[:, :, None] * tint


def _skin(body: Body, garment: Garment, bones: Bones) -> NDArray[np.float64]:
    shifts = bones.heads - np.einsum("bij,bj->bi", bones.turns, body.rig.heads)
    affine = np.concatenate([bones.turns, shifts[:, :, None]], axis=2).reshape(-1, 12)
    blended = (garment.cloth.weights @ affine).reshape(-1, 3, 4)
    return np.einsum("nij,nj->ni", blended[:, :, :3], garment.cloth.rest) + blended[:, :, 3]


def _aim(plotter: pv.Plotter, camera: Camera) -> None:
    aim = np.array(camera.aim_m)
    eye = aim + camera.view.T @ np.array([0.0, 0.0, camera.distance_m])
    plotter.camera.position, plotter.camera.focal_point = tuple(eye), tuple(aim)
    plotter.camera.up = (0.0, 1.0, 0.0)
    plotter.camera.view_angle = float(
        np.degrees(2 * np.arctan(camera.tall_m / 2 / camera.distance_m))
    )
    plotter.camera.clipping_range = (0.5, 20.0)


def _blend(
    start: tuple[int, int, int], stop: tuple[int, int, int], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.array(start) * (1 - share) + np.array(stop) * share
