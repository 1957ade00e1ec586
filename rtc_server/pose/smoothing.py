"""One-Euro smoothing of poses, the same for learner and instructor. Pure.

Casiez, Roussel and Vogel, "1€ Filter: A Simple Speed-based Low-pass Filter for Noisy Input in
Interactive Systems", CHI 2012: a joint at rest is smoothed strongly, a moving one hardly at all.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from rtc_server.types import KEYPOINTS, Pose, PoseTrack
from tf_pose.pose_geometry import TORSO_JOINTS, torso_of_joints

Place = tuple[float, float]
MISSING = (math.nan, math.nan)
TORSO: tuple[int, ...] = tuple(TORSO_JOINTS.tolist())

TORSO_HZ = 0.5  # people bend and turn, and a single torso may be wrong
MIN_STEP_S = 0.001  # samples nearer to each other give no speed
MIN_TORSO = 0.02  # of the frame's height: keeps speeds finite whatever is seen


@dataclass(frozen=True, slots=True)
class SmoothingSettings:
    """The filter's constants; docs/pose.md says how they were chosen."""

    still_hz: float = 0.5  # the cutoff of a joint at rest: the paper's fcmin
    hz_per_speed: float = 20.0  # by how much it rises with each torso/s: its beta
    speed_hz: float = 1.0  # the cutoff of the speed itself: its dcutoff
    forget_s: float = 0.6  # a joint that was missing for longer starts anew


@dataclass(slots=True)
class _JointFilter:
    """What the filter remembers of a joint: where it is in 0..1, and its speed in torsos/s."""

    x: float
    y: float
    seen_s: float
    speed_x: float = 0.0
    speed_y: float = 0.0


@dataclass(slots=True)
class _FilterState:
    """What the filter remembers of a person."""

    now_s: float = -math.inf
    torso: float = math.nan  # frame heights
    joints: dict[int, _JointFilter] = field(default_factory=dict)


class Smoother:
    """Smooths one person's poses as they come, each from itself and those before it."""

    def __init__(self, settings: SmoothingSettings | None = None) -> None:
        self.settings = settings or SmoothingSettings()
        self._state = _FilterState()

    def smooth(self, pose: Pose) -> Pose:
        """Smooth the joints of a pose; missing joints stay missing, confidences stay.

        A time that goes back makes the filter forget everything. One that repeats gives what is
        known by then.
        """
        if not pose.captured_s >= self._state.now_s:
            self._state = _FilterState()
        state, now_s = self._state, pose.captured_s
        # Joint by joint: a person has few, and calls of numpy cost more than they do.
        found = {k: place for k, place in enumerate(pose.xy.tolist()) if math.isfinite(sum(place))}
        steps_s = {
            k: now_s - state.joints[k].seen_s
            for k in found
            if k in state.joints and now_s - state.joints[k].seen_s <= self.settings.forget_s
        }
        state.torso = _update_torso(state.torso, found, pose.aspect, steps_s.values())
        per_x, per_y = pose.aspect / state.torso, 1 / state.torso
        xy = [MISSING] * KEYPOINTS
        for k, (x, y) in found.items():
            if k in steps_s:
                self._move(state.joints[k], x, y, steps_s[k], per_x, per_y)
            else:
                state.joints[k] = _JointFilter(x, y, now_s)
            joint = state.joints[k]
            joint.seen_s = now_s
            xy[k] = joint.x, joint.y
        state.now_s = now_s
        return Pose(now_s, np.array(xy, np.float32), pose.confidence, pose.aspect)

    def _move(
        self, joint: _JointFilter, x: float, y: float, step_s: float, per_x: float, per_y: float
    ) -> None:
        """A joint goes on its way to where it is seen: the One-Euro filter.

        :param step_s: since it was seen.
        :param per_x: torsos in the frame's width; `per_y`, in its height.
        """
        settings = self.settings
        moved_x, moved_y = x - joint.x, y - joint.y
        per_s = 1 / step_s if step_s >= MIN_STEP_S else 0.0
        share = _low_pass_share(settings.speed_hz * step_s)
        joint.speed_x += share * (moved_x * per_x * per_s - joint.speed_x)
        joint.speed_y += share * (moved_y * per_y * per_s - joint.speed_y)
        speed = math.hypot(joint.speed_x, joint.speed_y)
        share = _low_pass_share((settings.still_hz + settings.hz_per_speed * speed) * step_s)
        joint.x += share * moved_x
        joint.y += share * moved_y


def _update_torso(
    before: float, found: Mapping[int, Place], aspect: float, steps_s: Collection[float]
) -> float:
    """The torso in which speeds are measured, so that size does not matter; frame heights.

    :param before: the torso until now.
    :param found: the joints' places, 0..1 of a frame of that aspect.
    :param steps_s: the time since each joint that is still known was seen.
    """
    places = {k: (x * aspect, y) for k, (x, y) in found.items()}
    torso = torso_of_joints([places.get(k, MISSING) for k in TORSO])
    if not steps_s:  # somebody new
        before = torso if math.isfinite(torso) else _longest_side(places.values()) / 3
    elif math.isfinite(torso):
        before += _low_pass_share(TORSO_HZ * min(steps_s)) * (torso - before)
    return max(MIN_TORSO, before)


def smooth_track(track: PoseTrack, settings: SmoothingSettings | None = None) -> PoseTrack:
    """Smooth a whole track as it would have been smoothed live."""
    smoother = Smoother(settings)
    xy = track.xy.copy()
    for k, t_s in enumerate(track.t_s.tolist()):
        xy[k] = smoother.smooth(Pose(t_s, track.xy[k], track.confidence[k], track.aspect)).xy
    return replace(track, xy=xy)


def _low_pass_share(turns: float) -> float:
    """How much of the way to the new value a low-pass goes, 0..1.

    :param turns: of its cutoff's frequency since the last value.
    """
    angle = 2 * math.pi * turns
    return angle / (1 + angle)


def _longest_side(places: Collection[Place]) -> float:
    """The longer side of the box around the joints; 0 where none is known."""
    return max((max(axis) - min(axis) for axis in zip(*places, strict=True)), default=0.0)
