"""Follows one person through a video, looking only where they are."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tf_pose.clothes import NOT_SEEN, Colours, clothes_of, remembered, unlike
from tf_pose.framing import Pose, apart_torsos, crop_region, prominence, size_ratio
from tf_pose.geometry import Box
from tf_pose.human import Human
from tf_pose.preprocess import SHAPES, Size, crop_size
from tf_pose.untangle import untangled

Image = NDArray[np.uint8]


class Estimator(Protocol):
    """What a tracker needs of `tf_pose.estimator.TfPoseEstimator`."""

    def inference(
        self,
        npimg: Image,
        *,
        roi: tuple[float, float, float, float] | None = None,
        size: Size | None = None,
        stage: int = 6,
    ) -> list[Human]: ...

    def warm_up(self, sizes: list[Size] | None = None, stage: int = 6) -> None: ...


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """How closely to look, and when to believe that it is somebody else.

    The defaults cost one network call a frame; a call's cost grows with the square of the sides.
    """

    crop_side: int = 192  # the network's longer side when looking at the person, pixels
    find_side: int = 320  # … and when looking for people in the whole picture
    stage: int = 4  # which of the network's 6 stages answers for a crop
    margin: float = 1.3  # crop by the box of the last poses
    memory: int = 8  # poses
    least_torsos: float = 4.2  # crop height
    enough_parts: int = 8  # with fewer, look around again
    idle_s: float = 0.35  # between two looks at a picture that nobody was in
    settle_s: float = 1.0  # how long somebody is seen before the choice is final
    lost_s: float = 1.0  # how long they are waited for
    reach_torsos: float = 0.5  # how far a pose may jump at once …
    speed_torsos: float = 1.5  # … and more by the second
    size_change: float = 1.8  # times larger or smaller at once
    other_clothes: float = 25.0  # colours so far apart are somebody else's (`clothes.unlike`)
    other_weight: float = 0.3  # … who is also less likely to be chosen next


@dataclass(slots=True, eq=False)
class _Somebody:
    """A person who was seen: their last poses (pixels), since when, and how prominent."""

    poses: deque[Pose]
    since_s: float
    seen_s: float
    weight: float = 0.0
    clothes: Colours = field(default_factory=lambda: NOT_SEEN)

    def remember(self, pose: Pose, now_s: float, image: Image) -> None:
        self.poses.append(pose)
        self.seen_s = now_s
        self.clothes = remembered(self.clothes, clothes_of(image, pose))


class PersonTracker:
    """Chooses the learner and keeps to them; one tracker a learner, one thread at a time.

    The estimator may be shared by any number of trackers.
    """

    def __init__(self, estimator: Estimator, settings: TrackerSettings | None = None) -> None:
        self.estimator = estimator
        self.settings = settings or TrackerSettings()
        self._locked: _Somebody | None = None
        self._before: _Somebody | None = None  # who was followed last
        self._candidates: list[_Somebody] = []
        self._looked_around_s = -math.inf
        self._now_s = -math.inf
        self._picture = Box(0, 0, 0, 0)

    def warm_up(self) -> None:
        """Make the network ready for every size that following may ask for."""
        s = self.settings
        boxes = [Box(0, 0, 100 * shape, 100) for shape in SHAPES]
        self.estimator.warm_up([crop_size(b, s.crop_side) for b in boxes], s.stage)
        self.estimator.warm_up([crop_size(b, s.find_side) for b in boxes])

    def follow(self, image_bgr: Image, t_s: float) -> Human | None:
        """Give the person's pose at that moment, joints in 0..1 of the picture; None if not seen.

        `t_s` is the picture's time in seconds; when it goes back, everybody is forgotten.
        """
        if t_s < self._now_s:
            self._locked, self._before = None, None
            self._candidates, self._looked_around_s = [], -math.inf
        self._now_s = t_s
        self._resize(_bounds(image_bgr))
        if self._locked and t_s - self._locked.seen_s >= self.settings.lost_s:
            self._locked = None
        if self._locked is not None:
            return self._keep(image_bgr, self._locked)
        if not self._candidates and t_s - self._looked_around_s < self.settings.idle_s:
            return None
        return self._choose(image_bgr)

    def _resize(self, picture: Box) -> None:
        """Keep everybody's place when the picture's size changes, as a webcam's may at any time."""
        if self._picture.area and picture != self._picture:
            scale = np.array([picture.w / self._picture.w, picture.h / self._picture.h], np.float32)
            for somebody in [*self._candidates, *filter(None, [self._locked])]:
                somebody.poses = deque([p * scale for p in somebody.poses], somebody.poses.maxlen)
        self._picture = picture

    def _keep(self, image: Image, person: _Somebody) -> Human | None:
        """Look where they were; look around when little of them is there."""
        human = self._look_at(image, person)
        found = human.part_count() if human else 0
        # Somebody of whom only a part is in view is not searched for in every picture.
        patient = found and self._now_s - self._looked_around_s < self.settings.lost_s
        if found < self.settings.enough_parts and not patient:
            around = self._same(person, self._look_around(image), image)
            if around and around.part_count() > found:
                human = around
        if human is not None:
            person.remember(_pixels(human, image), self._now_s, image)
        return human

    def _choose(self, image: Image) -> Human | None:
        """Look around; give the most prominent person, who is kept to once seen long enough."""
        humans = self._look_around(image)
        seen = [(self._meet(human, image), human) for human in humans]
        lost_s = self.settings.lost_s
        self._candidates = [s for s in self._candidates if self._now_s - s.seen_s < lost_s]
        if not self._candidates:
            return None
        best = max(self._candidates, key=lambda somebody: somebody.weight)
        if self._now_s - best.since_s >= self.settings.settle_s:
            self._locked, self._before, self._candidates = best, best, []
        human = next((human for somebody, human in seen if somebody is best), None)
        if human is None:
            return None
        closer = self._look_at(image, best)
        if closer is None:
            return human
        best.poses[-1] = _pixels(closer, image)
        return closer

    def _meet(self, human: Human, image: Image) -> _Somebody:
        """Whom of the candidates that is; a new one when nobody known is near enough."""
        pose = _pixels(human, image)
        known = [s for s in self._candidates if s.seen_s < self._now_s]
        apart = [(apart_torsos(somebody.poses, pose), somebody) for somebody in known]
        distance, somebody = min(apart, key=lambda pair: pair[0], default=(math.inf, None))
        if somebody is None or distance > self._reach(somebody):
            somebody = _Somebody(deque(maxlen=self.settings.memory), self._now_s, self._now_s)
            self._candidates.append(somebody)
        somebody.remember(pose, self._now_s, image)
        weight = prominence(pose, human.score, _bounds(image))
        if self._before and self._strange(self._before, somebody.clothes):
            weight *= self.settings.other_weight
        somebody.weight += weight
        return somebody

    def _look_at(self, image: Image, person: _Somebody) -> Human | None:
        """Find them in a crop around their last poses."""
        s = self.settings
        region = crop_region(person.poses, _bounds(image), s.margin, s.least_torsos)
        if region is None:
            return None
        size = crop_size(region, s.crop_side)
        humans = self.estimator.inference(image, roi=region, size=size, stage=s.stage)
        return self._same(person, [untangled(human) for human in humans], image)

    def _look_around(self, image: Image) -> list[Human]:
        """Find everybody in the whole picture."""
        self._looked_around_s = self._now_s
        whole = _bounds(image)
        size = crop_size(whole, self.settings.find_side)
        humans = self.estimator.inference(image, roi=whole, size=size)
        return [untangled(human) for human in humans]

    def _same(self, person: _Somebody, humans: list[Human], image: Image) -> Human | None:
        """Who of them is that person, if any: near, of about the same size, in the same clothes."""
        near = []
        for human in humans:
            pose = _pixels(human, image)
            distance = apart_torsos(person.poses, pose)
            alike = size_ratio(person.poses[-1], pose) <= self.settings.size_change
            if not alike or distance > self._reach(person):
                continue
            clothes = clothes_of(image, pose)
            if not self._strange(person, clothes):
                other = unlike(person.clothes, clothes) / self.settings.other_clothes
                near.append((distance + (other if other > 0 else 0.0), human))
        return min(near, key=lambda pair: pair[0])[1] if near else None

    def _strange(self, person: _Somebody, clothes: Colours) -> bool:
        return unlike(person.clothes, clothes) > self.settings.other_clothes

    def _reach(self, person: _Somebody) -> float:
        away_s = self._now_s - person.seen_s
        return self.settings.reach_torsos + self.settings.speed_torsos * away_s


def _bounds(image: Image) -> Box:
    return Box(0.0, 0.0, float(image.shape[1]), float(image.shape[0]))


def _pixels(human: Human, image: Image) -> Pose:
    xy, _ = human.arrays()
    return xy * np.array([image.shape[1], image.shape[0]], np.float32)
