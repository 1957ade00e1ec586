"""How much alike two people move, beyond what they would at the wrong moment. Pure.

Dances of one tempo raise their arms together now and then, and strangers are alike so far; but they
are nearly as much alike half a second later. Who follows a lesson does so at one moment only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring import lags
from rtc_server.scoring.motion import Motion

# Of the skill at other moments near by: luck, a part of which is known already (chance.py).
NEARBY = 0.6
MOST = 0.6  # movements so slow that they fit at any moment would leave nothing to judge


@dataclass(frozen=True, slots=True)
class Agreement:
    """How much alike two people move, 1 in all: in directions, and in how these change."""

    skill: float
    along: float

    @property
    def mean(self) -> float:
        """Of both, 0..1; geometric, as people who stand alike go along with nothing.

        Noise takes skill, and leaves most of going along.
        """
        return math.sqrt(max(0.0, min(1.0, self.skill)) * max(0.0, min(1.0, self.along)))

    def beyond(self, nearby: Agreement) -> Agreement:
        """What is left of it when that much is luck: all of 1, and nothing of luck."""
        return Agreement(
            _beyond(self.skill, NEARBY * nearby.skill), _beyond(self.along, nearby.along)
        )


def _beyond(agreed: float, luck: float) -> float:
    luck = min(MOST, max(0.0, luck))
    return (agreed - luck) / (1 - luck)


def nearby(
    points: NDArray[np.floating],
    evidence: NDArray[np.floating],
    sums: NDArray[np.float64],
    lag_s: float,
    rate: float,
) -> Agreement:
    """What is agreed on as a rule where the lag is another one than the learner's.

    :param points: (lags,) at each of LAGS_S, like `evidence`.
    :param sums: (KINDS, lags, 11), see `swings`.
    """
    away = lags.elsewhere(lag_s, rate)
    skill = np.maximum(0, lags.skill_by_lag(points, evidence)[away])
    along = np.maximum(0, Motion.of(sums[:, away]).along_by_lag())
    return Agreement(float(skill.mean()), float(along.mean()))
