"""Light, and other people: what a picture tells beside the pose. Pure."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rtc_server.pose.positioning import Surroundings, torso_heights
from tf_pose.human import Human

Picture = NDArray[np.uint8]  # (H, W, 3) BGR

BRIGHT_PERCENTILE = 95  # the estimator brightens by the same one (tf_pose/preprocess.py)
STEP = 4  # pixels: every so many tell how bright it is
SOMEBODY = 8  # joints: with fewer it may be a coat on a hook
OF_THEIR_SIZE = 0.5  # of the learner's torso: smaller ones are far behind, or on a poster

OTHERS_EVERY_S = 2.0  # a look for other people costs as much as one at the learner


class Others(Protocol):
    """Finds people beside the one who is followed (`tf_pose.tracking.PersonTracker`)."""

    def others(self, image_bgr: Picture, followed: Human) -> list[Human]: ...


class Lookout:
    """Looks at what is around one learner; on a worker, one picture after the other."""

    def __init__(self, tracker: Others) -> None:
        self._tracker = tracker
        self._others, self._counted_s = 0, -math.inf

    def around(self, picture: Picture, learner: Human | None, t_s: float) -> Surroundings:
        """Light each time; other people are counted now and then, and remembered."""
        if learner is None:
            return Surroundings(light_of(picture, None), 0)
        if abs(t_s - self._counted_s) >= OTHERS_EVERY_S:
            self._counted_s = t_s
            others = self._tracker.others(picture, learner)
            self._others = rivals(learner, others, picture.shape[1] / picture.shape[0])
        return Surroundings(light_of(picture, learner), self._others)


def light_of(picture: Picture, human: Human | None) -> float:
    """How bright the learner's brightest parts are, 0..255; the whole picture's without one."""
    part = picture
    if human is not None:
        height, width = picture.shape[:2]
        xy, _ = human.arrays()
        left, top = np.clip(np.nanmin(xy, axis=0), 0, 1)
        right, bottom = np.clip(np.nanmax(xy, axis=0), 0, 1)
        rows = slice(int(top * height), int(bottom * height) + STEP)
        columns = slice(int(left * width), int(right * width) + STEP)
        part = picture[rows, columns]
    seen = part[::STEP, ::STEP]
    return float(np.percentile(seen, BRIGHT_PERCENTILE)) if seen.size else 0.0


def rivals(learner: Human, others: list[Human], aspect: float) -> int:
    """How many of the others could be taken for the learner.

    :param aspect: width / height of the picture.
    """
    least = OF_THEIR_SIZE * torso_heights(learner.arrays()[0], aspect)
    somebody = [other.arrays()[0] for other in others if other.part_count() >= SOMEBODY]
    return sum(torso_heights(xy, aspect) >= least for xy in somebody)
