"""The pictures that every row looks at: rendered once, and kept in .cache.

Their key there is of everything that they are made from.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.pose.accuracy import OUTLINE_OF_BOX, box_area
from bench.pose.scenes import FPS, LONGEST_S, SCENES, SIZE, Picture, Recipe
from tools.dancer.visibility import seen_joints

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "bench"


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
    here = Path(__file__)
    dancer = sorted((ROOT / "tools" / "dancer").glob("*.py"))
    sources = [here, here.with_name("scenes.py"), *dancer]
    digest = hashlib.sha256(np.__version__.encode())
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]
