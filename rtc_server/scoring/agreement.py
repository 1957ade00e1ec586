"""How much two people move alike, beyond what they would at the wrong moment. Pure.

Dances of one tempo raise their arms together now and then, so strangers agree a little; but they
agree nearly as much half a second later. Somebody who follows a lesson agrees at one moment only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring import lags
from rtc_server.scoring.motion import Motion

# The share of the skill at other moments that is subtracted: a part of it is already in
# the chance that is subtracted from each sample (chance.py).
BASELINE_SKILL_SHARE = 0.6
MAX_BASELINE = 0.6  # slow movements fit at any moment: more would leave nothing to score


@dataclass(frozen=True, slots=True)
class Agreement:
    """How much two people move alike; 1 is fully."""

    skill: float  # in the directions of their limbs
    concordance: float  # in how these directions change

    @property
    def mean(self) -> float:
        """The geometric mean of both, 0..1.

        Geometric, because people who just hold similar poses have skill but no concordance. A
        detector's noise lowers skill, and leaves most of the concordance.
        """
        return math.sqrt(max(0.0, min(1.0, self.skill)) * max(0.0, min(1.0, self.concordance)))

    def above(self, baseline: Agreement) -> Agreement:
        """The agreement above the baseline: 1 stays 1, the baseline becomes 0."""
        return Agreement(
            _above(self.skill, BASELINE_SKILL_SHARE * baseline.skill),
            _above(self.concordance, baseline.concordance),
        )


def _above(agreed: float, baseline: float) -> float:
    baseline = min(MAX_BASELINE, max(0.0, baseline))
    return (agreed - baseline) / (1 - baseline)


def estimate_baseline(
    points: NDArray[np.floating],
    evidence: NDArray[np.floating],
    sums: NDArray[np.float64],
    lag_s: float,
    rate: float,
) -> Agreement:
    """The mean agreement at lags far from the learner's own.

    :param points: (lags,) at each of LAGS_S, like `evidence`.
    :param sums: (SUM_COUNT, lags, 11), see `motion.direction_sums`.
    """
    others = lags.select_other_moments(lag_s, rate)
    skill = np.maximum(0, lags.skill_by_lag(points, evidence)[others])
    concordance = np.maximum(0, Motion.from_sums(sums[:, others]).concordance_by_lag())
    return Agreement(float(skill.mean()), float(concordance.mean()))
