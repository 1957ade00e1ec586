"""The learner before the camera: the demo's dance, mirrored, rendered once into the cache."""

import os
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

from numpy.typing import NDArray

from tests.browser.cache import cached
from tools import dancer
from tools.dancer import perturb
from tools.dancer.files import write
from tools.dancer.scene import Scene, render

FPS = 15
CAMERA_FPS = 30  # Chromium plays .mjpeg at this rate, whatever was meant
STANDS_S = 10.0  # standing at first, while the page connects and counts down


def learner() -> Path:
    """A film of somebody who stands for a while and then dances the demo's dance, mirrored."""
    sources = [*Path(*dancer.__path__).glob("*.py"), Path(__file__)]
    path = cached("learner", ".mjpeg", sources)
    if not path.exists():
        scene = render("sunrise", "tall", change=perturb.mirrored, size=(640, 480), fps=FPS)
        _store(path, _frames(scene))
    return path


def _frames(scene: Scene) -> Iterator[NDArray]:
    still = repeat(scene.frame_at(0.0), round(STANDS_S * FPS))
    for picture in chain(still, scene.frames()):
        yield from repeat(picture, CAMERA_FPS // FPS)


def _store(path: Path, frames: Iterator[NDArray]) -> None:
    unfinished = path.with_stem(f"{path.stem}-{os.getpid()}")
    write(unfinished, frames, CAMERA_FPS)
    unfinished.rename(path)
