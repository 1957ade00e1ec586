"""Rendered dancers as keypoints, for tests of scoring: exact, without a picture or a detector."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from rtc_server.reference import Reference, prepare
from rtc_server.report import Attempt, Mirror, Summary
from rtc_server.values import Pose, PoseTrack
from tools.dancer.scene import render

FPS = 5.0


@cache
def dance(choreography: str = "sunrise", body: str = "instructor", change: Any = None) -> PoseTrack:
    """24 s of a dance at FPS samples a second; `change` is one of tools.dancer.perturb."""
    options = {"change": change} if change else {}
    stage = render(choreography, body, fps=FPS, duration_s=24, **options)
    width, height = stage.camera.size
    xy = (stage.truth() / np.array([width, height])).astype(np.float32)
    score = np.full(xy.shape[:2], 0.9, np.float32)
    return PoseTrack(np.asarray(stage.times_s, np.float64), xy, score, width / height)


@cache
def lesson(choreography: str = "sunrise") -> Reference:
    return prepare(dance(choreography))


def attempt(learner: PoseTrack, mirror: Mirror = "off") -> Attempt:
    """The learner's whole attempt at the first dance."""
    made = Attempt(lesson(), mirror)
    for t_s, xy, score in zip(learner.t_s.tolist(), learner.xy, learner.score, strict=True):
        made.add(t_s, Pose(t_s, xy, score, learner.aspect))
    return made


def scored(learner: PoseTrack, mirror: Mirror = "off") -> Summary:
    return attempt(learner, mirror).summary(complete=True)


def moved(track: PoseTrack, scale: float = 1.0, x: float = 0.0, y: float = 0.0) -> PoseTrack:
    """The same person elsewhere in the picture, nearer or farther."""
    xy = track.xy * np.float32(scale) + np.array([x, y], np.float32)
    return PoseTrack(track.t_s, xy, track.score, track.aspect)


def trembling(track: PoseTrack, size: float, seed: int = 1) -> PoseTrack:
    """Joints off by so much of the picture's height (standard deviation)."""
    chance = np.random.default_rng(seed)
    noise = chance.normal(0, size, track.xy.shape) / np.array([track.aspect, 1])
    return PoseTrack(track.t_s, track.xy + noise.astype(np.float32), track.score, track.aspect)


def hidden(track: PoseTrack, joints: list[int]) -> PoseTrack:
    """Some joints never found."""
    xy, score = track.xy.copy(), track.score.copy()
    xy[:, joints], score[:, joints] = np.nan, 0
    return PoseTrack(track.t_s, xy, score, track.aspect)
