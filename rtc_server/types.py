"""Types that many packages share: frozen, with units in their names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.feedback import Hint

KEYPOINTS = 18


@dataclass(frozen=True, slots=True)
class Pose:
    """One person at one time, joints in COCO-18 order."""

    captured_s: float
    xy: NDArray[np.float32]  # (18, 2), 0..1 of the frame, NaN where missing
    confidence: NDArray[np.float32]  # (18,), 0..1, 0 where missing
    aspect: float = 1.0  # width / height of the frame, so that angles are true

    @classmethod
    def nobody(cls, captured_s: float) -> Pose:
        """The pose in an empty frame: every joint missing."""
        return cls(
            captured_s,
            np.full((KEYPOINTS, 2), np.nan, np.float32),
            np.zeros(KEYPOINTS, np.float32),
        )


@dataclass(frozen=True, slots=True)
class PoseTrack:
    """One person over time: the reference of a lesson, or a recorded learner."""

    t_s: NDArray[np.float64]  # (n,), rising
    xy: NDArray[np.float32]  # (n, 18, 2), 0..1 of the frame, NaN where missing
    confidence: NDArray[np.float32]  # (n, 18), 0..1, 0 where missing
    aspect: float  # width / height of the frame, so that angles are true

    def __post_init__(self) -> None:
        n = len(self.t_s)
        if self.xy.shape != (n, KEYPOINTS, 2) or self.confidence.shape != (n, KEYPOINTS):
            raise ValueError(
                f"expected xy ({n}, 18, 2) and confidence ({n}, 18) for {n} times, "
                f"got {self.xy.shape} and {self.confidence.shape}"
            )

    def __len__(self) -> int:
        return len(self.t_s)

    def poses(self) -> list[Pose]:
        """The poses one by one."""
        samples = zip(self.t_s.tolist(), self.xy, self.confidence, strict=True)
        return [Pose(t_s, xy, confidence, self.aspect) for t_s, xy, confidence in samples]


@dataclass(frozen=True, slots=True)
class Score:
    """How well a stretch of samples follows the lesson; None where it is not known."""

    score: float | None  # 0..100
    shape: float | None  # 0..100, the directions of the limbs
    timing: float | None  # 0..100
    energy: float | None  # 0..100, as large movements as the instructor's
    coverage: float  # 0..1, the part of the lesson's weight that could be seen
    lag_ms: float | None  # how late the learner moves; negative: early
    limbs: dict[str, float | None]  # 0..1, left and right are the learner's own
    label: str | None
    hint: Hint | None
