"""One-Euro smoothing of poses, the same for learner and instructor. Pure.

Casiez, Roussel and Vogel, "1€ Filter: A Simple Speed-based Low-pass Filter for Noisy Input in
Interactive Systems", CHI 2012: a joint that rests is smoothed much, one that moves hardly at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from rtc_server.types import KEYPOINTS, Pose, PoseTrack
from tf_pose.crop_region import torso_px

Doubles = NDArray[np.float64]

TORSO_HZ = 0.5  # people bend and turn, and a single torso may be mistaken
SOONEST_S = 0.001  # samples nearer to each other tell no speed
LEAST_TORSO = 0.02  # of the picture's height: whatever is seen, speeds stay finite


@dataclass(frozen=True, slots=True)
class SmoothingSettings:
    """The filter's constants; docs/pose.md says how they were chosen."""

    still_hz: float = 0.5  # the cutoff of a joint at rest: the paper's fcmin
    hz_per_speed: float = 20.0  # by how much it rises with each torso/s: its beta
    speed_hz: float = 1.0  # the cutoff of the speed itself: its dcutoff
    forget_s: float = 0.6  # a joint that was missing longer begins anew


@dataclass(slots=True)
class _Known:
    """What the filter remembers of a person."""

    now_s: float = -math.inf
    seen_s: Doubles = field(default_factory=lambda: np.full(KEYPOINTS, -np.inf))  # each joint
    xy: Doubles = field(default_factory=lambda: np.full((KEYPOINTS, 2), np.nan))  # 0..1
    speed: Doubles = field(default_factory=lambda: np.zeros((KEYPOINTS, 2)))  # torsos a second
    torso: float = math.nan  # picture heights


class Smoother:
    """Smooths one person's poses as they come, each from itself and those before it."""

    def __init__(self, settings: SmoothingSettings | None = None) -> None:
        self.settings = settings or SmoothingSettings()
        self._known = _Known()

    def smooth(self, pose: Pose) -> Pose:
        """Give the pose with its joints smoothed; missing joints stay missing, confidences stay.

        A time that goes back makes the filter forget everything; one that repeats gives again
        what is known by then.
        """
        if not pose.captured_s >= self._known.now_s:
            self._known = _Known()
        its = self._known
        raw = pose.xy.astype(np.float64)
        found = np.isfinite(raw[:, 0]) & np.isfinite(raw[:, 1])
        elapsed_s = pose.captured_s - its.seen_s
        known = found & (elapsed_s <= self.settings.forget_s)
        to_heights = np.array([pose.aspect, 1.0])
        its.torso = _torso(its.torso, raw * to_heights, elapsed_s[known])
        self._step(raw, to_heights / its.torso, elapsed_s, known)
        new = found & ~known
        its.xy[new], its.speed[new] = raw[new], 0.0
        its.seen_s[found] = its.now_s = pose.captured_s
        return replace(pose, xy=np.where(found[:, None], its.xy, np.nan).astype(np.float32))

    def _step(
        self, raw: Doubles, to_torsos: Doubles, elapsed_s: Doubles, known: NDArray[np.bool_]
    ) -> None:
        """Take the known joints towards where they are seen: the filter itself."""
        hertz, its, passed_s = self.settings, self._known, elapsed_s[known]
        moved = raw[known] - its.xy[known]
        per_s = np.divide(1.0, passed_s, out=np.zeros_like(passed_s), where=passed_s >= SOONEST_S)
        speed = moved * to_torsos * per_s[:, None]
        its.speed[known] += _share(hertz.speed_hz, passed_s)[:, None] * (speed - its.speed[known])
        cutoff_hz = hertz.still_hz + hertz.hz_per_speed * np.hypot(*its.speed[known].T)
        its.xy[known] += _share(cutoff_hz, passed_s)[:, None] * moved


def _torso(before: float, points: Doubles, passed_s: Doubles) -> float:
    """The torso by which speeds are measured, so that size does not matter; picture heights.

    `before` is what it was taken for, `passed_s` the time since each joint that is still known.
    """
    torso = torso_px(points)
    if not len(passed_s):  # somebody new
        before = torso if math.isfinite(torso) else _spread(points) / 3
    elif math.isfinite(torso):
        before += float(_share(TORSO_HZ, passed_s.min())) * (torso - before)
    return max(LEAST_TORSO, before)


def smooth_track(track: PoseTrack, settings: SmoothingSettings | None = None) -> PoseTrack:
    """Smooth a whole track as it would have been smoothed live."""
    smoother = Smoother(settings)
    xy = track.xy.copy()
    for k, t_s in enumerate(track.t_s.tolist()):
        xy[k] = smoother.smooth(Pose(t_s, track.xy[k], track.confidence[k], track.aspect)).xy
    return replace(track, xy=xy)


def _share(cutoff_hz: Doubles | float, passed_s: Doubles | float) -> Doubles:
    """How much of the way to the new value a low-pass of that cutoff goes in that time, 0..1."""
    turns = 2 * math.pi * np.asarray(cutoff_hz * passed_s, np.float64)
    return turns / (1 + turns)


def _spread(points: Doubles) -> float:
    """The longer side of the box around the joints; 0 where none is known."""
    found = points[np.isfinite(points).all(axis=1)]
    return float(np.ptp(found, axis=0).max()) if len(found) else 0.0
