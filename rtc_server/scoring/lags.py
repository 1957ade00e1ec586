"""How late somebody may be, and which lag fits them best. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LAG_STEP_S = 0.1
LAGS_S: NDArray[np.float64] = (
    np.arange(-10, 11, dtype=np.float64) * LAG_STEP_S
)  # of the learner's time, positive: late
NO_LAG = len(LAGS_S) // 2
SAMPLE_S = 0.2  # the "sample" in which scoring.md counts lags
LAG_PENALTY = 0.01  # per sample of lag, so that standing still has no favourite
LAG_LOSS = 0.5  # of the evidence: a lag at which less is left of it is no lag but an edge
ELSEWHERE_S = 0.4  # of the lesson: who is so far off is not with the lesson
LAG_DRIFT = 0.1  # per sample beyond one away from the usual lag: nobody is early and late in turn


def skill_by_lag(
    points: NDArray[np.floating], evidence: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Points over evidence at each lag, (k,); -1 where there is none.

    Past the lesson's ends a lag leaves few samples, and few samples are easily lucky: evidence
    counts as at least LAG_LOSS of what there is at no lag.
    """
    least = np.where(points > 0, LAG_LOSS * evidence[NO_LAG], 0)
    whole = np.maximum(evidence, least)
    return np.where(whole > 0, points / np.maximum(whole, 1e-9), -1.0)


def lag_cost(usual_s: float | None = None) -> NDArray[np.float64]:
    """What each lag costs in skill, (k,): so that luck cannot choose freely among them."""
    cost = LAG_PENALTY * np.abs(LAGS_S) / SAMPLE_S
    if usual_s is not None:
        cost += LAG_DRIFT * np.maximum(0, np.abs(LAGS_S - usual_s) / SAMPLE_S - 1)
    return cost


def elsewhere(lag_s: float, rate: float) -> NDArray[np.bool_]:
    """Which of LAGS_S are so far from a lag that nobody dances at both; one at least."""
    away = np.abs(LAGS_S - lag_s)
    far: NDArray[np.bool_] = away >= min(ELSEWHERE_S / rate, float(away.max())) - 1e-6
    return far


def nearest(lag_s: float) -> int:
    """Where in LAGS_S a lag is."""
    return int(np.argmin(np.abs(LAGS_S - lag_s)))


def refined_s(skill: NDArray[np.floating], best: int) -> float:
    """Where between the lags the skill is greatest: the top of a parabola through three."""
    return float(LAGS_S[best]) + peak_shift(skill, best) * LAG_STEP_S


def peak_shift(skill: NDArray[np.floating], best: int) -> float:
    """Where beside the greatest value the top of a parabola through three is: −½..½ of a step."""
    if not 0 < best < len(skill) - 1:
        return 0.0
    before, at, after = (float(skill[best + i]) for i in (-1, 0, 1))
    bend = before - 2 * at + after
    return 0.0 if bend >= 0 else min(0.5, max(-0.5, 0.5 * (before - after) / bend))
