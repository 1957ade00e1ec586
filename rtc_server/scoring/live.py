"""The score of the moment, its label and the hint that would help most. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rtc_server.feedback import STEP_INTO_VIEW, Hint
from rtc_server.scoring import grades, hints, limb_directions, window_score
from rtc_server.scoring.lags import NO_LAG
from rtc_server.scoring.sample import SampleScore
from rtc_server.scoring.window_score import WINDOW_S, Verdict
from rtc_server.types import Score

LABEL_S = 2.0  # of the lesson
LAG_SKILL = 0.25  # under this the best lag says nothing about the learner
WEAK_SHARE = 0.08  # of the window's weight: a limb with less does not matter now
WEAK_SKILL = 0.5
HINT_SAMPLES = 3
LIVE_COVERAGE = 0.5
ROUNDING_S = 1e-6  # sums of sampling times are not exact


def live_score(recent: Sequence[SampleScore], mirror: bool, doubt: float) -> Score:
    """The score of the last WINDOW_S, with the label of the last LABEL_S.

    :param recent: the newest samples of one stretch, WINDOW_S of them at least.
    """
    window = since(recent, WINDOW_S)
    verdict = window_score.judge(window, doubt)
    coverage = verdict.parts.coverage if verdict else 0.0
    if verdict is None or coverage < LIVE_COVERAGE:
        return Score(
            *(None, None, None, None, coverage, None),
            limbs=dict.fromkeys(limb_directions.NAMES),
            label=None,
            hint=STEP_INTO_VIEW,
        )
    parts = verdict.parts
    latest = window_score.judge(since(recent, LABEL_S), doubt) or verdict
    return Score(
        score=parts.score,
        shape=100 * parts.shape,
        timing=100 * parts.timing,
        energy=100 * parts.energy,
        coverage=coverage,
        lag_ms=1000 * verdict.lag_s if verdict.skill > LAG_SKILL else None,
        limbs=grades.own_limbs(verdict.limb_skill, mirror),
        label=grades.label(latest.parts.score),
        hint=hint(window, verdict, mirror),
    )


def since(recent: Sequence[SampleScore], window_s: float) -> Sequence[SampleScore]:
    """The samples of the last `window_s` of the lesson."""
    first = len(recent)
    from_s = recent[-1].lesson_s - window_s + ROUNDING_S
    while first > 0 and recent[first - 1].lesson_s > from_s:
        first -= 1
    return list(recent)[first:]


def hint(window: Sequence[SampleScore], verdict: Verdict, mirror: bool) -> Hint | None:
    """What would help most: the weakest limb that matters, and which way it should go."""
    weight = np.sum([s.possible[NO_LAG] for s in window], axis=0)
    matters = weight > WEAK_SHARE * weight.sum()
    weak = np.where(matters & (verdict.limb_skill < WEAK_SKILL), verdict.limb_skill, np.inf)
    limb = int(np.argmin(weak))
    if not np.isfinite(weak[limb]):
        return None
    latest = window[-HINT_SAMPLES:]
    learner = np.array([s.angles_deg[limb] for s in latest])
    target = np.array([s.target_deg[limb] for s in latest])
    own = limb_directions.SWAPPED_LIMBS[limb] if mirror else limb
    return hints.for_limb(
        limb_directions.NAMES[limb], limb_directions.NAMES[own], learner, target, mirror
    )
