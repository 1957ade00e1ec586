"""People in the frame who are none of the dancers yet, or none at all. Pure.

Who walks past does not stay; who wants to dance does. So each is watched until they have stood.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tf_pose.geometry import Box
from tf_pose.pose_geometry import prominence, torso_px
from tf_pose.tracking.appearance import Appearance, update_appearance
from tf_pose.tracking.dancer import trunk_x
from tf_pose.tracking.detection import Detection, PersonTrack, TrackerSettings

# Somebody who has moved farther than this from where they stood has walked, in torsos: people walk
# at 2.5 torsos a second, and a step of a dance is shorter than one.
WALKED_TORSOS = 1.2
CLOTHES_SHARE = 0.5  # of the newest sight: the first ones are often half hidden
FORGET_S = 2.5  # searches may be a second apart


@dataclass(slots=True, eq=False)
class Newcomer:
    """Somebody, since when and where they have stood, and what was seen of them last."""

    track: PersonTrack
    seen: Detection
    stood_since_s: float
    stood_x: float

    def stood_s(self, now_s: float) -> float:
        return now_s - self.stood_since_s

    def shares_clothes(self, appearance: Appearance) -> bool:
        """Whether any of their clothes can be compared with those."""
        return bool(np.isfinite(self.track.appearance + appearance).any())


class Newcomers:
    """Everybody who was found in the last searches and is no dancer."""

    def __init__(self, settings: TrackerSettings) -> None:
        self._settings = settings
        self._all: list[Newcomer] = []

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Newcomer]:
        return iter(list(self._all))

    def clear(self) -> None:
        self._all = []

    def remove(self, newcomer: Newcomer) -> None:
        """They are a dancer now."""
        self._all.remove(newcomer)

    def update(self, found: list[Detection], now_s: float, frame: Box) -> None:
        """Take what a search found, dancers excluded."""
        self._all = [one for one in self._all if now_s - one.track.last_seen_s < FORGET_S]
        for seen in found:
            self._update_one(self._find(seen, now_s), seen, now_s, frame)

    def seen_at(self, now_s: float) -> list[Newcomer]:
        """Those who are seen now, the most prominent first."""
        present = [one for one in self._all if one.track.last_seen_s == now_s]
        return sorted(present, key=lambda one: -one.track.prominence)

    def scale(self, by: tuple[float, float]) -> None:
        """Keep everybody's place when the frame's size changes."""
        for one in self._all:
            one.track.scale(np.array(by, np.float32))
            one.stood_x *= by[0]

    def _find(self, seen: Detection, now_s: float) -> Newcomer | None:
        """Who of them that is; each once."""
        settings, best, least = self._settings, None, math.inf
        for one in self._all:
            away_s = now_s - one.track.last_seen_s
            distance = one.track.distance_torsos(seen.pose)
            reach = settings.reach_torsos + 2 * settings.speed_torsos * away_s
            if away_s > 0 and distance <= reach and distance < least:
                best, least = one, distance
        return best

    def _update_one(
        self, newcomer: Newcomer | None, seen: Detection, now_s: float, frame: Box
    ) -> None:
        x = trunk_x(seen.pose)
        if newcomer is None:
            track = PersonTrack(deque(maxlen=self._settings.memory), now_s, now_s)
            newcomer = Newcomer(track, seen, now_s, x)
            self._all.append(newcomer)
        known = newcomer.track.appearance
        newcomer.track.update(seen, now_s)
        newcomer.track.appearance = update_appearance(known, seen.appearance, CLOTHES_SHARE)
        newcomer.track.prominence += prominence(seen.pose, seen.human.score, frame)
        newcomer.seen = seen
        torso = torso_px(seen.pose)
        if not torso > 0 or abs(x - newcomer.stood_x) > WALKED_TORSOS * torso:
            newcomer.stood_since_s, newcomer.stood_x = now_s, x
