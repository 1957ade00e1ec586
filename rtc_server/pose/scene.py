"""Light and other people: what a frame shows besides the pose. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rtc_server.pose.positioning import Surroundings, torso_in_heights
from rtc_server.pose.turned_picture import MIN_PARTS, Detector, TurnedPicture
from tf_pose.brightness import bright_level
from tf_pose.human import Human

Image = NDArray[np.uint8]  # (H, W, 3) BGR

LIGHT_STEP = 4  # brightness is measured at every fourth pixel
MIN_RELATIVE_SIZE = 0.5  # of the learner's torso: smaller ones are far behind, or on a poster

COUNT_INTERVAL_S = 2.0  # counting other people costs as much as estimating the learner's pose


class PeopleFinder(Detector, Protocol):
    """Finds people beside the followed one (`PersonTracker` in tf_pose/tracking)."""

    def find_others(self, image_bgr: Image, followed: Human) -> list[Human]: ...


class StrangerFinder(Detector, Protocol):
    """Finds people beside several dancers (`GroupTracker` in tf_pose/tracking)."""

    def find_others(self, image_bgr: Image, followed: Sequence[Human]) -> list[Human]: ...


class SceneObserver:
    """Observes one learner's surroundings; on a worker, one frame after the other."""

    def __init__(self, people_finder: PeopleFinder) -> None:
        self._people_finder = people_finder
        self._turned_picture = TurnedPicture(people_finder)
        self._others, self._counted_s = 0, -math.inf

    def observe(self, image: Image, learner: Human | None, t_s: float) -> Surroundings:
        """Measure the light each time; count other people every COUNT_INTERVAL_S."""
        is_turned = self._turned_picture.update(image, [learner], t_s)
        if learner is None:
            return Surroundings(measure_light(image, None), 0, is_turned=is_turned)
        if abs(t_s - self._counted_s) >= COUNT_INTERVAL_S:
            self._counted_s = t_s
            others = self._people_finder.find_others(image, learner)
            self._others = count_rivals(learner, others, image.shape[1] / image.shape[0])
        return Surroundings(measure_light(image, learner), self._others, is_turned=is_turned)


class GroupObserver:
    """Observes the surroundings of several dancers; on a worker, one frame after the other."""

    def __init__(self, people_finder: StrangerFinder) -> None:
        self._people_finder = people_finder
        self._turned_picture = TurnedPicture(people_finder)
        self._others, self._counted_s = 0, -math.inf

    def observe(
        self, image: Image, dancers: Sequence[Human | None], t_s: float
    ) -> list[Surroundings]:
        """What each dancer has around them: all have the same strangers."""
        is_turned = self._turned_picture.update(image, dancers, t_s)
        present = [human for human in dancers if human is not None]
        if present and abs(t_s - self._counted_s) >= COUNT_INTERVAL_S:
            self._counted_s = t_s
            others = self._people_finder.find_others(image, present)
            aspect = image.shape[1] / image.shape[0]
            self._others = min(count_rivals(human, others, aspect) for human in present)
        return [
            Surroundings(measure_light(image, human), self._others, len(dancers), is_turned)
            for human in dancers
        ]


def measure_light(image: Image, human: Human | None) -> float:
    """How bright the learner's brightest parts are, 0..255; without one, the whole frame's."""
    part = image
    if human is not None:
        height, width = image.shape[:2]
        xy, _ = human.arrays()
        left, top = np.clip(np.nanmin(xy, axis=0), 0, 1)
        right, bottom = np.clip(np.nanmax(xy, axis=0), 0, 1)
        rows = slice(int(top * height), int(bottom * height) + LIGHT_STEP)
        columns = slice(int(left * width), int(right * width) + LIGHT_STEP)
        part = image[rows, columns]
    pixels = part[::LIGHT_STEP, ::LIGHT_STEP]
    return bright_level(pixels) if pixels.size else 0.0


def count_rivals(learner: Human, others: list[Human], aspect: float) -> int:
    """How many of the others could be mistaken for the learner.

    :param aspect: width / height of the frame.
    """
    min_torso = MIN_RELATIVE_SIZE * torso_in_heights(learner.arrays()[0], aspect)
    whole = [other.arrays()[0] for other in others if other.part_count() >= MIN_PARTS]
    return sum(torso_in_heights(xy, aspect) >= min_torso for xy in whole)
