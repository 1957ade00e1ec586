"""Poses in, scores out: chance-corrected limb directions over windows (scoring.md). Pure.

Live scores, the summary and `compare` all run this code. A sample is judged once, against the
lesson at all lags; a window then only adds up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server import hints, matching
from rtc_server.matching import Floats
from rtc_server.reference import Reference
from rtc_server.values import Pose, Score

WINDOW_S = 4.0
LABEL_S = 2.0
LAG_STEP_S = 0.1
LAGS_S: NDArray[np.float64] = (
    np.arange(-10, 11, dtype=np.float64) * LAG_STEP_S
)  # positive: the learner is late
NO_LAG = len(LAGS_S) // 2
SAMPLE_S = 0.2  # the "sample" in which scoring.md counts lags and turns
LAG_PENALTY = 0.01  # per sample of lag, so that standing still has no favourite
STILL_DEG = 6.0  # the detector's own trembling
HELD_SAMPLES = 2
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
class Judged:
    """One sample against the lesson at every lag; (k, 11) over LAGS_S and limbs."""

    captured_s: float
    lesson_s: float
    gained: Floats  # weight × (similarity − chance), 0 where unknown
    possible: Floats  # weight × (1 − chance), 0 where unknown
    expected: float  # the lesson's weight at this moment
    seen: float  # the part of it that could be judged
    turned_deg: Floats  # (11,) the learner's turn since the sample before, per SAMPLE_S
    asked_deg: Floats  # (11,) the lesson's
    angles_deg: Floats  # (11,) the learner's directions
    target_deg: Floats  # (11,) the lesson's, at no lag


class Judge:
    """Judges samples one after the other, for one way of mirroring."""

    def __init__(self, reference: Reference, mirror: bool) -> None:
        self.mirror = mirror
        self.samples: list[Judged] = []
        self._reference = reference
        self._angles = np.full(matching.COUNT, np.nan, np.float32)
        self._age = np.full(matching.COUNT, HELD_SAMPLES, np.int64)
        self._last_s = -math.inf

    def add(self, lesson_s: float, pose: Pose) -> None:
        """Judge the learner's pose at the position they were seeing."""
        xy, score = pose.xy, pose.score
        if self.mirror:
            xy, score = matching.mirrored(xy, score)
        fresh = matching.angles_deg(xy, score, pose.aspect)
        if not matching.near_enough(xy, score, pose.aspect):
            fresh = np.full_like(fresh, np.nan)
        turned = self._turned(fresh, pose.captured_s)
        angles = self._held(fresh)
        target, weight, chance = self._reference.at(lesson_s - LAGS_S)
        alike = matching.similarity(angles, target)
        known = ~np.isnan(alike)
        here = weight[NO_LAG]
        self.samples.append(
            Judged(
                pose.captured_s,
                lesson_s,
                gained=np.where(known, weight * (alike - chance), 0),
                possible=np.where(known, weight * (1 - chance), 0),
                expected=float(here.sum()),
                seen=float(here[known[NO_LAG]].sum()),
                turned_deg=turned,
                asked_deg=self._asked(lesson_s),
                angles_deg=angles,
                target_deg=target[NO_LAG],
            )
        )

    def _held(self, fresh: Floats) -> Floats:
        """The last known direction stands in for a missing one, for HELD_SAMPLES at most."""
        missing = np.isnan(fresh)
        self._age = np.where(missing, self._age + 1, 0)
        self._angles = np.where(missing, self._angles, fresh)
        held: Floats = np.where(self._age <= HELD_SAMPLES, self._angles, np.nan).astype(np.float32)
        return held

    def _turned(self, fresh: Floats, captured_s: float) -> Floats:
        elapsed_s = captured_s - self._last_s
        self._last_s = captured_s
        if not 0 < elapsed_s < 3 * SAMPLE_S:
            return np.full(matching.COUNT, np.nan, np.float32)
        before = np.where(self._age == 0, self._angles, np.nan)
        return np.abs(matching.turn_deg(fresh, before)) * np.float32(SAMPLE_S / elapsed_s)

    def _asked(self, lesson_s: float) -> Floats:
        nearest = int(np.argmin(np.abs(self._reference.track.t_s - lesson_s)))
        asked: Floats = self._reference.motion_deg[nearest]
        return asked * np.float32(SAMPLE_S / self._reference.step_s)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a window of samples amounts to, in 0..1."""

    skill: float  # of the best lag, may be negative: worse than chance
    lag_s: float
    timing: float
    energy: float
    coverage: float
    limb_skill: Floats  # (11,), NaN where nothing could be judged


def judge(samples: Sequence[Judged]) -> Verdict | None:
    """Add a window up; None where nothing in it could be judged."""
    if not samples:
        return None
    gained = np.sum([s.gained for s in samples], axis=0)
    possible = np.sum([s.possible for s in samples], axis=0)
    whole = possible.sum(axis=1)
    expected = sum(s.expected for s in samples)
    if whole[NO_LAG] <= 0 or expected <= 0:
        return None
    skill = np.divide(gained.sum(axis=1), whole, out=np.full(len(LAGS_S), -1.0), where=whole > 0)
    best = int(np.argmax(skill - LAG_PENALTY * np.abs(LAGS_S) / SAMPLE_S))
    lag_s = float(LAGS_S[best]) + _peak_shift(skill, best) * LAG_STEP_S
    return Verdict(
        skill=float(skill[best]),
        lag_s=lag_s,
        timing=math.exp(-0.5 * (max(0.0, abs(lag_s) / SAMPLE_S - 0.5) / 1.5) ** 2),
        energy=_energy(samples),
        coverage=min(1.0, sum(s.seen for s in samples) / expected),
        limb_skill=limb_skill(gained[best], possible[best]),
    )


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
        100 * seen * math.pow(max(0.0, shape), 0.7) * math.pow(timing, 0.2) * math.pow(energy, 0.1)
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
    shape = min(1.0, max(0.0, verdict.skill))
    recent = judge(since(samples, LABEL_S)) or verdict
    now = min(1.0, max(0.0, recent.skill))
    return Score(
        score=total(shape, verdict.timing, verdict.energy, verdict.coverage),
        shape=100 * shape,
        timing=100 * verdict.timing,
        energy=100 * verdict.energy,
        coverage=verdict.coverage,
        lag_ms=1000 * verdict.lag_s if verdict.skill > LAG_SKILL else None,
        limbs=own_limbs(verdict.limb_skill, mirror),
        label=label(total(now, recent.timing, recent.energy, recent.coverage)),
        hint=hint(window, verdict, mirror),
    )


def hint(window: Sequence[Judged], verdict: Verdict, mirror: bool) -> str | None:
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
    """The samples of the last `window_s` before the newest."""
    first = len(samples)
    while first > 0 and samples[first - 1].captured_s > samples[-1].captured_s - window_s:
        first -= 1
    return samples[first:]


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
