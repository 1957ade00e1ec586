"""Keeps an instructor's track clean offline: who walked in while they were away is left out. Pure.

Live, a tracker that has lost its person for a second must take whom it sees. Of a whole video more
is known: in each shot the instructor is the one who is seen the longest.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rtc_server.values import KEYPOINTS, PoseTrack
from tf_pose.framing import apart_torsos

# How far somebody moves between two samples: at once, by the second, and at most.
REACH_TORSOS, SPEED_TORSOS, LONGEST_AWAY_S = 0.5, 1.5, 2.0
SHARED_JOINTS = 3  # fewer do not tell one person from another
# Mean change of a tiny grey picture, of 255, that no movement in front of a camera makes.
CUT_CHANGE = 40.0

Grey = NDArray[np.uint8]


@dataclass(slots=True)
class _Somebody:
    """One person of a shot: their samples, and where each joint was seen last."""

    known: NDArray[np.float32] = field(
        default_factory=lambda: np.full((KEYPOINTS, 2), np.nan, np.float32)
    )
    samples: list[int] = field(default_factory=list)

    def add(self, index: int, pose: NDArray[np.float32]) -> None:
        self.samples.append(index)
        self.known = np.where(np.isfinite(pose), pose, self.known)


def is_cut(before: Grey, now: Grey) -> bool:
    """Whether two tiny grey pictures of one shape are of different shots."""
    change = np.abs(before.astype(np.int16) - now.astype(np.int16)).mean()
    return bool(change > CUT_CHANGE)


def keep_instructor(track: PoseTrack, cuts: NDArray[np.bool_]) -> PoseTrack:
    """In each shot keep the person who is seen the longest; nobody is there in other samples.

    :param cuts: (n,), True at the first sample of a shot (the very first counts anyway).
    """
    keep = np.zeros(len(track), np.bool_)
    starts = [0, *(k for k in np.flatnonzero(cuts).tolist() if k > 0), len(track)]
    for first, end in pairwise(starts):
        people = _people(track, range(first, end))
        if people:
            keep[max(people, key=lambda one: len(one.samples)).samples] = True
    return replace(
        track,
        xy=np.where(keep[:, None, None], track.xy, np.float32(np.nan)),
        score=np.where(keep[:, None], track.score, np.float32(0)),
    )


def _people(track: PoseTrack, shot: range) -> list[_Somebody]:
    """Tell the people of one shot apart by where they are."""
    people: list[_Somebody] = []
    last: _Somebody | None = None
    for index in shot:
        pose = track.xy[index] * np.array([track.aspect, 1], np.float32)
        if not np.isfinite(pose).any():
            continue
        somebody = _nearest(people, track, index, pose)
        if somebody is None and last is not None and _shared(last, pose) < SHARED_JOINTS:
            somebody = last  # too little is seen to doubt it
        if somebody is None:
            somebody = _Somebody()
            people.append(somebody)
        somebody.add(index, pose)
        last = somebody
    return people


def _nearest(
    people: list[_Somebody], track: PoseTrack, index: int, pose: NDArray[np.float32]
) -> _Somebody | None:
    """Who could have come here since they were seen last."""
    near: list[tuple[float, int]] = []
    for number, one in enumerate(people):
        away_s = min(LONGEST_AWAY_S, float(track.t_s[index] - track.t_s[one.samples[-1]]))
        apart = apart_torsos([one.known], pose)
        if apart <= REACH_TORSOS + SPEED_TORSOS * away_s:
            near.append((apart, number))
    return people[min(near)[1]] if near else None


def _shared(one: _Somebody, pose: NDArray[np.float32]) -> int:
    return int((np.isfinite(pose) & np.isfinite(one.known)).all(axis=1).sum())
