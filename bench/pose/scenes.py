"""Seven scenes with a dancer whose joints are known, each difficult in its own way.

Frames are landscape, as those of a webcam, so that the reference distorts them little when it
stretches them to 432×368.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tools.dancer import perturbations
from tools.dancer.body import body
from tools.dancer.choreography import ARMS
from tools.dancer.motion import Motion
from tools.dancer.scene import Scene, camera_for, render, with_bystander
from tools.dancer.stance import ARM_CHANNELS

SIZE = (640, 480)
FPS = 5.0
LONGEST_S = 15.0  # every dance lasts that long after the scene's start
DARKNESS, NOISE = 0.16, 7.0  # of 255 grey levels: a dim room and a cheap sensor

Frame = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SceneRecipe:
    """How a scene is made: dancer and camera, its start in the dance, and how it is degraded."""

    make_scene: Callable[[], Scene]
    start_s: float
    degrade: Callable[[Frame, int], Frame] = lambda frame, _: frame


def _dancer() -> Scene:
    return render("sunrise", "tall", size=SIZE)


def _overhead() -> Scene:
    """Both hands stay above the head, moving a little, while the rest of the body dances."""
    arms = {
        f"{side}.{name}": float(value)
        for side in ("left", "right")
        for name, value in zip(ARM_CHANNELS, ARMS["up"], strict=True)
    }

    def change(motion: Motion) -> Motion:
        return perturbations.loose(perturbations.held(motion, arms), 6.0, seed=3)

    return render("sunrise", "instructor", change=change, size=SIZE)


def _crouching() -> Scene:
    """A deep squat in a wide stance, while the arms dance."""
    low = {"hips.drop": 0.52, "chest.bend": 24.0, "head.bend": -16.0}
    wide = {f"{side}.foot.{k}": v for side in ("left", "right") for k, v in _WIDE.items()}

    def change(motion: Motion) -> Motion:
        return perturbations.held(perturbations.legs_still(motion), low | wide)

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
    """The dancer is too near and off centre: the legs, and sometimes an arm, are outside."""
    camera = replace(camera_for(body("tall"), SIZE, zoom=1.7), aim_m=(0.35, 1.25, 0.0))
    return render("sunrise", "tall", camera=camera)


def _dim(frame: Frame, sample: int) -> Frame:
    noise = np.random.default_rng(sample).normal(0.0, NOISE, frame.shape)
    return np.clip(frame * DARKNESS + noise, 0, 255).astype(np.uint8)


OVERHEAD = "overhead"
SCENES: Mapping[str, SceneRecipe] = {
    "dancer": SceneRecipe(_dancer, 3.0),
    OVERHEAD: SceneRecipe(_overhead, 4.0),
    "crouching": SceneRecipe(_crouching, 4.0),
    "sideways": SceneRecipe(_sideways, 2.0),
    "bystander": SceneRecipe(_bystander, 8.0),
    "dark": SceneRecipe(_dark, 5.0, _dim),
    "cut off": SceneRecipe(_cut_off, 3.0),
}
