"""Whether a camera that shows nobody is upside down or lies on its side. Pure.

The network knows people who stand: in a picture that is upside down it finds nobody, in one that
lies on its side a few joints, in a row. So where it finds nobody upright, the picture is now and
then turned and looked at again, as a whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import cycle
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tf_pose.brightness import bright_level
from tf_pose.human import Human

Image = NDArray[np.uint8]  # (H, W, 3) BGR

QUARTERS = (2, 1, 3)  # turns that are tried, upside down first
MIN_PARTS = 8  # with fewer joints it may be a coat on a hook
ABSENT_S = 3.0  # before that, somebody is on their way into the picture
LOOK_INTERVAL_S = 1.5  # a look costs as much as one for the learner
DARK = 20.0  # of 255: below it, nobody is found in any picture
STEEP = 2.0  # how much more down than aside the hips are from the neck of somebody who stands
NECK, HIPS = 1, (8, 11)


class Seen(Protocol):
    """Somebody who was found (`Detection` in tf_pose/tracking)."""

    @property
    def human(self) -> Human: ...


class Detector(Protocol):
    """Finds people in a whole picture (`PersonDetector` in tf_pose/tracking)."""

    def detect_everybody(self, image: Image) -> Sequence[Seen]: ...


class TurnedPicture:
    """Looks for people in turned pictures while none are seen; times are of the frames, in s."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._quarters = cycle(QUARTERS)
        self._next_quarters = next(self._quarters)
        self._absent_since_s: float | None = None
        self._looked_s = -math.inf
        self._is_turned = False

    def update(self, image: Image, humans: Sequence[Human | None], t_s: float) -> bool:
        """Whether people were seen when the picture was turned.

        :param humans: who was seen in the picture as it is.
        """
        if any(human is not None and _is_upright(human, _aspect(image)) for human in humans):
            self._absent_since_s, self._is_turned = None, False
            return False
        if self._absent_since_s is None or t_s < self._absent_since_s:
            self._absent_since_s = t_s
        is_due = abs(t_s - self._looked_s) >= LOOK_INTERVAL_S
        if t_s - self._absent_since_s >= ABSENT_S and is_due:
            self._looked_s = t_s
            self._look(image)
        return self._is_turned

    def _look(self, image: Image) -> None:
        """Turn the picture as it was right last time, or in the next way."""
        if bright_level(image[::4, ::4]) < DARK:
            self._is_turned = False
            return
        turned = np.ascontiguousarray(np.rot90(image, self._next_quarters))
        detected = self._detector.detect_everybody(turned)
        self._is_turned = any(_is_upright(seen.human, _aspect(turned)) for seen in detected)
        if not self._is_turned:
            self._next_quarters = next(self._quarters)


def _is_upright(human: Human, aspect: float) -> bool:
    """Whether so much of somebody is seen that it is somebody, with the hips below the neck.

    Who is near shows no hips.
    """
    if human.part_count() < MIN_PARTS:
        return False
    xy = human.arrays()[0] * np.array([aspect, 1.0], np.float32)
    hips = [xy[hip] for hip in HIPS if np.isfinite(xy[hip, 0])]
    if not hips or not np.isfinite(xy[NECK, 0]):
        return True
    right, down = np.mean(hips, axis=0) - xy[NECK]
    return bool(down > STEEP * abs(right))


def _aspect(image: Image) -> float:
    height, width = image.shape[:2]
    return float(width / height)
