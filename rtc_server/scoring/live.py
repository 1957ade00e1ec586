"""The live score: the last seconds, their label, and the hint that would help most. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rtc_server.feedback import STEP_INTO_VIEW
from rtc_server.scoring import grades, window_score
from rtc_server.scoring.hints import choose_hint
from rtc_server.scoring.limbs import LIMB_NAMES
from rtc_server.scoring.sample import RecentDance, SampleScore
from rtc_server.scoring.window_score import WINDOW_S, SampleWindow
from rtc_server.types import Score

LABEL_S = 2.0  # of the lesson
MIN_LAG_SKILL = 0.25  # with less skill the best lag says nothing about the learner
MIN_LIVE_COVERAGE = 0.5
TIME_EPSILON_S = 1e-6  # sums of sampling times are not exact


def compute_live_score(
    recent: Sequence[SampleScore], dance: RecentDance, mirror: bool, doubt: float
) -> Score:
    """The score of the last WINDOW_S, with the label of the last LABEL_S.

    :param recent: the newest samples of one stretch, at least WINDOW_S of them.
    :param dance: what was danced up to the newest.
    """
    window = SampleWindow.of(select_recent(recent, WINDOW_S))
    result = window_score.score_window(window, dance, doubt)
    coverage = result.parts.coverage if result else 0.0
    if result is None or coverage < MIN_LIVE_COVERAGE:
        return Score(
            *(None, None, None, None, coverage, None),
            limbs=dict.fromkeys(LIMB_NAMES),
            label=None,
            hint=STEP_INTO_VIEW,
        )
    parts = result.parts
    newest = window.last(len(select_recent(recent, LABEL_S)))
    latest = window_score.score_window(newest, dance, doubt) or result
    return Score(
        score=parts.score,
        shape=100 * parts.shape,
        timing=100 * parts.timing,
        energy=100 * parts.energy,
        coverage=coverage,
        lag_ms=1000 * result.lag_s if result.skill > MIN_LAG_SKILL else None,
        limbs=grades.skill_by_own_limb(result.limb_skill, mirror),
        label=grades.choose_label(latest.parts.score),
        hint=choose_hint(window.samples, result.limb_skill, mirror),
    )


def select_recent(recent: Sequence[SampleScore], window_s: float) -> Sequence[SampleScore]:
    """The samples of the last `window_s` of the lesson."""
    first = len(recent)
    from_s = recent[-1].lesson_s - window_s + TIME_EPSILON_S
    while first > 0 and recent[first - 1].lesson_s > from_s:
        first -= 1
    return list(recent)[first:]
