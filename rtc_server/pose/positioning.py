"""Whether the camera sees the learner well where they stand, and what would help most. Pure.

Lengths are in frame heights or in torsos (neck to hips). How many torsos people are high was
measured on the rendered cast; from which size and light on joints are found, in docs/pose.md.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.types import Pose
from tf_pose.pose_geometry import torso_px

NOSE, NECK, EYES = 0, 1, (14, 15)
WRISTS, ANKLES, HIPS = (4, 7), (10, 13), (8, 11)

# The most important first: this is the one to solve first.
PROBLEMS = (
    *("nobody", "upside_down", "crowd", "near", "head", "feet", "far"),
    *("aside_left", "aside_right", "dark", "hands"),
)
MIN_CONFIDENCE = 0.1  # a joint with less counts as not seen
MIN_TORSO_HEIGHTS = 0.10  # of the frame: the body is then a third of it; at 0.07 it is lost
HEADROOM_TORSOS = 0.75  # from the nose up to raised wrists; 0.64 to 0.77 in the cast
FOOT_TORSOS = 0.2  # from the ankle down
WHOLE_TORSOS = HEADROOM_TORSOS + 3.1 + FOOT_TORSOS  # from raised wrists to the floor
MIDDLE = (0.25, 0.75)  # of the frame's width
GROUP_MIDDLE = (0.1, 0.9)  # where several stand beside each other
DARK = 40.0  # of 255: below it joints begin to stray, and below 20 they are lost
# A problem appears after so many of the last HISTORY_SAMPLES, and stays while there are so many.
HISTORY_SAMPLES, SAMPLES_TO_APPEAR, SAMPLES_TO_STAY = 5, 3, 2
FORGET_AFTER_S = 2.0  # without a sample: the learner has moved, as they do while a lesson plays


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a frame shows besides the learner's joints."""

    light: float  # 0..255, of the learner's brightest twentieth, or of the frame's without anybody
    others: int  # people beside the learner, of about their size, who are no dancers
    dancers: int = 1  # how many share the frame
    is_turned: bool = False  # nobody is seen, and somebody is when the frame is turned


class PositioningMonitor:
    """The problems of the last samples, steadily: one odd sample changes nothing."""

    def __init__(self) -> None:
        self._recent: deque[frozenset[str]] = deque(maxlen=HISTORY_SAMPLES)
        self._present: frozenset[str] = frozenset()
        self._last_s = 0.0

    def update(self, pose: Pose, surroundings: Surroundings) -> list[str] | None:
        """Problems by importance, empty where all is well; None while that is not known."""
        if abs(pose.captured_s - self._last_s) > FORGET_AFTER_S:
            self._recent.clear()
            self._present = frozenset()
        self._last_s = pose.captured_s
        self._recent.append(find_problems(pose, surroundings))
        if len(self._recent) < SAMPLES_TO_APPEAR:
            return None
        counts = Counter(name for found in self._recent for name in found)
        self._present = frozenset(
            name for name, count in counts.items() if count >= self._min_samples(name)
        )
        return [name for name in PROBLEMS if name in self._present]

    def _min_samples(self, name: str) -> int:
        return SAMPLES_TO_STAY if name in self._present else SAMPLES_TO_APPEAR


def find_problems(pose: Pose, surroundings: Surroundings) -> frozenset[str]:
    """What is wrong with one frame: some of PROBLEMS."""
    dark = {"dark"} if surroundings.light < DARK else set()
    torso = torso_in_heights(pose.xy, pose.aspect) if _is_seen(pose, NECK) else 0.0
    if not torso and not surroundings.is_turned:
        return frozenset({"nobody"} | dark)
    if surroundings.is_turned or _is_upside_down(pose):
        return frozenset({"upside_down"} | dark)  # nothing else of it can be judged
    middle = MIDDLE if surroundings.dancers == 1 else GROUP_MIDDLE
    found = dark | _find_cut_off(pose, torso) | _find_aside(pose, middle)
    if surroundings.others:
        found.add("crowd")
    if torso < MIN_TORSO_HEIGHTS:
        found.add("far")
    if not all(_is_seen(pose, wrist) for wrist in WRISTS) and "near" not in found:
        found.add("hands")
    return frozenset(found)


def _is_upside_down(pose: Pose) -> bool:
    """Whether the hips are higher than the neck, as no learner's are who waits for a lesson."""
    hips = [float(pose.xy[hip, 1]) for hip in HIPS if _is_seen(pose, hip)]
    return bool(hips) and max(hips) < float(pose.xy[NECK, 1])


def _find_cut_off(pose: Pose, torso: float) -> set[str]:
    """What the frame's borders cut off, or would as soon as the arms go up."""
    head = not any(_is_seen(pose, joint) for joint in (NOSE, *EYES))
    if not head and _is_seen(pose, NOSE):
        head = float(pose.xy[NOSE, 1]) < HEADROOM_TORSOS * torso
    # At the border the estimator finds something for an ankle that is beyond it.
    floor = 1 - FOOT_TORSOS * torso
    feet = not any(_is_seen(pose, ankle) and pose.xy[ankle, 1] <= floor for ankle in ANKLES)
    if not head and not feet:
        return set()
    if (head and feet) or torso * WHOLE_TORSOS > 1:
        return {"near"}  # tilting the camera would not do
    return {"head"} if head else {"feet"}


def _find_aside(pose: Pose, middle: tuple[float, float]) -> set[str]:
    """The learner's own side to which they have moved: their left is the frame's right."""
    x = float(np.nanmean(pose.xy[[NECK, *(hip for hip in HIPS if _is_seen(pose, hip))], 0]))
    if x < middle[0]:
        return {"aside_right"}
    return {"aside_left"} if x > middle[1] else set()


def torso_in_heights(xy: NDArray[np.float32], aspect: float) -> float:
    """Somebody's torso in frame heights; 0 where it is unknown.

    :param xy: (18, 2), 0..1 of the frame, whose width / height is `aspect`.
    """
    torso = torso_px(xy * np.array([aspect, 1.0], np.float32))
    return torso if torso > 0 else 0.0


def _is_seen(pose: Pose, joint: int) -> bool:
    return bool(np.isfinite(pose.xy[joint, 0]) and pose.confidence[joint] >= MIN_CONFIDENCE)
