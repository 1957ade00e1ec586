"""Follows one person through a video, looking only where they are."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from tf_pose.crop_region import apart_torsos, prominence
from tf_pose.detection import (
    Estimator,
    Image,
    Somebody,
    TrackerSettings,
    Watcher,
    bounds,
    pixels,
)
from tf_pose.geometry import Box
from tf_pose.human import Human

__all__ = ["Estimator", "PersonTracker", "TrackerSettings"]

SELF_TORSOS = 0.75  # who is seen so near to somebody's place is that one, seen once more


class PersonTracker(Watcher):
    """Chooses the learner and keeps to them; one tracker a learner, one thread at a time.

    The estimator may be shared by any number of trackers.
    """

    def __init__(self, estimator: Estimator, settings: TrackerSettings | None = None) -> None:
        super().__init__(estimator, settings)
        self._locked: Somebody | None = None
        self._before: Somebody | None = None  # who was followed last
        self._candidates: list[Somebody] = []
        self._picture = Box(0, 0, 0, 0)

    def follow(self, image_bgr: Image, t_s: float) -> Human | None:
        """Give the person's pose at that moment, joints in 0..1 of the picture; None if not seen.

        `t_s` is the picture's time in seconds; when it goes back, everybody is forgotten.
        """
        if t_s < self.now_s:
            self._locked, self._before = None, None
            self._candidates, self.looked_around_s = [], -math.inf
        self.now_s = t_s
        self._resize(bounds(image_bgr))
        if self._locked and t_s - self._locked.seen_s >= self.settings.lost_s:
            self._locked = None
        if self._locked is not None:
            return self._keep(image_bgr, self._locked)
        if not self._candidates and t_s - self.looked_around_s < self.settings.idle_s:
            return None
        return self._choose(image_bgr)

    def others(self, image_bgr: Image, followed: Human) -> list[Human]:
        """Everybody in the picture but the one who is followed: a look all around, so ask seldom.

        It changes nothing about whom `follow` follows.
        """
        known = pixels(followed, image_bgr)
        return [
            human
            for human in self.everybody(image_bgr)
            if apart_torsos([known], pixels(human, image_bgr)) > SELF_TORSOS
        ]

    def _resize(self, picture: Box) -> None:
        """Keep everybody's place when the picture's size changes, as a webcam's may at any time."""
        if self._picture.area and picture != self._picture:
            scale = np.array([picture.w / self._picture.w, picture.h / self._picture.h], np.float32)
            for somebody in [*self._candidates, *filter(None, [self._locked])]:
                somebody.poses = deque([p * scale for p in somebody.poses], somebody.poses.maxlen)
        self._picture = picture

    def _keep(self, image: Image, person: Somebody) -> Human | None:
        """Look where they were; look around when little of them is there."""
        human = self.look_at(image, person)
        found = human.part_count() if human else 0
        # Somebody of whom only a part is in view is not searched for in every picture.
        patient = found and self.now_s - self.looked_around_s < self.settings.lost_s
        if found < self.settings.enough_parts and not patient:
            around = self.same(person, self.look_around(image), image)
            if around and around.part_count() > found:
                human = around
        if human is not None:
            person.remember(pixels(human, image), self.now_s, image)
        return human

    def _choose(self, image: Image) -> Human | None:
        """Look around; give the most prominent person, who is kept to once seen long enough."""
        humans = self.look_around(image)
        seen = [(self._meet(human, image), human) for human in humans]
        lost_s = self.settings.lost_s
        self._candidates = [s for s in self._candidates if self.now_s - s.seen_s < lost_s]
        if not self._candidates:
            return None
        best = max(self._candidates, key=lambda somebody: somebody.weight)
        if self.now_s - best.since_s >= self.settings.settle_s:
            self._locked, self._before, self._candidates = best, best, []
        human = next((human for somebody, human in seen if somebody is best), None)
        if human is None:
            return None
        closer = self.look_at(image, best)
        if closer is None:
            return human
        best.poses[-1] = pixels(closer, image)
        return closer

    def _meet(self, human: Human, image: Image) -> Somebody:
        """Whom of the candidates that is; a new one when nobody known is near enough."""
        pose = pixels(human, image)
        known = [s for s in self._candidates if s.seen_s < self.now_s]
        apart = [(apart_torsos(somebody.poses, pose), somebody) for somebody in known]
        distance, somebody = min(apart, key=lambda pair: pair[0], default=(math.inf, None))
        if somebody is None or distance > self.reach(somebody):
            somebody = Somebody(deque(maxlen=self.settings.memory), self.now_s, self.now_s)
            self._candidates.append(somebody)
        somebody.remember(pose, self.now_s, image)
        weight = prominence(pose, human.score, bounds(image))
        if self._before and self.strange(self._before, somebody.clothes):
            weight *= self.settings.other_weight
        somebody.weight += weight
        return somebody
