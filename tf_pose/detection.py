"""What it takes to follow people: looking around, looking at somebody, telling who is who."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tf_pose.appearance import NOT_SEEN, Colours, clothes_of, remembered, unlike
from tf_pose.crop_region import Pose, apart_torsos, crop_region, size_ratio
from tf_pose.geometry import Box
from tf_pose.human import Human
from tf_pose.left_right import untangled
from tf_pose.preprocess import SHAPES, Size, crop_size

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

    crop_side: int = 256  # the network's longer side when looking at the person, pixels
    find_side: int = 320  # … and when looking for people in the whole picture
    stage: int = 4  # which of the network's 6 stages answers for a crop
    margin: float = 1.3  # crop by the box of the last poses
    memory: int = 8  # poses
    least_torsos: float = 4.2  # crop height
    narrowest: float = 9 / 16  # crop width by height: the cheapest that still holds who stands
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
class Somebody:
    """A person who was seen: their last poses (pixels), since when, how prominent, in what."""

    poses: deque[Pose]
    since_s: float
    seen_s: float
    weight: float = 0.0
    clothes: Colours = field(default_factory=lambda: NOT_SEEN)

    def remember(self, pose: Pose, now_s: float, image: Image) -> None:
        self.poses.append(pose)
        self.seen_s = now_s
        self.clothes = remembered(self.clothes, clothes_of(image, pose))


class Watcher:
    """Looks at pictures of one camera, one after the other; one thread at a time."""

    def __init__(self, estimator: Estimator, settings: TrackerSettings | None = None) -> None:
        self.estimator = estimator
        self.settings = settings or TrackerSettings()
        self.looked_around_s = -math.inf
        self.now_s = -math.inf

    def warm_up(self) -> None:
        """Make the network ready for every size that following may ask for."""
        s = self.settings
        boxes = [Box(0, 0, 100 * shape, 100) for shape in SHAPES]
        self.estimator.warm_up([crop_size(b, s.crop_side) for b in boxes], s.stage)
        self.estimator.warm_up([crop_size(b, s.find_side) for b in boxes])

    def look_at(self, image: Image, person: Somebody) -> Human | None:
        """Find them in a crop around their last poses."""
        s = self.settings
        region = crop_region(person.poses, bounds(image), s.margin, s.least_torsos, s.narrowest)
        if region is None:
            return None
        size = crop_size(region, s.crop_side)
        humans = self.estimator.inference(image, roi=region, size=size, stage=s.stage)
        return self.same(person, [untangled(human) for human in humans], image)

    def look_around(self, image: Image) -> list[Human]:
        """Find everybody in the whole picture, and remember that it was done."""
        self.looked_around_s = self.now_s
        return self.everybody(image)

    def everybody(self, image: Image) -> list[Human]:
        """Find everybody in the whole picture."""
        whole = bounds(image)
        size = crop_size(whole, self.settings.find_side)
        humans = self.estimator.inference(image, roi=whole, size=size)
        return [untangled(human) for human in humans]

    def same(self, person: Somebody, humans: list[Human], image: Image) -> Human | None:
        """Who of them is that person, if any: near, of about the same size, in the same clothes."""
        near = []
        for human in humans:
            pose = pixels(human, image)
            distance = apart_torsos(person.poses, pose)
            alike = size_ratio(person.poses[-1], pose) <= self.settings.size_change
            if not alike or distance > self.reach(person):
                continue
            clothes = clothes_of(image, pose)
            if not self.strange(person, clothes):
                other = unlike(person.clothes, clothes) / self.settings.other_clothes
                near.append((distance + (other if other > 0 else 0.0), human))
        return min(near, key=lambda pair: pair[0])[1] if near else None

    def strange(self, person: Somebody, clothes: Colours) -> bool:
        """Whether those are somebody else's clothes; False where nothing is known."""
        return unlike(person.clothes, clothes) > self.settings.other_clothes

    def reach(self, person: Somebody) -> float:
        """How far they can have come since they were seen, in torsos."""
        away_s = self.now_s - person.seen_s
        return self.settings.reach_torsos + self.settings.speed_torsos * away_s


def bounds(image: Image) -> Box:
    """The whole picture."""
    return Box(0.0, 0.0, float(image.shape[1]), float(image.shape[0]))


def pixels(human: Human, image: Image) -> Pose:
    """The person's joints in pixels of the picture, (18, 2)."""
    xy, _ = human.arrays()
    return xy * np.array([image.shape[1], image.shape[0]], np.float32)
