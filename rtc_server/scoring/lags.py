"""How late somebody may be, and which lag fits them best. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LAG_STEP_S = 0.1
# In the learner's own time; positive: late.
LAGS_S: NDArray[np.float64] = np.arange(-10, 11, dtype=np.float64) * LAG_STEP_S
ZERO_LAG = len(LAGS_S) // 2
SAMPLE_S = 0.2  # the "sample" in which scoring.md counts lags
LAG_PENALTY = 0.01  # of skill per sample of lag, so that standing still has no favourite lag
DRIFT_PENALTY = 0.1  # per sample beyond one from the usual lag: nobody is early and late in turn
MIN_EVIDENCE_SHARE = 0.5  # a lag that leaves less of the evidence is an edge of the lesson
OTHER_MOMENT_S = 0.4  # of the lesson: somebody that far off does not follow it


def skill_by_lag(
    points: NDArray[np.floating], evidence: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Points over evidence at each lag, (k,); -1 where there is none.

    Past the lesson's ends a lag leaves few samples, and few samples are easily lucky. Therefore
    evidence counts as at least MIN_EVIDENCE_SHARE of what there is at no lag.
    """
    least = np.where(points > 0, MIN_EVIDENCE_SHARE * evidence[ZERO_LAG], 0)
    whole = np.maximum(evidence, least)
    return np.where(whole > 0, points / np.maximum(whole, 1e-9), -1.0)


def lag_penalty(usual_s: float | None = None) -> NDArray[np.float64]:
    """What each lag costs in skill, (k,), so that chance cannot choose freely among them."""
    penalty = LAG_PENALTY * np.abs(LAGS_S) / SAMPLE_S
    if usual_s is not None:
        penalty += DRIFT_PENALTY * np.maximum(0, np.abs(LAGS_S - usual_s) / SAMPLE_S - 1)
    return penalty


def select_other_moments(lag_s: float, rate: float) -> NDArray[np.bool_]:
    """Which of LAGS_S are so far from a lag that nobody dances at both; at least one of them."""
    away = np.abs(LAGS_S - lag_s)
    far: NDArray[np.bool_] = away >= min(OTHER_MOMENT_S / rate, float(away.max())) - 1e-6
    return far


def nearest_lag_index(lag_s: float) -> int:
    """The index in LAGS_S of the lag nearest to this one."""
    return int(np.argmin(np.abs(LAGS_S - lag_s)))


def refine_lag_s(skill: NDArray[np.floating], best: int) -> float:
    """Where between the lags the skill is greatest: the top of a parabola through three."""
    return float(LAGS_S[best]) + parabola_peak_offset(skill, best) * LAG_STEP_S


def parabola_peak_offset(values: NDArray[np.floating], best: int) -> float:
    """How far from the greatest value the top of a parabola through three is: −½..½ of a step."""
    if not 0 < best < len(values) - 1:
        return 0.0
    before, at, after = (float(values[best + i]) for i in (-1, 0, 1))
    bend = before - 2 * at + after
    return 0.0 if bend >= 0 else min(0.5, max(-0.5, 0.5 * (before - after) / bend))
