"""One-Euro smoothing of poses, the same for learner and instructor. Pure.

Casiez, Roussel and Vogel, "1€ Filter: A Simple Speed-based Low-pass Filter for Noisy Input in
Interactive Systems", CHI 2012: a joint that rests is smoothed much, one that moves hardly at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rtc_server.values import KEYPOINTS, Pose, PoseTrack
from tf_pose.framing import torso_px

Doubles = NDArray[np.float64]

TORSO_HZ = 0.5  # people bend and turn, and a single torso may be mistaken
LEAST_TORSO = 0.02  # of the picture's height: whatever is seen, speeds stay finite


@dataclass(frozen=True, slots=True)
class SmoothingSettings:
    """The filter's constants; docs/pose.md says how they were chosen."""

    still_hz: float = 0.5  # the cutoff of a joint at rest: the paper's fcmin
    hz_per_speed: float = 20.0  # by how much it rises with each torso/s: its beta
    speed_hz: float = 1.0  # the cutoff of the speed itself: its dcutoff
    forget_s: float = 0.6  # a joint that was missing longer begins anew


class Smoother:
    """Smooths one person's poses as they come, each from itself and those before it."""

    def __init__(self, settings: SmoothingSettings | None = None) -> None:
        self.settings = settings or SmoothingSettings()
        self._forget()

    def smooth(self, pose: Pose) -> Pose:
        """Give the pose with its joints smoothed; missing ones stay missing, scores stay.

        A time that goes back makes the filter forget everything; one that repeats gives again
        what is known by then.
        """
        if not pose.captured_s >= self._now_s:
            self._forget()
        self._now_s = pose.captured_s
        raw = pose.xy.astype(np.float64)
        found = np.isfinite(raw).all(axis=1)
        elapsed_s = pose.captured_s - self._seen_s
        known = found & (elapsed_s <= self.settings.forget_s)
        self._measure(raw, pose.aspect, elapsed_s, known)
        self._step(raw, np.array([pose.aspect, 1.0]), elapsed_s, known)
        new = found & ~known
        self._xy[new], self._speed[new] = raw[new], 0.0
        self._seen_s[found] = pose.captured_s
        xy = np.where(found[:, None], self._xy, np.nan).astype(np.float32)
        return replace(pose, xy=xy)

    def _forget(self) -> None:
        self._now_s = -math.inf
        self._seen_s = np.full(KEYPOINTS, -np.inf)
        self._xy: Doubles = np.full((KEYPOINTS, 2), np.nan)  # 0..1 of the picture
        self._speed: Doubles = np.zeros((KEYPOINTS, 2))  # torsos a second
        self._torso = math.nan  # picture heights

    def _step(
        self, raw: Doubles, to_heights: Doubles, elapsed_s: Doubles, known: NDArray[np.bool_]
    ) -> None:
        """Take the known joints towards where they are seen: the filter itself."""
        its, passed_s = self.settings, elapsed_s[known]
        moved = raw[known] - self._xy[known]
        per_s = np.divide(1.0, passed_s, out=np.zeros_like(passed_s), where=passed_s > 0)
        speed = moved * to_heights / self._torso * per_s[:, None]
        share = _share(its.speed_hz, passed_s)[:, None]
        self._speed[known] += share * (speed - self._speed[known])
        cutoff_hz = its.still_hz + its.hz_per_speed * np.hypot(*self._speed[known].T)
        self._xy[known] += _share(cutoff_hz, passed_s)[:, None] * moved

    def _measure(
        self, raw: Doubles, aspect: float, elapsed_s: Doubles, known: NDArray[np.bool_]
    ) -> None:
        """Keep the person's torso, by which speeds are measured, so that size does not matter."""
        points = raw * np.array([aspect, 1.0])
        torso = torso_px(points)
        if not known.any():  # somebody new
            self._torso = torso if math.isfinite(torso) else _spread(points) / 3
        elif math.isfinite(torso):
            passed_s = float(elapsed_s[known].min())
            self._torso += float(_share(TORSO_HZ, np.array(passed_s))) * (torso - self._torso)
        self._torso = max(LEAST_TORSO, self._torso)


def smooth_track(track: PoseTrack, settings: SmoothingSettings | None = None) -> PoseTrack:
    """Smooth a whole track as it would have been smoothed live."""
    smoother = Smoother(settings)
    xy = track.xy.copy()
    for k, t_s in enumerate(track.t_s.tolist()):
        xy[k] = smoother.smooth(Pose(t_s, track.xy[k], track.score[k], track.aspect)).xy
    return replace(track, xy=xy)


def _share(cutoff_hz: Doubles | float, passed_s: Doubles) -> Doubles:
    """How much of the way to the new value a low-pass of that cutoff goes in that time, 0..1."""
    turns: Doubles = 2 * math.pi * cutoff_hz * passed_s
    share: Doubles = turns / (1 + turns)
    return share


def _spread(points: Doubles) -> float:
    """The longer side of the box around the joints; 0 where none is known."""
    found = points[np.isfinite(points).all(axis=1)]
    return float(np.ptp(found, axis=0).max()) if len(found) else 0.0
