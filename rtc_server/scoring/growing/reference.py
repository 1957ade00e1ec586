"""A reference that grows while the teacher dances. Pure.

What is known of a lesson beforehand (chance, the balance of limbs, the doubt) is here what has been
so far. A new pose gets the chance of the moments before it at once; from time to time all of them
are measured anew, as those of a recorded lesson are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring.chance import MomentsSoFar
from rtc_server.scoring.growing.pose_buffer import PoseBuffer
from rtc_server.scoring.lags import LAGS_S, SAMPLE_S
from rtc_server.scoring.limb_directions import Floats, confidence_weights, limb_angles_deg
from rtc_server.scoring.limbs import BASE_WEIGHTS, LIMB_COUNT
from rtc_server.scoring.reference import DOUBT, Reference, prepare_reference
from rtc_server.types import KEYPOINTS, Pose, PoseTrack

LONGEST_S = 7200.0  # of a live class
MAX_POSES = int(LONGEST_S / SAMPLE_S)
READY_S = 8.0  # of dance before anything is scored: chance is not known earlier
FUTURE_S = float(LAGS_S[-1])  # how far past a learner's moment the reference has to reach
MIN_NEW, NEW_SHARE = 5, 0.02  # so many new poses, and this part of all, before all are measured
MAX_GAP_STEPS = 1.5  # a longer gap between two poses is filled with nobody


class GrowingReference:
    """The teacher's poses up to now, prepared for scoring as `Reference` is."""

    def __init__(self) -> None:
        self._poses = PoseBuffer(MAX_POSES)
        self._moments = MomentsSoFar()
        self._aspect = 1.0  # that of the first pose; others are converted
        self._angles = np.empty((0, LIMB_COUNT), np.float32)
        self._weight = np.empty((0, LIMB_COUNT), np.float32)
        self._chance = np.empty((0, LIMB_COUNT), np.float32)
        self._measured = 0  # rows of the last `measure`
        self._now = _empty_reference()

    def __len__(self) -> int:
        return len(self._poses)

    @property
    def track(self) -> PoseTrack:
        """The poses so far; one of nobody while there is none."""
        return self._now.track

    @property
    def balance(self) -> Floats:
        return self._now.balance

    @property
    def step_s(self) -> float:
        return SAMPLE_S

    @property
    def full_evidence(self) -> float:
        return self._now.full_evidence

    @property
    def doubt(self) -> float:
        return self._now.doubt

    @property
    def instructor(self) -> int:
        """Which of the instructors it is of: a live class has one."""
        return 0

    def following(self, instructor: int) -> GrowingReference:
        """As `Reference.following`.

        :raises IndexError: another number than 0.
        """
        return (self,)[instructor]

    @property
    def end_s(self) -> float:
        """The lesson position of the newest pose; 0 while there is none."""
        return float(self._poses.t_s[-1]) if len(self._poses) else 0.0

    def at(self, lesson_s: NDArray[np.float64]) -> tuple[Floats, Floats, Floats]:
        """As `Reference.at`; what has not been danced yet gets no weight."""
        return self._now.at(lesson_s)

    def is_known_at(self, lesson_s: float) -> bool:
        """Whether somebody who was at that position can be scored at all lags."""
        return lesson_s >= READY_S and self.end_s >= lesson_s + FUTURE_S

    def add(self, pose: Pose) -> bool:
        """Add the teacher's next pose, whose `captured_s` is its lesson position.

        A longer gap is filled with nobody, so that nothing is taken to be between two poses that
        are far apart. A pose that is not after the last one is left out.

        :returns: whether it was taken.
        """
        if len(self) == 0:
            self._aspect = pose.aspect
        elif pose.captured_s <= self.end_s:
            return False
        else:
            self._fill_gap(pose.captured_s)
        if not self._append(_with_aspect(pose, self._aspect)):
            return False
        self._now = self._current(self._now)
        return True

    def list_poses(self, start: int, limit: int) -> list[Pose]:
        """Its poses from that number on; added to another reference, they make the same one."""
        return [self._poses.pose(row) for row in range(start, min(len(self), start + limit))]

    @property
    def is_stale(self) -> bool:
        """Whether so much is new that `measure` is due."""
        return len(self) - self._measured >= max(MIN_NEW, NEW_SHARE * self._measured)

    def measure(self) -> Reference:
        """The reference of all poses up to now, as that of a recorded lesson; takes milliseconds.

        It may run in another thread while poses are added.
        """
        return prepare_reference(self._track())

    def measure_or_none(self) -> Reference | None:
        """The same; None while there is no pose."""
        return self.measure() if len(self) else None

    def adopt(self, measured: Reference) -> None:
        """Take what `measure` found."""
        rows = len(measured.track)
        self._measured = rows
        self._chance[:rows] = measured.chance
        self._now = self._current(measured)

    def _append(self, pose: Pose) -> bool:
        if not self._poses.add(pose.captured_s, pose):
            return False
        row = len(self._poses) - 1
        if row == len(self._angles):
            self._angles, self._weight, self._chance = (
                _doubled(rows) for rows in (self._angles, self._weight, self._chance)
            )
        angles = limb_angles_deg(pose.xy, pose.confidence, self._aspect)
        weight = BASE_WEIGHTS * confidence_weights(pose.confidence)
        self._angles[row] = angles
        self._weight[row] = np.where(np.isnan(angles), 0, weight)
        self._chance[row] = self._moments.add(pose.captured_s, angles)
        return True

    def _fill_gap(self, until_s: float) -> None:
        while until_s - self.end_s > MAX_GAP_STEPS * SAMPLE_S:
            if not self._append(replace(Pose.nobody(self.end_s + SAMPLE_S), aspect=self._aspect)):
                return

    def _track(self) -> PoseTrack:
        poses = self._poses
        return PoseTrack(poses.t_s, poses.xy, poses.confidence, self._aspect)

    def _current(self, known: Reference) -> Reference:
        """All rows up to now, and what is known of the whole."""
        count = len(self._poses)
        return Reference(
            self._track(),
            self._angles[:count],
            self._weight[:count],
            self._chance[:count],
            known.balance,
            SAMPLE_S,
            full_evidence=known.full_evidence,
            doubt=known.doubt,
        )


AttemptReference = Reference | GrowingReference  # what an attempt may be compared with


def _empty_reference() -> Reference:
    nothing = np.zeros((1, LIMB_COUNT), np.float32)
    xy = np.full((1, KEYPOINTS, 2), np.nan, np.float32)
    track = PoseTrack(np.zeros(1), xy, np.zeros((1, KEYPOINTS), np.float32), 1.0)
    unknown = np.full((1, LIMB_COUNT), np.nan, np.float32)
    balance = np.ones(LIMB_COUNT, np.float32)
    return Reference(
        *(track, unknown, nothing, nothing, balance, SAMPLE_S), full_evidence=0.0, doubt=DOUBT
    )


def _doubled(rows: Floats) -> Floats:
    more: Floats = np.zeros((max(256, 2 * len(rows)), rows.shape[1]), np.float32)
    more[: len(rows)] = rows
    return more


def _with_aspect(pose: Pose, aspect: float) -> Pose:
    """The same pose in a frame of another shape, about its middle: angles stay as they are."""
    if pose.aspect == aspect:
        return pose
    xy = pose.xy.copy()
    xy[:, 0] = 0.5 + (xy[:, 0] - 0.5) * np.float32(pose.aspect / aspect)
    return Pose(pose.captured_s, xy, pose.confidence, aspect)
