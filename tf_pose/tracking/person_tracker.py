"""Follows one person through a video, looking only where they are."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from tf_pose.geometry import Box
from tf_pose.human import Human
from tf_pose.pose_geometry import pose_distance_torsos, prominence
from tf_pose.tracking.detection import (
    Detection,
    Estimator,
    Image,
    PersonDetector,
    PersonTrack,
    TrackerSettings,
    image_box,
    to_pixels,
)

__all__ = ["Estimator", "PersonTracker", "TrackerSettings"]

SAME_PERSON_TORSOS = 0.75  # a detection so near to the followed person is that person again


class PersonTracker(PersonDetector):
    """Chooses the learner and keeps to them; one tracker a learner, one thread at a time.

    Any number of trackers may share the estimator.
    """

    def __init__(self, estimator: Estimator, settings: TrackerSettings | None = None) -> None:
        super().__init__(estimator, settings)
        self._locked: PersonTrack | None = None
        self._previous: PersonTrack | None = None  # who was followed last
        self._candidates: list[PersonTrack] = []
        self._frame_box = Box(0, 0, 0, 0)

    def follow(self, image_bgr: Image, t_s: float) -> Human | None:
        """Give the person's pose in the next frame, joints in 0..1; None if they are not seen.

        `t_s` is the frame's time in seconds; when it goes back, everybody is forgotten.
        """
        if t_s < self.now_s:
            self._locked, self._previous = None, None
            self._candidates, self.searched_s = [], -math.inf
        previous_s, self.now_s = self.now_s, t_s
        self._resize(image_box(image_bgr))
        if self._locked and self._locked.is_lost(t_s, previous_s, self.settings):
            self._locked = None
        if self._locked is not None:
            return self._follow_locked(image_bgr, self._locked)
        if not self._candidates and t_s - self.searched_s < self.settings.search_interval_s:
            return None
        return self._choose_person(image_bgr)

    def find_others(self, image_bgr: Image, followed: Human) -> list[Human]:
        """Everybody but the followed person: a search of the whole image, so call it seldom.

        It changes nothing about whom `follow` follows.
        """
        followed_pose = to_pixels(followed, image_bgr)
        return [
            seen.human
            for seen in self.detect_everybody(image_bgr)
            if pose_distance_torsos([followed_pose], seen.pose) > SAME_PERSON_TORSOS
        ]

    def _resize(self, frame: Box) -> None:
        """Keep everybody's place when the frame size changes, as a webcam's may at any time."""
        if self._frame_box.area and frame != self._frame_box:
            scale = np.array([frame.w / self._frame_box.w, frame.h / self._frame_box.h], np.float32)
            for track in [*self._candidates, *filter(None, [self._locked])]:
                track.scale(scale)
        self._frame_box = frame

    def _follow_locked(self, image: Image, track: PersonTrack) -> Human | None:
        """Detect them where they were; search the whole image when few joints are found."""
        seen = self.detect_in_crop(image, track)
        found = seen.human.part_count() if seen else 0
        # Somebody of whom only a part is in view is not searched for in every frame.
        recently = found and self.now_s - self.searched_s < self.settings.lost_s
        if found < self.settings.min_parts and not recently:
            searched = self.match(track, self.search(image))
            if searched and searched.human.part_count() > found:
                seen = searched
        if seen is None:
            return None
        track.update(seen, self.now_s)
        return seen.human

    def _choose_person(self, image: Image) -> Human | None:
        """Search; give the most prominent person, and lock on them once seen long enough."""
        detected = [(self._associate(seen, image), seen) for seen in self.search(image)]
        lost_s = self.settings.lost_s
        self._candidates = [t for t in self._candidates if self.now_s - t.last_seen_s < lost_s]
        if not self._candidates:
            return None
        best = max(self._candidates, key=lambda track: track.prominence)
        if self.now_s - best.first_seen_s >= self.settings.settle_s:
            self._locked, self._previous, self._candidates = best, best, []
        seen = next((seen for track, seen in detected if track is best), None)
        if seen is None:
            return None
        in_crop = self.detect_in_crop(image, best)
        if in_crop is None:
            return seen.human
        best.replace_last(in_crop.pose)
        return in_crop.human

    def _associate(self, seen: Detection, image: Image) -> PersonTrack:
        """The candidate that a detection belongs to; a new one when none is near enough."""
        known = [t for t in self._candidates if t.last_seen_s < self.now_s]
        distances = [(track.distance_torsos(seen.pose), track) for track in known]
        distance, track = min(distances, key=lambda pair: pair[0], default=(math.inf, None))
        if track is None or distance > self.max_distance_torsos(track):
            track = PersonTrack(deque(maxlen=self.settings.memory), self.now_s, self.now_s)
            self._candidates.append(track)
        track.update(seen, self.now_s)
        weight = prominence(seen.pose, seen.human.score, image_box(image))
        if self._previous and self.has_other_appearance(self._previous, track.appearance):
            weight *= self.settings.other_person_weight
        track.prominence += weight
        return track
