"""Poses in arrays that grow, up to a limit. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring.limb_directions import Floats
from rtc_server.types import KEYPOINTS, Pose

FIRST_ROOM = 256  # rows; then it doubles


class PoseBuffer:
    """The poses of one person in the order in which they came, 240 bytes each.

    The rows that `t_s` and the others give do not change any more, so that another thread may read
    them while more are added.
    """

    def __init__(self, limit: int) -> None:
        """:param limit: how many poses are kept; more are not taken."""
        self._limit = limit
        self._count = 0
        self._t_s = np.empty(0)
        self._captured_s = np.empty(0)
        self._aspect = np.empty(0)
        self._xy = np.empty((0, KEYPOINTS, 2), np.float32)
        self._confidence = np.empty((0, KEYPOINTS), np.float32)

    def __len__(self) -> int:
        return self._count

    @property
    def is_full(self) -> bool:
        return self._count >= self._limit

    def add(self, t_s: float, pose: Pose) -> bool:
        """Keep a pose of lesson position `t_s`; return False where there is no room."""
        if self.is_full:
            return False
        if self._count == len(self._t_s):
            self._grow(min(self._limit, max(FIRST_ROOM, 2 * self._count)))
        row = self._count
        self._t_s[row], self._captured_s[row], self._aspect[row] = t_s, pose.captured_s, pose.aspect
        self._xy[row], self._confidence[row] = pose.xy, pose.confidence
        self._count += 1
        return True

    @property
    def t_s(self) -> NDArray[np.float64]:
        """(n,) lesson positions."""
        return self._t_s[: self._count]

    @property
    def xy(self) -> Floats:
        """(n, 18, 2), 0..1 of the frame, NaN where missing."""
        return self._xy[: self._count]

    @property
    def confidence(self) -> Floats:
        """(n, 18)."""
        return self._confidence[: self._count]

    def pose(self, row: int) -> Pose:
        """One of the poses as it was added."""
        return Pose(
            float(self._captured_s[row]),
            self._xy[row],
            self._confidence[row],
            float(self._aspect[row]),
        )

    def _grow(self, room: int) -> None:
        for name in ("_t_s", "_captured_s", "_aspect", "_xy", "_confidence"):
            old = getattr(self, name)
            new = np.empty((room, *old.shape[1:]), old.dtype)
            new[: self._count] = old[: self._count]
            setattr(self, name, new)
