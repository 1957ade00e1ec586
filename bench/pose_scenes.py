"""The pictures that every row looks at: dancers rendered with known joints, hard in seven ways.

Landscape, as a webcam gives them, so that the reference's stretching to 432×368 distorts little.
Rendered once and kept in .cache; the key is of everything that they are made from.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.pose_accuracy import OUTLINE_OF_BOX, box_area
from tools.dancer import perturb
from tools.dancer.body import body
from tools.dancer.choreography import ARMS
from tools.dancer.motion import Motion
from tools.dancer.posing import ARM_CHANNELS
from tools.dancer.scene import Scene, camera_for, render, with_bystander
from tools.dancer.visibility import seen_joints

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "bench"
SIZE = (640, 480)
FPS = 5.0
LONGEST_S = 18.0  # what every dance has left after the scene's start
DARKNESS, NOISE = 0.16, 7.0  # of 255 grey levels: a dim room seen by a cheap sensor

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Clip:
    """One scene's samples at 5 a second.

    pictures (n, H, W, 3) BGR; t_s (n,) from 0; truth (n, 18, 2) pixels, hidden joints too; seen
    (n, 18), what can be seen of them; height_px, how tall the person is when they stand upright.
    """

    name: str
    pictures: Picture
    t_s: NDArray[np.float64]
    truth: NDArray[np.float64]
    seen: NDArray[np.bool_]
    height_px: float

    @property
    def area_px(self) -> NDArray[np.float64]:
        """The person's outline in the picture, (n,) square pixels, from the box of the joints."""
        return OUTLINE_OF_BOX * box_area(self.truth, SIZE)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a scene is made: who dances before which camera from when on, and what becomes of it."""

    stage: Callable[[], Scene]
    start_s: float
    spoil: Callable[[Picture, int], Picture] = lambda picture, _: picture


def _dancer() -> Scene:
    return render("sunrise", "tall", size=SIZE)


def _overhead() -> Scene:
    """Both hands stay above the head while the rest dances; the arms wander about there."""
    arms = {
        f"{side}.{name}": float(value)
        for side in ("left", "right")
        for name, value in zip(ARM_CHANNELS, ARMS["up"], strict=True)
    }

    def change(motion: Motion) -> Motion:
        return perturb.loose(perturb.held(motion, arms), 6.0, seed=3)

    return render("sunrise", "instructor", change=change, size=SIZE)


def _crouching() -> Scene:
    """A deep squat in a wide stance, while the arms dance."""
    low = {"hips.drop": 0.36, "chest.bend": 18.0, "head.bend": -12.0}
    wide = {f"{side}.foot.{k}": v for side in ("left", "right") for k, v in _WIDE.items()}

    def change(motion: Motion) -> Motion:
        return perturb.held(perturb.legs_still(motion), low | wide)

    return render("harbour", "short", change=change, size=SIZE)


_WIDE = {"out": 0.17, "turn": 24.0}


def _sideways() -> Scene:
    """The camera stands at the dancer's side, a little to the front."""
    camera = replace(camera_for(body("tall"), SIZE), yaw_deg=80.0)
    return render("harbour", "tall", camera=camera)


def _bystander() -> Scene:
    """Somebody walks past between the dancer and the camera."""
    return with_bystander(render("sunrise", "instructor", size=SIZE), "stout", 9.4, ahead_m=0.8)


def _dark() -> Scene:
    return render("harbour", "stout", size=SIZE)


def _cut_off() -> Scene:
    """Too near the camera and off its middle: the legs and now and then an arm are outside."""
    camera = replace(camera_for(body("tall"), SIZE, zoom=1.7), aim_m=(0.35, 1.25, 0.0))
    return render("sunrise", "tall", camera=camera)


def _dim(picture: Picture, sample: int) -> Picture:
    noise = np.random.default_rng(sample).normal(0.0, NOISE, picture.shape)
    return np.clip(picture * DARKNESS + noise, 0, 255).astype(np.uint8)


OVERHEAD = "overhead"
SCENES: Mapping[str, Recipe] = {
    "dancer": Recipe(_dancer, 3.0),
    OVERHEAD: Recipe(_overhead, 4.0),
    "crouching": Recipe(_crouching, 4.0),
    "sideways": Recipe(_sideways, 2.0),
    "bystander": Recipe(_bystander, 8.0),
    "dark": Recipe(_dark, 5.0, _dim),
    "cut off": Recipe(_cut_off, 3.0),
}


def clips(samples: int, seen: Callable[[str], None] = lambda _: None) -> list[Clip]:
    """Every scene with so many samples; `seen` is told which one is being made.

    :raises ValueError: more than the dances last.
    """
    if not 1 <= samples <= LONGEST_S * FPS:
        raise ValueError(f"expected 1 to {LONGEST_S * FPS:.0f} samples a scene, got {samples}")
    made = []
    for name, recipe in SCENES.items():
        seen(name)
        made.append(_kept(name, recipe, samples))
    return made


def _kept(name: str, recipe: Recipe, samples: int) -> Clip:
    """The clip from the cache, made and put there when it is new."""
    path = CACHE / f"{name.replace(' ', '-')}-{samples}-{_made_from()}.npz"
    if not path.exists():
        clip = _make(name, recipe, samples)
        CACHE.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{os.getpid()}-{path.name}")
        np.savez_compressed(
            part,
            pictures=clip.pictures,
            t_s=clip.t_s,
            truth=clip.truth,
            seen=clip.seen,
            height_px=clip.height_px,
        )
        part.replace(path)
    with np.load(path) as kept:
        return Clip(
            name,
            pictures=kept["pictures"],
            t_s=kept["t_s"],
            truth=kept["truth"],
            seen=kept["seen"],
            height_px=float(kept["height_px"]),
        )


def _make(name: str, recipe: Recipe, samples: int) -> Clip:
    stage = recipe.stage()
    who, camera = stage.actors[0], stage.camera
    t_s = np.arange(samples) / FPS
    pictures, truth, seen = [], [], []
    for k, at in enumerate(recipe.start_s + t_s):
        pictures.append(recipe.spoil(stage.frame_at(float(at)), k))
        truth.append(camera.project(who.joints_at(float(at)))[:, :2])
        seen.append(seen_joints(stage, float(at)))
    tall_m = float(np.ptp(who.body.vertices[:, 1]))
    height_px = tall_m * camera.focal_px / camera.distance_m
    return Clip(name, np.array(pictures), t_s, np.array(truth), np.array(seen), height_px)


def _made_from() -> str:
    """A name for everything that the pictures are made from."""
    sources: Iterable[Path] = [Path(__file__), *sorted((ROOT / "tools" / "dancer").glob("*.py"))]
    digest = hashlib.sha256(np.__version__.encode())
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]
