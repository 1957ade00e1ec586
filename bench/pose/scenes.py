"""Seven scenes with a dancer whose joints are known, each hard in its own way.

Landscape, as a webcam gives them, so that the reference's stretching to 432×368 distorts little.
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
LONGEST_S = 15.0  # what every dance has left after the scene's start
DARKNESS, NOISE = 0.16, 7.0  # of 255 grey levels: a dim room seen by a cheap sensor

Picture = NDArray[np.uint8]


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
