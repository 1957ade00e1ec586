"""Windows of judged samples to scores: chance-corrected limb directions (scoring.md). Pure.

Live scores, the summary and `compare` all run this code.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server import hints, matching
from rtc_server.hint import Hint
from rtc_server.judging import (
    LAG_STEP_S,
    LAGS_S,
    NO_LAG,
    SAMPLE_S,
    Judged,
    lag_cost,
    skill_by_lag,
)
from rtc_server.matching import Floats
from rtc_server.values import Score

WINDOW_S = 4.0
LABEL_S = 2.0
LAG_SHARE = 0.34  # of a window: a longer lag cannot be told from it
HIDDEN = 0.5  # of a limb's evidence: one that is seen less counts as left to luck
STILL_DEG = 6.0  # the detector's own trembling
LUCK = 0.17  # skill of people who dance something else, for the best of all lags is taken
EASE = 0.32  # how a skill becomes a Shape: 1 is linear, less makes first steps count more
WRONG_SIDE = -0.25  # evidence for the other side at which nothing is left
SIDE_DOUBT = 0.1  # of the evidence: what must speak for the other side before it counts
LAG_SKILL = 0.25  # under this the best lag says nothing about the learner
WEAK_SHARE = 0.08  # of the window's weight: a limb with less does not matter now
WEAK_SKILL = 0.5
LIMB_DOUBT = 0.05  # of the window's weight: evidence that a limb must outweigh to differ
HINT_SAMPLES = 3
LIVE_COVERAGE = 0.5
GRADE_COVERAGE = 0.6

LABELS = ((85.0, "perfect"), (70.0, "great"), (50.0, "good"), (35.0, "ok"))
GRADES = ((90.0, "S"), (75.0, "A"), (60.0, "B"), (45.0, "C"), (35.0, "D"))
KEEP_PRACTISING = "keep practising"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a window of samples amounts to, in 0..1."""

    skill: float  # of the best lag, may be negative: worse than chance
    lag_s: float
    timing: float
    energy: float
    coverage: float
    evidence: float  # weight × (1 − chance) that could be judged
    sided: Floats  # (11,) evidence for this side less that for the other
    sided_possible: Floats  # (11,)
    limb_skill: Floats  # (11,), NaN where nothing could be judged

    @property
    def shape(self) -> float:
        """The window's Shape by itself."""
        return shape_of(self.skill, side_of([self]))


def judge(samples: Sequence[Judged]) -> Verdict | None:
    """Add a window up; None where nothing in it could be judged."""
    if not samples:
        return None
    gained = np.sum([s.gained for s in samples], axis=0)
    possible = np.sum([s.possible for s in samples], axis=0)
    evidence = float(possible[NO_LAG].sum())
    if evidence <= 0:
        return None
    skill = skill_by_lag(gained.sum(axis=1), possible.sum(axis=1) + _hidden(samples))
    span_s = (samples[-1].lesson_s - samples[0].lesson_s) / samples[-1].rate + SAMPLE_S
    told = np.abs(LAGS_S) <= max(SAMPLE_S, span_s * LAG_SHARE) + 1e-6
    worth = skill - lag_cost(samples[-1].usual_lag_s)
    best = int(np.argmax(np.where(told, worth, -np.inf)))
    lag_s = float(LAGS_S[best]) + _peak_shift(skill, best) * LAG_STEP_S
    return Verdict(
        skill=float(skill[best]),
        lag_s=lag_s,
        timing=math.exp(-0.5 * (max(0.0, abs(lag_s) / SAMPLE_S - 0.5) / 1.5) ** 2),
        energy=_energy(samples),
        coverage=coverage(samples),
        evidence=evidence,
        sided=np.sum([s.sided[best] for s in samples], axis=0),
        sided_possible=np.sum([s.sided_possible[best] for s in samples], axis=0),
        limb_skill=limb_skill(gained[best], possible[best]),
    )


def _hidden(samples: Sequence[Judged]) -> float:
    """The evidence of limbs that were out of sight most of the time: they are left to luck.

    A joint that is lost now and then costs nothing; legs that are never shown do.
    """
    offered = np.array([s.offered for s in samples])
    unseen = np.where(np.array([s.known for s in samples]), 0, offered).sum(axis=0)
    lost = unseen > (1 - HIDDEN) * offered.sum(axis=0)
    return float(unseen[lost].sum())


def coverage(samples: Sequence[Judged]) -> float:
    """The part of the lesson's weight that could be judged, 0..1."""
    weight = np.array([s.weight for s in samples])
    known = np.array([s.known for s in samples])
    whole = float(weight.sum())
    return min(1.0, float(weight[known].sum()) / whole) if whole > 0 else 0.0


def shape_of(skill: float, side: float) -> float:
    """Skill beyond luck, bent to a scale for people, less where the other side was danced."""
    beyond = min(1.0, max(0.0, (skill - LUCK) / (1 - LUCK)))
    right_side = min(1.0, max(0.0, 1 - side / WRONG_SIDE))
    return beyond / (beyond + EASE * (1 - beyond)) * right_side


def side_of(verdicts: Sequence[Verdict]) -> float:
    """Which side was danced where the sides differ: 1 the lesson's, 0 undecided, −1 the other."""
    whole = sum(v.evidence for v in verdicts)
    possible = sum(float(v.sided_possible.sum()) for v in verdicts) + SIDE_DOUBT * whole
    return sum(float(v.sided.sum()) for v in verdicts) / possible if possible > 0 else 0.0


def limb_skill(gained: Floats, possible: Floats) -> Floats:
    """The skill of each limb, (11,), NaN where nothing of it could be judged.

    A limb that hardly moves in the lesson has little to gain over chance, so the detector's noise
    would decide; with little evidence a limb is taken to be as good as the whole.
    """
    whole = float(possible.sum())
    if whole <= 0:
        return np.full(matching.COUNT, np.nan, np.float32)
    doubt = LIMB_DOUBT * whole
    skill = (gained + doubt * float(gained.sum()) / whole) / (possible + doubt)
    return np.where(possible > 0, skill, np.nan).astype(np.float32)


def _peak_shift(skill: NDArray[np.floating], best: int) -> float:
    """Where between the lags the skill is greatest: a parabola through three, −½..½ steps."""
    if not 0 < best < len(skill) - 1:
        return 0.0
    before, at, after = (float(skill[best + i]) for i in (-1, 0, 1))
    bend = before - 2 * at + after
    return 0.0 if bend >= 0 else min(0.5, max(-0.5, 0.5 * (before - after) / bend))


def _energy(samples: Sequence[Judged]) -> float:
    """How near the size of the learner's movements comes to the lesson's, 0..1."""
    turned = np.array([s.turned_deg for s in samples])
    asked = np.array([s.asked_deg for s in samples])
    both = ~np.isnan(turned) & ~np.isnan(asked)
    weight = matching.BASE_WEIGHT * both
    if weight.sum() <= 0:
        return 1.0
    size = [
        math.sqrt(float((weight * np.maximum(0, np.nan_to_num(w) - STILL_DEG) ** 2).sum()))
        / math.sqrt(float(weight.sum()))
        for w in (turned, asked)
    ]
    ratio = math.log((size[0] + 8) / (size[1] + 8))
    return math.exp(-0.5 * (ratio / (0.4 if ratio < 0 else 0.8)) ** 2)


def total(shape: float, timing: float, energy: float, coverage: float) -> float:
    """The score: geometric, so that without shape there are no points. 0..100."""
    seen = min(1.0, coverage / GRADE_COVERAGE)
    return (
        100 * seen * math.pow(max(0.0, shape), 0.6) * math.pow(timing, 0.3) * math.pow(energy, 0.1)
    )


def live_score(samples: Sequence[Judged], mirror: bool) -> Score:
    """The score of the last WINDOW_S, with the label of the last LABEL_S."""
    window = since(samples, WINDOW_S)
    verdict = judge(window)
    if verdict is None or verdict.coverage < LIVE_COVERAGE:
        coverage = verdict.coverage if verdict else 0.0
        return Score(
            *(None, None, None, None, coverage, None),
            limbs=dict.fromkeys(matching.NAMES),
            label=None,
            hint=hints.STEP_INTO_VIEW,
        )
    recent = judge(since(samples, LABEL_S)) or verdict
    return Score(
        score=total(verdict.shape, verdict.timing, verdict.energy, verdict.coverage),
        shape=100 * verdict.shape,
        timing=100 * verdict.timing,
        energy=100 * verdict.energy,
        coverage=verdict.coverage,
        lag_ms=1000 * verdict.lag_s if verdict.skill > LAG_SKILL else None,
        limbs=own_limbs(verdict.limb_skill, mirror),
        label=label(total(recent.shape, recent.timing, recent.energy, recent.coverage)),
        hint=hint(window, verdict, mirror),
    )


def hint(window: Sequence[Judged], verdict: Verdict, mirror: bool) -> Hint | None:
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
    own = matching.SWAPPED_LIMBS[limb] if mirror else limb
    return hints.for_limb(matching.NAMES[limb], matching.NAMES[own], learner, target, mirror)


def since(samples: Sequence[Judged], window_s: float) -> Sequence[Judged]:
    """The samples of the last `window_s` of the lesson, of the newest one's stretch."""
    first, newest = len(samples), samples[-1]
    from_s = newest.lesson_s - window_s + 1e-6  # sums of sampling times are not exact
    while first > 0 and _belongs(samples[first - 1], newest, from_s):
        first -= 1
    return samples[first:]


def _belongs(sample: Judged, newest: Judged, from_s: float) -> bool:
    return sample.stretch == newest.stretch and sample.lesson_s > from_s


def label(score: float) -> str:
    return next((name for least, name in LABELS if score >= least), "miss")


def grade(score: float, coverage: float) -> str | None:
    if coverage < GRADE_COVERAGE:
        return None
    return next((name for least, name in GRADES if score >= least), KEEP_PRACTISING)


def own_limbs(skill: Floats, mirror: bool) -> dict[str, float | None]:
    """Skill by the learner's own left and right, clipped to 0..1."""
    own = skill[matching.SWAPPED_LIMBS] if mirror else skill
    return {
        name: None if np.isnan(value) else round(min(1.0, max(0.0, float(value))), 3)
        for name, value in zip(matching.NAMES, own, strict=True)
    }
