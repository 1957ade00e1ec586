"""One-Euro smoothing of poses, the same for learner and instructor. Pure.

Casiez, Roussel and Vogel, "1€ Filter: A Simple Speed-based Low-pass Filter for Noisy Input in
Interactive Systems", CHI 2012: a joint at rest is smoothed strongly, a moving one hardly at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rtc_server.types import KEYPOINTS, Pose, PoseTrack
from tf_pose.pose_geometry import torso_px

Doubles = NDArray[np.float64]
Number = TypeVar("Number", float, Doubles)

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
class _FilterState:
    """What the filter remembers of a person."""

    now_s: float = -math.inf
    seen_s: Doubles = field(default_factory=lambda: np.full(KEYPOINTS, -np.inf))  # each joint
    xy: Doubles = field(default_factory=lambda: np.full((KEYPOINTS, 2), np.nan))  # 0..1
    speed: Doubles = field(default_factory=lambda: np.zeros((KEYPOINTS, 2)))  # torsos per second
    torso: float = math.nan  # frame heights


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
        state = self._state
        raw = pose.xy.astype(np.float64)
        found = np.isfinite(raw[:, 0]) & np.isfinite(raw[:, 1])
        elapsed_s = pose.captured_s - state.seen_s
        known = found & (elapsed_s <= self.settings.forget_s)
        to_heights = np.array([pose.aspect, 1.0])
        state.torso = _update_torso(state.torso, raw * to_heights, elapsed_s[known])
        smooth = self._filter(raw, to_heights / state.torso, elapsed_s, known)
        state.xy = np.where(found[:, None], smooth, state.xy)
        state.speed[found & ~known] = 0.0
        state.seen_s[found] = state.now_s = pose.captured_s
        return replace(pose, xy=np.where(found[:, None], smooth, np.nan).astype(np.float32))

    def _filter(
        self, raw: Doubles, to_torsos: Doubles, elapsed_s: Doubles, known: NDArray[np.bool_]
    ) -> Doubles:
        """The known joints on their way to where they are seen, others there: the One-Euro filter.

        All joints at once: to pick the known ones out and to put them back costs more than to
        filter the others, too.
        """
        settings, state = self.settings, self._state
        step_s = np.minimum(elapsed_s, settings.forget_s)  # finite for those never seen, too
        moved = raw - state.xy
        per_s = np.divide(1.0, step_s, out=np.zeros_like(step_s), where=step_s >= MIN_STEP_S)
        speed_share = _low_pass_share(settings.speed_hz * step_s)[:, None]
        seen_speed = moved * to_torsos * per_s[:, None]
        speed = state.speed + speed_share * (seen_speed - state.speed)
        is_known = known[:, None]
        state.speed = np.where(is_known, speed, state.speed)
        cutoff_hz = settings.still_hz + settings.hz_per_speed * np.hypot(speed[:, 0], speed[:, 1])
        share = _low_pass_share(cutoff_hz * step_s)[:, None]
        return np.where(is_known, state.xy + share * moved, raw)


def _update_torso(before: float, points: Doubles, step_s: Doubles) -> float:
    """The torso in which speeds are measured, so that size does not matter; frame heights.

    :param before: the torso until now.
    :param step_s: the time since each joint that is still known was seen.
    """
    torso = torso_px(points)
    if not len(step_s):  # somebody new
        before = torso if math.isfinite(torso) else _longest_side(points) / 3
    elif math.isfinite(torso):
        before += _low_pass_share(TORSO_HZ * float(step_s.min())) * (torso - before)
    return max(MIN_TORSO, before)


def smooth_track(track: PoseTrack, settings: SmoothingSettings | None = None) -> PoseTrack:
    """Smooth a whole track as it would have been smoothed live."""
    smoother = Smoother(settings)
    xy = track.xy.copy()
    for k, t_s in enumerate(track.t_s.tolist()):
        xy[k] = smoother.smooth(Pose(t_s, track.xy[k], track.confidence[k], track.aspect)).xy
    return replace(track, xy=xy)


def _low_pass_share(turns: Number) -> Number:
    """How much of the way to the new value a low-pass goes, 0..1.

    :param turns: of its cutoff's frequency since the last value.
    """
    angle = 2 * math.pi * turns
    return angle / (1 + angle)


def _longest_side(points: Doubles) -> float:
    """The longer side of the box around the joints; 0 where none is known."""
    found = points[np.isfinite(points).all(axis=1)]
    return float(np.ptp(found, axis=0).max()) if len(found) else 0.0
