"""Detects people in frames and tells whether a detection is a known person."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tf_pose.crop_region import crop_region
from tf_pose.geometry import Box, box_around
from tf_pose.human import Human
from tf_pose.pose_geometry import Pose, pose_distance_torsos, size_ratio, torso_px
from tf_pose.preprocess import SHAPES, Size, crop_size
from tf_pose.tracking.appearance import (
    UNKNOWN_APPEARANCE,
    Appearance,
    appearance_distance,
    measure_appearance,
    update_appearance,
)
from tf_pose.tracking.left_right import fix_left_right

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
    """How finely to look, and when a detection is taken for somebody else.

    The defaults cost one network call a frame; a call's cost grows with the square of the sides.
    """

    crop_side: int = 256  # the network's longer side for a person's crop, pixels
    search_side: int = 320  # … and for the whole image
    stage: int = 4  # which of the network's 6 stages answers for a crop
    margin: float = 1.3  # crop by the box of the last poses
    memory: int = 8  # poses
    min_crop_torsos: float = 4.2  # crop height
    min_aspect: float = 9 / 16  # crop width by height: the cheapest that holds a standing person
    min_parts: int = 8  # with fewer joints, search the whole image
    search_interval_s: float = 0.35  # between two searches while nobody is in view
    settle_s: float = 1.0  # how long somebody must be seen before the choice is final
    lost_s: float = 1.0  # how long somebody who is not seen is waited for
    unwatched_s: float = 5.0  # … and for the next frame, if they were in the last one
    reach_torsos: float = 0.5  # how far a pose may jump at once …
    speed_torsos: float = 1.5  # … and more per second
    size_change: float = 1.8  # times larger or smaller at once
    max_appearance_distance: float = 25.0  # clothes that differ more are somebody else's
    other_person_weight: float = 0.3  # … who is also less likely to be chosen next


class Detection:
    """Somebody who was found in a frame. What is asked for more than once is measured once."""

    def __init__(self, human: Human, image: Image) -> None:
        self.human = human
        self.pose = to_pixels(human, image)
        self._image = image

    @cached_property
    def appearance(self) -> Appearance:
        """The colours of their clothes."""
        return measure_appearance(self._image, self.pose)


@dataclass(slots=True, eq=False)
class PersonTrack:
    """A person over time: their last poses (pixels), prominence and appearance."""

    poses: deque[Pose]
    first_seen_s: float
    last_seen_s: float
    prominence: float = 0.0  # summed over frames
    appearance: Appearance = field(default_factory=lambda: UNKNOWN_APPEARANCE)
    # Of each pose: asked for several times a frame.
    torsos: deque[float] = field(init=False)
    boxes: deque[Box | None] = field(init=False)

    def __post_init__(self) -> None:
        self._measure_poses()

    def update(self, seen: Detection, now_s: float) -> None:
        self.poses.append(seen.pose)
        self.torsos.append(torso_px(seen.pose))
        self.boxes.append(box_around(seen.pose))
        self.last_seen_s = now_s
        self.appearance = update_appearance(self.appearance, seen.appearance)

    def replace_last(self, pose: Pose) -> None:
        """Put a better pose of the same moment in the last one's place."""
        self.poses[-1], self.torsos[-1], self.boxes[-1] = pose, torso_px(pose), box_around(pose)

    def scale(self, by: NDArray[np.float32]) -> None:
        """Multiply every pose, x and y, as when the frame's size changes."""
        self.poses = deque([pose * by for pose in self.poses], self.poses.maxlen)
        self._measure_poses()

    def is_lost(self, now_s: float, previous_s: float, settings: TrackerSettings) -> bool:
        """Whether they were looked for in vain for too long, or not looked at for too long.

        A server without time to spare looks seldom. If it then searched for everybody anew, each
        look would cost four times as much, and the next one would come later still.

        :param previous_s: the time of the frame before this one.
        """
        was_in_last_frame = self.last_seen_s == previous_s
        wait_s = settings.unwatched_s if was_in_last_frame else settings.lost_s
        return now_s - self.last_seen_s >= wait_s

    def crop_region(self, image: Box, settings: TrackerSettings) -> Box | None:
        """Where to look for them in an image; None when nothing is known of them."""
        s = settings
        return crop_region(
            self.poses,
            image,
            s.margin,
            s.min_crop_torsos,
            s.min_aspect,
            self.torsos,
            self.boxes,
        )

    def distance_torsos(self, pose: Pose) -> float:
        """How far a pose is from their last one, in torsos."""
        return pose_distance_torsos(self.poses, pose, self.torsos)

    def _measure_poses(self) -> None:
        self.torsos = deque(map(torso_px, self.poses), self.poses.maxlen)
        self.boxes = deque(map(box_around, self.poses), self.poses.maxlen)


class PersonDetector:
    """Detects people in the frames of one camera, one after the other; one thread at a time."""

    def __init__(self, estimator: Estimator, settings: TrackerSettings | None = None) -> None:
        self.estimator = estimator
        self.settings = settings or TrackerSettings()
        self.searched_s = -math.inf
        self.now_s = -math.inf

    def warm_up(self) -> None:
        """Prepare the network for every size that tracking may use."""
        self.warm_up_crops()
        boxes = [Box(0, 0, 100 * shape, 100) for shape in SHAPES]
        self.estimator.warm_up([crop_size(b, self.settings.search_side) for b in boxes])

    def warm_up_crops(self) -> None:
        """Prepare the network for every size of a person's crop."""
        s = self.settings
        boxes = [Box(0, 0, 100 * shape, 100) for shape in SHAPES]
        self.estimator.warm_up([crop_size(b, s.crop_side) for b in boxes], s.stage)

    def detect_in_crop(self, image: Image, track: PersonTrack) -> Detection | None:
        """Find a person in a crop around their last poses."""
        s = self.settings
        region = track.crop_region(image_box(image), s)
        if region is None:
            return None
        size = crop_size(region, s.crop_side)
        humans = self.estimator.inference(image, roi=region, size=size, stage=s.stage)
        return self.match(track, [Detection(fix_left_right(human), image) for human in humans])

    def search(self, image: Image) -> list[Detection]:
        """Find everybody in the whole image, and remember when that was done."""
        self.searched_s = self.now_s
        return self.detect_everybody(image)

    def detect_everybody(self, image: Image) -> list[Detection]:
        """Find everybody in the whole image."""
        whole = image_box(image)
        size = crop_size(whole, self.settings.search_side)
        humans = self.estimator.inference(image, roi=whole, size=size)
        return [Detection(fix_left_right(human), image) for human in humans]

    def match(self, track: PersonTrack, detections: list[Detection]) -> Detection | None:
        """Who of them is that person: near, of about the same size, in the same clothes."""
        near = []
        for seen in detections:
            distance = track.distance_torsos(seen.pose)
            same_size = size_ratio(track.poses[-1], seen.pose) <= self.settings.size_change
            if not same_size or distance > self.max_distance_torsos(track):
                continue
            cost = self._appearance_cost(track, seen.appearance)
            if cost <= 1:
                near.append((distance + cost, seen))
        return min(near, key=lambda pair: pair[0])[1] if near else None

    def association_cost(self, track: PersonTrack, seen: Detection) -> float:
        """How little a detection looks like that person, by place and by clothes."""
        return track.distance_torsos(seen.pose) + self._appearance_cost(track, seen.appearance)

    def has_other_appearance(self, track: PersonTrack, appearance: Appearance) -> bool:
        """Whether those are somebody else's clothes; False where nothing is known."""
        return self._appearance_cost(track, appearance) > 1

    def max_distance_torsos(self, track: PersonTrack) -> float:
        """How far the person can have moved since they were seen."""
        away_s = self.now_s - track.last_seen_s
        return self.settings.reach_torsos + self.settings.speed_torsos * away_s

    def _appearance_cost(self, track: PersonTrack, appearance: Appearance) -> float:
        """The difference of clothes in parts of the allowed one; 0 where nothing is known."""
        distance = appearance_distance(track.appearance, appearance)
        share = distance / self.settings.max_appearance_distance
        return share if share > 0 else 0.0


def image_box(image: Image) -> Box:
    """The whole image as a box."""
    return Box(0.0, 0.0, float(image.shape[1]), float(image.shape[0]))


def to_pixels(human: Human, image: Image) -> Pose:
    """The person's joints in pixels of the image, (18, 2)."""
    xy, _ = human.arrays()
    return xy * np.array([image.shape[1], image.shape[0]], np.float32)
