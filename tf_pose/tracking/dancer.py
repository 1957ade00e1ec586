"""What is known of one of several dancers, and how well somebody who is seen fits that. Pure."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tf_pose.pose_geometry import TORSO_JOINTS, Pose, pose_distance_torsos, size_ratio
from tf_pose.tracking.appearance import Appearance, appearance_distance
from tf_pose.tracking.detection import Detection, PersonTrack, TrackerSettings

SPEED_SHARE = 0.5  # of the newest speed in the remembered one
MAX_STEP_S = 0.6  # between two poses that give a speed
COAST_S = 0.8  # for so long somebody who is hidden is taken to go on as they went
# Of the frame's width: where somebody left says little about where they come back.
PLACE_WEIGHT = 0.3


@dataclass(slots=True, eq=False)
class Dancer:
    """One of several dancers: their track, and how fast they move in pixels a second."""

    track: PersonTrack
    velocity: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))

    def update(self, seen: Detection, now_s: float, *, alone: bool) -> None:
        """They are seen again.

        :param alone: nobody is so near that some of the clothes may be theirs.
        """
        track = self.track
        if track.poses:
            self._update_velocity(seen.pose - track.poses[-1], now_s - track.last_seen_s)
        known = track.appearance
        track.update(seen, now_s)
        if not alone and np.isfinite(known).any():
            track.appearance = known

    def predict_pose(self, now_s: float) -> Pose:
        """Where they are now if they went on as they went."""
        away_s = min(now_s - self.track.last_seen_s, COAST_S)
        return self.track.poses[-1] + self.velocity * away_s

    def scale(self, by: tuple[float, float]) -> None:
        """Keep their place when the frame's size changes."""
        self.track.scale(np.array(by, np.float32))
        self.velocity = self.velocity * by

    def return_to(self, track: PersonTrack) -> None:
        """They are back somewhere else: they keep their clothes, and nothing else."""
        track.appearance = self.track.appearance
        self.track, self.velocity = track, np.zeros(2)

    def _update_velocity(self, moved: Pose, step_s: float) -> None:
        if not 0 < step_s <= MAX_STEP_S:
            self.velocity = np.zeros(2)
            return
        trunk = moved.take(TORSO_JOINTS, axis=0)
        trunk = trunk[np.isfinite(trunk[:, 0])]
        if len(trunk):
            speed = np.median(trunk, axis=0) / step_s
            self.velocity = self.velocity + SPEED_SHARE * (speed - self.velocity)


def follow_cost(dancer: Dancer, seen: Detection, now_s: float, settings: TrackerSettings) -> float:
    """How little a detection looks like a dancer who was seen a moment ago: 0 to 2.

    By place, speed, size and clothes; infinite where it cannot be them.
    """
    track = dancer.track
    if not track.poses or size_ratio(track.poses[-1], seen.pose) > settings.size_change:
        return math.inf
    reach = settings.reach_torsos + settings.speed_torsos * (now_s - track.last_seen_s)
    distance = pose_distance_torsos([dancer.predict_pose(now_s)], seen.pose, track.torsos)
    clothes = clothes_cost(track.appearance, seen.appearance, settings)
    if distance > reach or clothes > 1:
        return math.inf
    return distance / reach + clothes


def return_cost(dancer: Dancer, seen: Detection, width: float, settings: TrackerSettings) -> float:
    """How little a detection looks like a dancer who has been away: by clothes, then by place.

    :param width: of the frame in pixels.
    """
    clothes = clothes_cost(dancer.track.appearance, seen.appearance, settings)
    away_px = abs(trunk_x(seen.pose) - trunk_x(dancer.track.poses[-1]))
    return clothes + PLACE_WEIGHT * away_px / width


def clothes_cost(known: Appearance, seen: Appearance, settings: TrackerSettings) -> float:
    """The difference of clothes in parts of the allowed one; 0 where nothing is known."""
    share = appearance_distance(known, seen) / settings.max_appearance_distance
    return share if share > 0 else 0.0


def trunk_x(pose: Pose) -> float:
    """Where somebody stands from left to right, in the pose's unit; 0 if nothing is seen."""
    for joints in (pose.take(TORSO_JOINTS, axis=0), pose):
        known = joints[np.isfinite(joints[:, 0]), 0]
        if len(known):
            return float(np.median(known))
    return 0.0


def new_dancer(seen: Detection, now_s: float, settings: TrackerSettings) -> Dancer:
    """Somebody who becomes a dancer, as they are seen now."""
    dancer = Dancer(PersonTrack(deque(maxlen=settings.memory), now_s, now_s))
    dancer.update(seen, now_s, alone=True)
    return dancer
