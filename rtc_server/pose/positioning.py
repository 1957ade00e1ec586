"""Whether the learner can be seen well where they stand, and what would help most. Pure.

Lengths are in picture heights or in torsos (neck to hips). How many torsos people are was taken
from the rendered cast; from what size and light on joints are found, from docs/pose.md.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.types import Pose
from tf_pose.crop_region import torso_px

NOSE, NECK, EYES = 0, 1, (14, 15)
WRISTS, ANKLES, HIPS = (4, 7), (10, 13), (8, 11)

# By importance: the first of those that are found is the one to see to first.
PROBLEMS = (
    *("nobody", "crowd", "near", "head", "feet", "far", "aside_left", "aside_right"),
    *("dark", "hands"),
)
FAINT = 0.1  # a joint below it counts as not seen
SMALLEST_TORSO = 0.10  # of the picture's height: a body a third of it; lost from 0.07 on
HEADROOM = 0.75  # torsos from the nose up to raised wrists; of the cast 0.64 to 0.77
FOOT = 0.2  # torsos from the ankle down
WHOLE = HEADROOM + 3.1 + FOOT  # torsos from raised wrists to the floor
MIDDLE = (0.25, 0.75)  # of the picture's width
DARK = 40.0  # of 255: joints begin to stray below it, and are lost below 20
MEMORY, APPEARS, STAYS = 5, 3, 2  # samples: of so many, a problem is told from so many on
FORGOTTEN_S = 2.0  # without a sample: the learner has moved, as they do while a lesson plays


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a picture shows beside the learner's joints."""

    light: float  # 0..255, of the brightest twentieth of the learner, or of all where nobody is
    others: int  # people beside the learner, of about their size


class Framing:
    """What is wrong with the picture, steadily: one odd sample changes nothing."""

    def __init__(self) -> None:
        self._recent: deque[frozenset[str]] = deque(maxlen=MEMORY)
        self._told: frozenset[str] = frozenset()
        self._last_s = 0.0

    def saw(self, pose: Pose, around: Surroundings) -> list[str] | None:
        """Problems by importance, none where all is well; None while that is not known."""
        if abs(pose.captured_s - self._last_s) > FORGOTTEN_S:
            self._recent.clear()
            self._told = frozenset()
        self._last_s = pose.captured_s
        self._recent.append(problems(pose, around))
        if len(self._recent) < APPEARS:
            return None
        often = Counter(name for found in self._recent for name in found)
        self._told = frozenset(name for name, times in often.items() if times >= self._enough(name))
        return [name for name in PROBLEMS if name in self._told]

    def _enough(self, name: str) -> int:
        return STAYS if name in self._told else APPEARS


def problems(pose: Pose, around: Surroundings) -> frozenset[str]:
    """What is wrong with one picture: some of PROBLEMS."""
    dark = {"dark"} if around.light < DARK else set()
    torso = torso_heights(pose.xy, pose.aspect) if _seen(pose, NECK) else 0.0
    if not torso:
        return frozenset({"nobody"} | dark)
    found = dark | _cut(pose, torso) | _aside(pose)
    if around.others:
        found.add("crowd")
    if torso < SMALLEST_TORSO:
        found.add("far")
    if not all(_seen(pose, wrist) for wrist in WRISTS) and "near" not in found:
        found.add("hands")
    return frozenset(found)


def _cut(pose: Pose, torso: float) -> set[str]:
    """What the picture's borders cut off, or would as soon as the arms go up."""
    head = not any(_seen(pose, joint) for joint in (NOSE, *EYES))
    if not head and _seen(pose, NOSE):
        head = float(pose.xy[NOSE, 1]) < HEADROOM * torso
    # At the border the estimator finds something for an ankle that is beyond it.
    floor = 1 - FOOT * torso
    feet = not any(_seen(pose, ankle) and pose.xy[ankle, 1] <= floor for ankle in ANKLES)
    if not head and not feet:
        return set()
    if (head and feet) or torso * WHOLE > 1:
        return {"near"}  # tilting the camera would not do
    return {"head"} if head else {"feet"}


def _aside(pose: Pose) -> set[str]:
    """The learner's own side to which they have strayed: their left is the picture's right."""
    x = float(np.nanmean(pose.xy[[NECK, *(hip for hip in HIPS if _seen(pose, hip))], 0]))
    if x < MIDDLE[0]:
        return {"aside_right"}
    return {"aside_left"} if x > MIDDLE[1] else set()


def torso_heights(xy: NDArray[np.float32], aspect: float) -> float:
    """Somebody's torso in picture heights; 0 where it cannot be told.

    :param xy: (18, 2), 0..1 of the picture, whose width / height is `aspect`.
    """
    torso = torso_px(xy * np.array([aspect, 1.0], np.float32))
    return torso if torso > 0 else 0.0


def _seen(pose: Pose, joint: int) -> bool:
    return bool(np.isfinite(pose.xy[joint, 0]) and pose.confidence[joint] >= FAINT)
