"""Renders the frames that every row is measured on, once, and keeps them in .cache.

A file's name there has a hash of all that its frames are made from.
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
from bench.pose.scenes import FPS, LONGEST_S, SCENES, SIZE, Frame, SceneRecipe
from tools.dancer.visibility import visible_joints

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "bench"


@dataclass(frozen=True, slots=True)
class Clip:
    """One scene's samples at 5 a second.

    frames (n, H, W, 3) BGR; t_s (n,) from 0; truth (n, 18, 2) pixels, also of hidden joints; seen
    (n, 18), which joints can be seen; height_px, how tall the person is when they stand upright.
    """

    name: str
    frames: Frame
    t_s: NDArray[np.float64]
    truth: NDArray[np.float64]
    seen: NDArray[np.bool_]
    height_px: float

    @property
    def area_px(self) -> NDArray[np.float64]:
        """The area of the person's outline, (n,) square pixels, from the box of their joints."""
        return OUTLINE_OF_BOX * box_area(self.truth, SIZE)


def make_clips(samples: int, on_scene: Callable[[str], None] = lambda _: None) -> list[Clip]:
    """Make a clip of each scene with this many samples; call `on_scene` with each scene's name.

    :raises ValueError: the dances do not last that long.
    """
    if not 1 <= samples <= LONGEST_S * FPS:
        raise ValueError(f"expected 1 to {LONGEST_S * FPS:.0f} samples a scene, got {samples}")
    clips = []
    for name, recipe in SCENES.items():
        on_scene(name)
        clips.append(_load_or_render(name, recipe, samples))
    return clips


def _load_or_render(name: str, recipe: SceneRecipe, samples: int) -> Clip:
    """Load the clip from the cache; render it first if it is not there."""
    path = CACHE / f"{name.replace(' ', '-')}-{samples}-{_hash_sources()}.npz"
    if not path.exists():
        clip = _render(name, recipe, samples)
        CACHE.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{os.getpid()}-{path.name}")
        np.savez_compressed(
            part,
            frames=clip.frames,
            t_s=clip.t_s,
            truth=clip.truth,
            seen=clip.seen,
            height_px=clip.height_px,
        )
        part.replace(path)
    with np.load(path) as kept:
        return Clip(
            name,
            frames=kept["frames"],
            t_s=kept["t_s"],
            truth=kept["truth"],
            seen=kept["seen"],
            height_px=float(kept["height_px"]),
        )


def _render(name: str, recipe: SceneRecipe, samples: int) -> Clip:
    scene = recipe.make_scene()
    actor, camera = scene.actors[0], scene.camera
    t_s = np.arange(samples) / FPS
    frames, truth, seen = [], [], []
    for k, at in enumerate(recipe.start_s + t_s):
        frames.append(recipe.degrade(scene.frame_at(float(at)), k))
        truth.append(camera.project(actor.joints_at(float(at)))[:, :2])
        seen.append(visible_joints(scene, float(at)))
    tall_m = float(np.ptp(actor.body.vertices[:, 1]))
    height_px = tall_m * camera.focal_px / camera.distance_m
    return Clip(name, np.array(frames), t_s, np.array(truth), np.array(seen), height_px)


def _hash_sources() -> str:
    """Hash all that the frames are made from."""
    this = Path(__file__)
    dancer = sorted((ROOT / "tools" / "dancer").glob("*.py"))
    sources = [this, this.with_name("scenes.py"), *dancer]
    digest = hashlib.sha256(np.__version__.encode())
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]
