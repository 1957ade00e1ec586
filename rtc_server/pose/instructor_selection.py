"""Chooses the instructors among the people in a video: in each shot who is seen the longest. Pure.

A live tracker that has lost its person for a second must take anybody it sees. About a whole video
more is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rtc_server.lessons.lesson import MAX_INSTRUCTORS
from rtc_server.types import KEYPOINTS, Pose
from tf_pose.geometry import Box
from tf_pose.pose_geometry import pose_distance_torsos, prominence

# How far somebody moves between two samples: at once, by the second, and for at most so long.
REACH_TORSOS, SPEED_TORSOS, MAX_AWAY_S = 0.5, 1.5, 2.0
MIN_SHARED_JOINTS = 3  # fewer do not tell one person from another
# Mean change of a tiny grey image, of 255, that no movement in front of a camera makes.
CUT_CHANGE = 40.0
# Somebody else is an instructor, too, who is seen nearly as long and nearly as well.
MIN_SEEN, MIN_PROMINENCE = 0.9, 0.6

Grey = NDArray[np.uint8]


@dataclass(slots=True, eq=False)
class _ShotPerson:
    """One person of a shot: their poses by sample, and where each joint was seen last."""

    last_xy: NDArray[np.float32] = field(
        default_factory=lambda: np.full((KEYPOINTS, 2), np.nan, np.float32)
    )
    poses: dict[int, Pose] = field(default_factory=dict)
    total_prominence: float = 0.0  # over all samples

    @property
    def first(self) -> int:
        return next(iter(self.poses))

    @property
    def last(self) -> int:
        return next(reversed(self.poses))

    def add(self, k: int, pose: Pose) -> None:
        xy = _in_heights(pose)
        self.poses[k] = pose
        self.last_xy = np.where(np.isfinite(xy), xy, self.last_xy)
        confidence = float(pose.confidence[np.isfinite(pose.xy).all(axis=1)].mean())
        # The root, so that being there counts more than being large.
        self.total_prominence += math.sqrt(prominence(xy, confidence, Box(0, 0, pose.aspect, 1)))

    def merge(self, later: _ShotPerson) -> None:
        """Take over the poses of a later stretch."""
        for k, pose in later.poses.items():
            self.add(k, pose)


def is_cut(before: Grey, now: Grey) -> bool:
    """Whether two tiny grey images of one shape are of different shots."""
    change = np.abs(before.astype(np.int16) - now.astype(np.int16)).mean()
    return bool(change > CUT_CHANGE)


def choose_instructors(
    samples: Sequence[Mapping[int, Pose]], cuts: Sequence[bool]
) -> list[list[Pose | None]]:
    """The instructor's pose in every sample, as `choose_instructor` gives it, then those of others.

    There are others only in a video of one shot: after a cut nothing says who is who.
    """
    first = choose_instructor(samples, cuts)
    if any(cuts[1:]):
        return [first]
    ranked = sorted(_join_stretches(samples), key=lambda person: -person.total_prominence)
    others = [
        person
        for person in ranked[1:MAX_INSTRUCTORS]
        if len(person.poses) >= MIN_SEEN * len(ranked[0].poses)
        and person.total_prominence >= MIN_PROMINENCE * ranked[0].total_prominence
    ]
    return [first, *([each.poses.get(k) for k in range(len(samples))] for each in others)]


def choose_instructor(
    samples: Sequence[Mapping[int, Pose]], cuts: Sequence[bool]
) -> list[Pose | None]:
    """In each shot choose the person who is seen the longest; give their pose in every sample.

    Of two who are seen for as long it is the more prominent one.

    :param samples: who is seen, by a number that each keeps while they can be followed.
    :param cuts: whether a sample is the first of a shot (the very first counts anyway).
    """
    chosen: list[Pose | None] = []
    starts = [0, *(k for k, cut in enumerate(cuts) if cut and k > 0), len(samples)]
    for first, end in pairwise(starts):
        shot = samples[first:end]
        people = _join_stretches(shot)
        instructor = max(people, key=lambda person: person.total_prominence, default=None)
        chosen += [instructor.poses.get(k) if instructor else None for k in range(len(shot))]
    return chosen


def _join_stretches(shot: Sequence[Mapping[int, Pose]]) -> list[_ShotPerson]:
    """The people of a shot: joins stretches of following that can be one person's."""
    stretches: dict[int, _ShotPerson] = {}
    for k, seen in enumerate(shot):
        for number, pose in seen.items():
            if np.isfinite(pose.xy).any():
                stretches.setdefault(number, _ShotPerson()).add(k, pose)
    people: list[_ShotPerson] = []
    for stretch in stretches.values():  # in the order in which they begin
        earlier = [p for p in people if p.last < stretch.first and _can_be_same(p, stretch)]
        if earlier:
            max(earlier, key=lambda person: person.total_prominence).merge(stretch)
        else:
            people.append(stretch)
    return people


def _can_be_same(person: _ShotPerson, later: _ShotPerson) -> bool:
    """Whether somebody could have come there since they were seen last."""
    known, seen = person.last_xy, _in_heights(later.poses[later.first])
    if int((np.isfinite(known) & np.isfinite(seen)).all(axis=1).sum()) < MIN_SHARED_JOINTS:
        return True  # too little is seen to rule it out
    away_s = later.poses[later.first].captured_s - person.poses[person.last].captured_s
    reach = REACH_TORSOS + SPEED_TORSOS * min(MAX_AWAY_S, away_s)
    return pose_distance_torsos([known], seen) <= reach


def _in_heights(pose: Pose) -> NDArray[np.float32]:
    """The joints, (18, 2), in frame heights both ways."""
    return pose.xy * np.array([pose.aspect, 1], np.float32)
