"""The learner's limb directions, sample after sample, with short gaps filled. Pure."""

from __future__ import annotations

import numpy as np

from rtc_server.scoring.limb_directions import (
    Floats,
    confidence_weights,
    mirror_pose,
    near_limb_angles_deg,
)
from rtc_server.scoring.limbs import LIMB_COUNT
from rtc_server.types import Pose

MAX_HELD_SAMPLES = 1  # a missing direction is replaced by the last known one for so long


class LearnerLimbs:
    """Measures where a learner's limbs point, mirrored or not."""

    def __init__(self, mirror: bool) -> None:
        self._mirror = mirror
        self.reset()

    def reset(self) -> None:
        """Forget the last known directions."""
        self._angles = np.full(LIMB_COUNT, np.nan, np.float32)
        self._weights = np.zeros(LIMB_COUNT, np.float32)
        self._missing_samples = np.full(LIMB_COUNT, MAX_HELD_SAMPLES, np.int64)

    def measure(self, pose: Pose) -> tuple[Floats, Floats]:
        """The direction of each limb, (11,) degrees, NaN where unknown, and its confidence weight.

        A missing direction is replaced by the last known one, for MAX_HELD_SAMPLES at most.
        """
        xy, confidence = pose.xy, pose.confidence
        if self._mirror:
            xy, confidence = mirror_pose(xy, confidence)
        angles = near_limb_angles_deg(xy, confidence, pose.aspect)
        return self._hold_missing(angles, confidence_weights(confidence))

    def _hold_missing(self, angles: Floats, weights: Floats) -> tuple[Floats, Floats]:
        missing = np.isnan(angles)
        self._missing_samples = np.where(missing, self._missing_samples + 1, 0)
        self._angles = np.where(missing, self._angles, angles)
        self._weights = np.where(missing, self._weights, weights)
        is_held = self._missing_samples <= MAX_HELD_SAMPLES
        held: Floats = np.where(is_held, self._angles, np.nan).astype(np.float32)
        return held, self._weights
