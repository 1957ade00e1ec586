"""Composes scenes: who is in the frame, and where their joints truly are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tools.dancer import rasterizer
from tools.dancer import rotations as turn
from tools.dancer.body import Body, body
from tools.dancer.camera import Camera
from tools.dancer.choreography import choreography
from tools.dancer.motion import Motion, standing
from tools.dancer.skinning import joints, skinned
from tools.dancer.stance import INDEX, Stance, bones_at

# From seconds to metres to the dancer's left and to the front, and degrees turned to the left.
Place = Callable[[float], tuple[float, float, float]]


def centre(_: float) -> tuple[float, float, float]:
    """The middle of the floor, facing the camera."""
    return 0.0, 0.0, 0.0


@dataclass(frozen=True, slots=True)
class Actor:
    """A body that moves somewhere on the floor."""

    body: Body
    motion: Motion
    place: Place = centre

    def joints_at(self, t_s: float) -> NDArray[np.float64]:
        """The eighteen joints (18, 3) in metres."""
        bones = bones_at(self.body, self.motion(t_s))
        return _placed(joints(self.body, bones), self.place(t_s))

    def skin_at(self, t_s: float, rows: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """The mesh's vertices (n, 3) in metres, or only `rows` of them."""
        bones = bones_at(self.body, self.motion(t_s))
        return _placed(skinned(self.body, bones, rows), self.place(t_s))


@dataclass(frozen=True, slots=True)
class Scene:
    """Actors in front of a camera for some time; without `lit` the frames are black."""

    actors: tuple[Actor, ...]
    camera: Camera
    fps: float = 30.0
    duration_s: float = 24.0
    lit: bool = True

    @property
    def times_s(self) -> NDArray[np.float64]:
        """When each frame is shown (n,)."""
        return np.arange(round(self.duration_s * self.fps)) / self.fps

    def frames(self) -> Iterator[rasterizer.Frame]:
        """Render all frames (height, width, 3) BGR."""
        for t_s in self.times_s:
            yield self.frame_at(float(t_s))

    def frame_at(self, t_s: float) -> rasterizer.Frame:
        """Render the frame of one moment."""
        if not self.lit:
            width, height = self.camera.size
            return np.zeros((height, width, 3), np.uint8)
        frame = rasterizer.background(self.camera).copy()
        people = []
        for actor in self.actors:
            surface = rasterizer.surface(actor.body.name)
            people.append((surface, actor.skin_at(t_s, surface.rows)))
        rasterizer.draw(frame, self.camera, people)
        return frame

    def truth(self, actor: int = 0) -> NDArray[np.float64]:
        """The pixels (n, 18, 2) of an actor's joints in every frame, COCO-18, hidden or not."""
        joints = (self.actors[actor].joints_at(t) for t in self.times_s)
        return np.array([self.camera.project(each)[:, :2] for each in joints])


def camera_for(person: Body, size: tuple[int, int] = (480, 640), zoom: float = 1.0) -> Camera:
    """Place a camera that keeps a person's raised hands and steps in the frame, with a margin."""
    tall_m = float(np.ptp(person.vertices[:13380, 1]))
    spread_m = 1.58 * tall_m  # from stretched arm to stretched arm, including a step
    height_m = max(1.62 * tall_m, spread_m * 0.75 * size[1] / size[0] * 1.04)
    aim = (0.0, 0.6 * tall_m, 0.0)
    return Camera(size, height_m / zoom, 2.9 * tall_m, aim)


def render(
    dance: str = "sunrise",
    person: str = "instructor",
    *,
    change: Callable[[Motion], Motion] = lambda motion: motion,
    camera: Camera | None = None,
    size: tuple[int, int] = (480, 640),
    fps: float = 30.0,
    duration_s: float | None = None,
) -> Scene:
    """Compose a scene: one person of the cast does a named dance, changed by a perturbation."""
    steps, dancer = choreography(dance), body(person)
    actor = Actor(dancer, change(steps.motion()))
    camera = camera or camera_for(dancer, size)
    return Scene((actor,), camera, fps, steps.duration_s if duration_s is None else duration_s)


def with_bystander(
    scene: Scene, person: str = "stout", enters_s: float = 4.0, ahead_m: float = -0.9
) -> Scene:
    """Add a bystander to a scene, who walks past once, from the dancer's right to their left.

    ahead_m is how far in front of the dancer they pass; if it is negative, they pass behind.
    """
    walker = body(person)
    speed_m_s = _STRIDE * walker.leg_m / _STEP_S

    def place(t_s: float) -> tuple[float, float, float]:
        return speed_m_s * (t_s - enters_s) - 2.2, ahead_m, 90.0

    return replace(scene, actors=(*scene.actors, Actor(walker, _walking, place)))


_STRIDE, _STEP_S = 0.85, 0.55  # a step's length in legs, and its seconds


def _walking(t_s: float) -> Stance:
    """Walk on the spot, facing front; each foot is on the floor for half of the time."""
    stance = standing()
    for side, shift in (("left", 0.0), ("right", 1.0)):
        phase = (t_s / _STEP_S + shift) % 2.0
        swing = phase - 1.0  # 0..1 in the air
        ahead = 0.5 - phase if phase < 1.0 else swing * swing * (3 - 2 * swing) - 0.5
        stance[INDEX[f"{side}.foot.ahead"]] = _STRIDE * ahead
        lift = np.sin(np.pi * swing) if phase >= 1.0 else 0.0
        stance[INDEX[f"{side}.foot.lift"]] = 0.09 * lift
        stance[INDEX[f"{side}.foot.point"]] = 22.0 * lift
        other = "right" if side == "left" else "left"
        stance[INDEX[f"{other}.upper.front"]] = 42.0 * ahead
        stance[INDEX[f"{other}.fore.front"]] = 42.0 * ahead + 16.0
    return stance


def _placed(points: NDArray[np.float64], place: tuple[float, float, float]) -> NDArray[np.float64]:
    x, z, yaw = place
    return points @ turn.about_y(yaw).T + np.array([x, 0.0, z])
