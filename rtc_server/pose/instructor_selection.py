"""Says who of the people in a video is its instructor: in each shot who is seen the longest. Pure.

Live, a tracker that has lost its person for a second must take whom it sees. Of a whole video more
is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rtc_server.types import KEYPOINTS, Pose
from tf_pose.crop_region import apart_torsos, prominence
from tf_pose.geometry import Box

# How far somebody moves between two samples: at once, by the second, and at most.
REACH_TORSOS, SPEED_TORSOS, LONGEST_AWAY_S = 0.5, 1.5, 2.0
SHARED_JOINTS = 3  # fewer do not tell one person from another
# Mean change of a tiny grey picture, of 255, that no movement in front of a camera makes.
CUT_CHANGE = 40.0

Grey = NDArray[np.uint8]


@dataclass(slots=True, eq=False)
class _Somebody:
    """One person of a shot: their poses by sample, and where each joint was seen last."""

    known: NDArray[np.float32] = field(
        default_factory=lambda: np.full((KEYPOINTS, 2), np.nan, np.float32)
    )
    poses: dict[int, Pose] = field(default_factory=dict)
    worth: float = 0.0  # samples, each counted by how prominent they are in it

    @property
    def first(self) -> int:
        return next(iter(self.poses))

    @property
    def last(self) -> int:
        return next(reversed(self.poses))

    def add(self, k: int, pose: Pose) -> None:
        seen = _in_heights(pose)
        self.poses[k] = pose
        self.known = np.where(np.isfinite(seen), seen, self.known)
        sure = float(pose.confidence[np.isfinite(pose.xy).all(axis=1)].mean())
        # The root, so that being there counts more than being large.
        self.worth += math.sqrt(prominence(seen, sure, Box(0, 0, pose.aspect, 1)))

    def take(self, later: _Somebody) -> None:
        """These poses are theirs too."""
        for k, pose in later.poses.items():
            self.add(k, pose)


def is_cut(before: Grey, now: Grey) -> bool:
    """Whether two tiny grey pictures of one shape are of different shots."""
    change = np.abs(before.astype(np.int16) - now.astype(np.int16)).mean()
    return bool(change > CUT_CHANGE)


def choose_instructor(
    samples: Sequence[Mapping[int, Pose]], cuts: Sequence[bool]
) -> list[Pose | None]:
    """In each shot choose the person who is seen the longest; their pose in every sample.

    Of two who are seen alike long it is the more prominent one.

    :param samples: who is seen, by a number that each keeps while they can be followed.
    :param cuts: whether a sample is the first of a shot (the very first counts anyway).
    """
    chosen: list[Pose | None] = []
    starts = [0, *(k for k, cut in enumerate(cuts) if cut and k > 0), len(samples)]
    for first, end in pairwise(starts):
        shot = samples[first:end]
        people = _people(shot)
        instructor = max(people, key=lambda one: one.worth, default=None)
        chosen += [instructor.poses.get(k) if instructor else None for k in range(len(shot))]
    return chosen


def _people(shot: Sequence[Mapping[int, Pose]]) -> list[_Somebody]:
    """Join the stretches in which people could be followed, where they can be one person's."""
    stretches: dict[int, _Somebody] = {}
    for k, seen in enumerate(shot):
        for number, pose in seen.items():
            if np.isfinite(pose.xy).any():
                stretches.setdefault(number, _Somebody()).add(k, pose)
    people: list[_Somebody] = []
    for stretch in stretches.values():  # in the order in which they begin
        before = [one for one in people if one.last < stretch.first and _may_be(one, stretch)]
        if before:
            max(before, key=lambda one: one.worth).take(stretch)
        else:
            people.append(stretch)
    return people


def _may_be(one: _Somebody, later: _Somebody) -> bool:
    """Whether somebody could have come there since they were seen last."""
    known, seen = one.known, _in_heights(later.poses[later.first])
    if int((np.isfinite(known) & np.isfinite(seen)).all(axis=1).sum()) < SHARED_JOINTS:
        return True  # too little is seen to doubt it
    away_s = later.poses[later.first].captured_s - one.poses[one.last].captured_s
    reach = REACH_TORSOS + SPEED_TORSOS * min(LONGEST_AWAY_S, away_s)
    return apart_torsos([known], seen) <= reach


def _in_heights(pose: Pose) -> NDArray[np.float32]:
    """The joints, (18, 2), in picture heights both ways."""
    return pose.xy * np.array([pose.aspect, 1], np.float32)
