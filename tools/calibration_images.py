"""Images of people that the int8 network is made by, cut out as a learner's crop is.

By some of them its numbers are measured, by others its recipe is chosen. None of them is judged by
bench/pose or by the truth set: other dances, bodies, people and cameras.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tests.media import pose2sim_clip, pose2sim_pair
from tf_pose.crop_region import crop_region
from tf_pose.estimator import TfPoseEstimator
from tf_pose.geometry import Box
from tf_pose.preprocess import CROP_SIDE, crop_size, cut_region, resize
from tools.dancer import perturbations
from tools.dancer.choreography import ARMS
from tools.dancer.motion import Motion
from tools.dancer.scene import render
from tools.dancer.stance import ARM_CHANNELS

DEMO = Path(__file__).resolve().parents[1] / "rtc_server" / "demo" / "demo.mp4"
DEMO_EVERY, REAL_EVERY = 48, 9  # frames
CALIBRATION_CAMERAS, CHOICE_CAMERAS = (2, 4), (1, 3)
LONGEST_PX = 960
TIMES_S = np.linspace(1.5, 20.0, 9)
DARK_SHARE, DARKNESS, NOISE = 0.15, 0.3, 6.0
MARGIN, MIN_CROP_TORSOS, MIN_ASPECT = 1.3, 4.2, 9 / 16  # as of TrackerSettings
MIN_JOINTS, MIN_HEIGHT_PX = 10, 110

Image = NDArray[np.uint8]
Joints = NDArray[np.floating]


def arms_up(motion: Motion) -> Motion:
    """Both arms overhead, moving a little."""
    arms = {
        f"{side}.{name}": float(value)
        for side in ("left", "right")
        for name, value in zip(ARM_CHANNELS, ARMS["up"], strict=True)
    }
    return perturbations.loose(perturbations.held(motion, arms), 12.0, seed=11)


Dancers = tuple[tuple[str, str, Callable[[Motion], Motion] | None], ...]
CALIBRATION_DANCERS: Dancers = (
    ("harbour", "instructor", None),
    ("sunrise", "short", None),
    ("harbour", "short", arms_up),
    ("sunrise", "stout", None),
    ("sunrise", "tall", arms_up),
)
CHOICE_DANCERS: Dancers = (
    ("harbour", "stout", None),
    ("sunrise", "short", arms_up),
)


def calibration_images(estimator: TfPoseEstimator, more: int = 1) -> list[Image]:
    """Those that numbers are measured by, in an order that is always the same; takes a minute.

    :param more: so many times as many images, at other moments of the same dances and recordings.
    """
    rng = np.random.default_rng(5)
    demo = find_crops(estimator, [(DEMO, DEMO_EVERY // more)], rng)
    real = find_crops(estimator, _clips(CALIBRATION_CAMERAS, REAL_EVERY // more), rng)
    times_s = np.linspace(TIMES_S[0], TIMES_S[-1], more * len(TIMES_S))
    return [*_dancers(CALIBRATION_DANCERS, rng, times_s), *demo, *real]


def choice_images(estimator: TfPoseEstimator) -> list[Image]:
    """Those that the recipe is chosen by; takes a minute."""
    rng = np.random.default_rng(7)
    real = find_crops(estimator, _clips(CHOICE_CAMERAS, REAL_EVERY), rng)
    return [*_dancers(CHOICE_DANCERS, rng, TIMES_S), *real]


def _clips(cameras: tuple[int, ...], every: int) -> list[tuple[Path, int]]:
    return [(clip(n), every) for clip in (pose2sim_clip, pose2sim_pair) for n in cameras]


def find_crops(
    estimator: TfPoseEstimator, videos: list[tuple[Path, int]], rng: np.random.Generator
) -> Iterator[Image]:
    """Crops of the people in some frames of videos: (file, which frames: 1 of so many)."""
    for path, every in videos:
        for frame in read_frames(path, every):
            for joints in find_people(estimator, frame):
                yield cut_person(frame, joints, rng)[0]


def _dancers(
    dancers: Dancers, rng: np.random.Generator, times_s: NDArray[np.floating]
) -> Iterator[Image]:
    for dance, body, change in dancers:
        options = {"change": change} if change else {}
        scene = render(dance, body, size=(640, 480), **options)
        for at in times_s + rng.uniform(0, 1, len(times_s)):
            frame = scene.frame_at(float(at))
            if rng.random() < DARK_SHARE:
                noise = rng.normal(0, NOISE, frame.shape)
                frame = np.clip(frame * DARKNESS + noise, 0, 255).astype(np.uint8)
            joints = scene.camera.project(scene.actors[0].joints_at(float(at)))[:, :2]
            yield cut_person(frame, joints, rng)[0]


def read_frames(path: Path, every: int) -> Iterator[Image]:
    """Each `every`th frame of a video, no larger than LONGEST_PX."""
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % every == 0:
                scale = LONGEST_PX / max(frame.width, frame.height)
                size = round(frame.width * scale), round(frame.height * scale)
                yield resize(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8), size)


def find_people(estimator: TfPoseEstimator, frame: Image) -> Iterator[Joints]:
    """Who is large enough and whole enough to be a learner: joints in pixels."""
    for human in estimator.inference(frame):
        joints = human.arrays()[0] * frame.shape[1::-1]
        tall_px = np.nanmax(joints[:, 1]) - np.nanmin(joints[:, 1])
        if np.isfinite(joints).all(axis=1).sum() >= MIN_JOINTS and tall_px >= MIN_HEIGHT_PX:
            yield joints


def cut_person(frame: Image, joints: Joints, rng: np.random.Generator) -> tuple[Image, Box]:
    """A crop around somebody, a little displaced, and the region that it shows."""
    whole = Box(0, 0, frame.shape[1], frame.shape[0])
    region = crop_region([joints.astype(np.float32)], whole, MARGIN, MIN_CROP_TORSOS, MIN_ASPECT)
    assert region is not None  # there are joints
    x, y = rng.uniform(-0.06, 0.06, 2)
    moved = Box(region.x + x * region.w, region.y + y * region.h, region.w, region.h)
    return cut_region(frame, moved, crop_size(moved, CROP_SIDE))
