"""Films for the fake camera, rendered once into the cache."""

from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.build_cache import build_once, cached_path, sources_of
from tools.dancer import perturbations
from tools.dancer.scene import Scene, render
from tools.dancer.video_files import write

FPS = 15
CAMERA_FPS = 30  # Chromium plays every .mjpeg at this rate
# Half as many pixels as most cameras have, and so half as much to decode, encode and draw: still
# more than the server's look at one who stands needs.
SIZE = (480, 360)
COMMON_SIZE = (640, 480)  # for measurements
NOISE_FRAMES = 30
BITS, SQUARE_PX = 10, 16  # of a picture that is drawn 640 pixels wide
# Reads the frame's number from the learner's video; -1 before there is a frame.
NUMBER = f"""
() => {{
  const video = document.querySelector('[data-part="learner"]');
  if (!video?.videoWidth) return -1;
  const canvas = new OffscreenCanvas({BITS * SQUARE_PX}, {SQUARE_PX});
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 640, 480);
  const {{ data }} = pen.getImageData(0, {SQUARE_PX // 2}, {BITS * SQUARE_PX}, 1);
  const bits = [...Array({BITS}).keys()];
  return bits.reduce((sum, k) => sum + (data[4 * (k + 0.5) * {SQUARE_PX}] > 127) * 2 ** k, 0);
}}
"""
STANDS_S = 10.0  # stands at first, while the page connects and counts down


def dance_film(size: tuple[int, int] = SIZE) -> Path:
    """Somebody who stands for a while and then dances the demo's dance, mirrored."""
    sources = sources_of("tests.browser.support.camera_film")
    path = cached_path(f"films/learner-{size[0]}.mjpeg", sources)
    return build_once(path, lambda path: _write_dance(path, size))


def noise_film() -> Path:
    """Large noise that no encoder can predict, so that it needs more bits than the limit."""
    return build_once(cached_path("films/noise.mjpeg", [Path(__file__)]), _write_noise)


def _write_dance(path: Path, size: tuple[int, int]) -> None:
    scene = render("sunrise", "tall", change=perturbations.mirrored, size=size, fps=FPS)
    write(path, _frames(scene), CAMERA_FPS)


def _write_noise(path: Path) -> None:
    chance = np.random.default_rng(0)
    coarse = chance.integers(0, 255, (NOISE_FRAMES, 9, 16, 3), np.uint8)
    large = (cv2.resize(one, (1280, 720), interpolation=cv2.INTER_CUBIC) for one in coarse)
    write(path, large, CAMERA_FPS)


def _frames(scene: Scene) -> Iterator[NDArray]:
    still = repeat(scene.frame_at(0.0), round(STANDS_S * FPS))
    for number, picture in enumerate(chain(still, scene.frames())):
        yield from repeat(_numbered(picture, number), CAMERA_FPS // FPS)


def _numbered(picture: NDArray, number: int) -> NDArray:
    """Writes the frame's number into the corner, one square a bit, so that the page can read it."""
    marked = picture.copy()
    square = SQUARE_PX * picture.shape[1] // 640
    for bit in range(BITS):
        left = bit * square
        marked[:square, left : left + square] = 255 * (number >> bit & 1)
    return marked
