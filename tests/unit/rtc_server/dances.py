"""Rendered dancers as keypoints, for tests of scoring: exact, without a frame or a detector."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np

from rtc_server.scoring import limb_directions
from rtc_server.scoring.attempt import Attempt, Mirror
from rtc_server.scoring.limbs import LIMBS
from rtc_server.scoring.reference import Reference, prepare_reference
from rtc_server.scoring.summary import Summary
from rtc_server.types import Pose, PoseTrack
from tools.dancer.body import body as body_of
from tools.dancer.choreography import ARMS, FEET
from tools.dancer.choreography import choreography as choreography_of
from tools.dancer.motion import Choreography, Key
from tools.dancer.scene import Actor, Scene, camera_for

FPS = 5.0
SECONDS = 24.0


def _key(beat: float, left: str, right: str, feet: str = "wide") -> Key:
    names = ("upper.raise", "upper.front", "fore.raise", "fore.front")
    arms = {
        f"{side}.{name}": value
        for side, pose in (("left", left), ("right", right))
        for name, value in zip(names, ARMS[pose], strict=True)
    }
    return Key(beat, {**arms, **FEET[feet]})


# Dances for weak spots: squats are their own reversal, and jacks nearly their own mirror image.
OWN = {
    "squats": [
        _key(2 * k + 2, "across" if k % 2 else "down", "across" if k % 2 else "down", feet)
        for k, feet in enumerate(["squat", "rise"] * 11)
    ],
    "jacks": [
        _key(k + 2, *("up", "up") if k % 2 else ("high", "side") if k % 8 == 0 else ("low", "low"))
        for k in range(44)
    ],
}


# How learners put their cameras: a laptop on a table looks up, one on a shelf looks down.
CAMERAS: dict[str, dict[str, Any]] = {
    "level": {},
    "from above": {"pitch_deg": 20.0},
    "from below": {"pitch_deg": -12.0},
    "from aside": {"yaw_deg": 15.0, "pitch_deg": 8.0},
    "near": {"distance_m": 2.6},
}


def dance(
    choreography: str = "sunrise",
    body: str = "instructor",
    change: Any = None,
    camera: str = "level",
) -> PoseTrack:
    """24 s of a dance at FPS samples a second; `change` is one of tools.dancer.perturbations.

    Each is rendered once, and its arrays are read-only.
    """
    if not isinstance(change, partial):
        return _render_dance(choreography, body, camera, change, (), ())
    # Two partial objects are never equal, what they stand for is.
    options = tuple(sorted(change.keywords.items()))
    return _render_dance(choreography, body, camera, change.func, change.args, options)


@cache
def _render_dance(
    choreography: str,
    body: str,
    camera: str,
    change: Callable[..., Any] | None,
    arguments: tuple[Any, ...],
    options: tuple[tuple[str, Any], ...],
) -> PoseTrack:
    who = body_of(body)
    steps = OWN.get(choreography)
    danced = Choreography(choreography, 48, steps) if steps else choreography_of(choreography)
    # As functools.partial does: its own arguments come first.
    motion = change(*arguments, danced.motion(), **dict(options)) if change else danced.motion()
    seen = replace(camera_for(who), **CAMERAS[camera])
    stage = Scene((Actor(who, motion),), seen, FPS, SECONDS)
    width, height = stage.camera.size
    xy = (stage.truth() / np.array([width, height])).astype(np.float32)
    confidence = np.full(xy.shape[:2], 0.9, np.float32)
    t_s = np.asarray(stage.times_s, np.float64)
    for values in (t_s, xy, confidence):
        values.flags.writeable = False
    return PoseTrack(t_s, xy, confidence, width / height)


def lesson(choreography: str = "sunrise") -> Reference:
    return _prepare_lesson(choreography)


@cache
def _prepare_lesson(choreography: str) -> Reference:
    return prepare_reference(dance(choreography))


def attempt(
    learner: PoseTrack, mirror: Mirror = "off", reference: Reference | None = None
) -> Attempt:
    """The learner's whole attempt at a lesson, the first dance where none is named."""
    made = Attempt(reference or lesson(), mirror)
    for t_s, xy, confidence in zip(
        learner.t_s.tolist(), learner.xy, learner.confidence, strict=True
    ):
        made.add_sample(t_s, Pose(t_s, xy, confidence, learner.aspect))
    return made


def scored(
    learner: PoseTrack, mirror: Mirror = "off", reference: Reference | None = None
) -> Summary:
    """The result of a whole attempt.

    The same attempt is scored once, however many tests compare something with it. An attempt is
    the same only where every bit of the learner is, and where the reference is the same object.
    """
    reference = reference or lesson()
    arrays = (learner.t_s, learner.xy, learner.confidence)
    content = (*(values.tobytes() for values in arrays), learner.aspect)
    key = (content, mirror, id(reference))
    if key not in _summaries:
        made = attempt(learner, mirror, reference).summary(complete=True)
        _summaries[key] = (reference, made)
    return _summaries[key][1]


# With the reference, so that no other one can get its id.
_summaries: dict[Any, tuple[Reference, Summary]] = {}


def moved(track: PoseTrack, scale: float = 1.0, x: float = 0.0, y: float = 0.0) -> PoseTrack:
    """The same person elsewhere in the frame, nearer or farther."""
    xy = track.xy * np.float32(scale) + np.array([x, y], np.float32)
    return PoseTrack(track.t_s, xy, track.confidence, track.aspect)


def trembling(track: PoseTrack, size: float, seed: int = 1) -> PoseTrack:
    """Joints off by so much of the frame's height (standard deviation)."""
    chance = np.random.default_rng(seed)
    noise = chance.normal(0, size, track.xy.shape) / np.array([track.aspect, 1])
    return PoseTrack(track.t_s, track.xy + noise.astype(np.float32), track.confidence, track.aspect)


def hidden(track: PoseTrack, joints: list[int]) -> PoseTrack:
    """Some joints never found."""
    xy, confidence = track.xy.copy(), track.confidence.copy()
    xy[:, joints], confidence[:, joints] = np.nan, 0
    return PoseTrack(track.t_s, xy, confidence, track.aspect)


def flipped(track: PoseTrack) -> PoseTrack:
    """The same person seen in a mirror."""
    return PoseTrack(
        track.t_s, *limb_directions.mirror_pose(track.xy, track.confidence), track.aspect
    )


def taken(track: PoseTrack, rows: Any) -> PoseTrack:
    """Other samples in the places of the first ones: an order, a moment held, the end first."""
    rows = np.asarray(rows)
    return PoseTrack(track.t_s[: len(rows)], track.xy[rows], track.confidence[rows], track.aspect)


def detected(track: PoseTrack, seed: int = 1) -> PoseTrack:
    """What a detector makes of it: joints tremble, some jump or are lost, legs change sides."""
    chance = np.random.default_rng(seed)
    n = len(track)
    tall = np.ptp(track.xy[..., 1], axis=1)[:, None, None]
    size = np.where(chance.random((n, 18, 1)) < 0.02, 0.1, 0.012) * tall
    xy = track.xy + chance.normal(0, 1, track.xy.shape) * size / np.array([track.aspect, 1])
    for k in np.flatnonzero(chance.random(n) < 0.03):
        legs = [8, 9, 10, 11, 12, 13]
        xy[k : k + 2, legs] = xy[k : k + 2, legs[3:] + legs[:3]]
    lost = chance.random((n, 18)) < 0.05
    confidence = np.where(lost, 0, chance.uniform(0.35, 0.9, (n, 18))).astype(np.float32)
    xy[lost] = np.nan
    return PoseTrack(track.t_s, xy.astype(np.float32), confidence, track.aspect)


def stretched(track: PoseTrack, lengths: Any) -> PoseTrack:
    """A person of other limbs, pointing the same way: (8,) factors of arms' and legs' limbs."""
    xy = track.xy.astype(np.float64) * np.array([track.aspect, 1])
    new = xy.copy()
    chains = ([2, 3, 4], [5, 6, 7], [8, 9, 10], [11, 12, 13])
    for k, (a, b, c) in enumerate(chains):
        new[:, b] = new[:, a] + (xy[:, b] - xy[:, a]) * lengths[2 * k]
        new[:, c] = new[:, b] + (xy[:, c] - xy[:, b]) * lengths[2 * k + 1]
    new /= np.array([track.aspect, 1])
    return PoseTrack(track.t_s, new.astype(np.float32), track.confidence, track.aspect)


def bent(track: PoseTrack, limb: str, degrees: float) -> PoseTrack:
    """One limb turned away from where it should point; what hangs on it comes along."""
    start, end = LIMBS[limb].start, LIMBS[limb].end
    along = {3: [3, 4], 6: [6, 7], 9: [9, 10], 12: [12, 13]}.get(end, [end])
    aspect = np.array([track.aspect, 1])
    turn = np.radians(degrees)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    xy = track.xy.astype(np.float64) * aspect
    hub = xy[:, [start]]
    move = (xy[:, [end]] - hub) @ matrix + hub - xy[:, [end]]
    xy[:, along] += move
    return PoseTrack(track.t_s, (xy / aspect).astype(np.float32), track.confidence, track.aspect)
