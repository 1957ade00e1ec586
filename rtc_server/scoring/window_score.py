"""Windows of judged samples to scores: chance-corrected limb directions (scoring.md). Pure.

Live scores, the summary and `compare` all run this code.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring import lags, limb_directions
from rtc_server.scoring.agreement import Agreement
from rtc_server.scoring.lags import LAGS_S, NO_LAG, SAMPLE_S
from rtc_server.scoring.limb_directions import Floats
from rtc_server.scoring.sample import SampleScore

WINDOW_S = 4.0  # of the lesson
LAG_SHARE = 0.34  # of a window: a longer lag cannot be told from it
HIDDEN = 0.5  # of a limb's evidence: one that is seen less counts as left to luck
STEEP = 2.0  # of Shape's curve; at 1 half a doubt is half an agreement
WRONG_SIDE = -0.25  # evidence for the other side at which nothing is left
SIDE_DOUBT = 0.1  # of the evidence: what must speak for the other side before it counts
LIMB_DOUBT = 0.05  # of the window's weight: evidence that a limb must outweigh to differ
FREE_SAMPLES, LATE_SAMPLES = 0.5, 1.5  # of lag: what is free, and how fast more of it costs
TIMING, ENERGY = 0.4, 0.5  # exponents of the score; Shape's is 1
ENOUGH_COVERAGE = 0.6


@dataclass(frozen=True, slots=True)
class Parts:
    """What a score is made of, in 0..1."""

    shape: float
    timing: float
    energy: float
    coverage: float

    @property
    def score(self) -> float:
        """Geometric, so that without shape there are no points; 0..100."""
        seen = min(1.0, self.coverage / ENOUGH_COVERAGE)
        late, small = math.pow(self.timing, TIMING), math.pow(self.energy, ENERGY)
        return 100 * seen * self.shape * late * small


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a window of samples amounts to."""

    skill: float  # of the best lag, may be negative: worse than chance
    lag_s: float
    evidence: float  # weight × (1 − chance) that could be judged
    sided: float  # evidence for this side less that for the other
    sided_possible: float
    parts: Parts
    limb_skill: Floats  # (11,), NaN where nothing could be judged


def judge(samples: Sequence[SampleScore], doubt: float) -> Verdict | None:
    """Add a window up; None where nothing in it could be judged.

    :param doubt: the lesson's, see `Reference.doubt`.
    """
    if not samples:
        return None
    gained = np.sum([s.gained for s in samples], axis=0)
    possible = np.sum([s.possible for s in samples], axis=0)
    evidence = float(possible[NO_LAG].sum())
    if evidence <= 0:
        return None
    by_lag = lags.skill_by_lag(gained.sum(axis=1), possible.sum(axis=1) + _hidden(samples))
    best = _best_lag(samples, by_lag)
    skill, lag_s = float(by_lag[best]), lags.refined_s(by_lag, best)
    sided = float(sum(s.sided[best].sum() for s in samples))
    sided_possible = float(sum(s.sided_possible[best].sum() for s in samples))
    swings = samples[-1].motion
    side = side_of(sided, sided_possible, evidence)
    agreed = Agreement(skill, swings.along(skill)).beyond(samples[-1].nearby)
    return Verdict(
        *(skill, lag_s, evidence, sided, sided_possible),
        parts=Parts(
            shape=shape_of(agreed, side, doubt),
            timing=timing_of(lag_s),
            energy=swings.energy(),
            coverage=_coverage(samples),
        ),
        limb_skill=limb_skill(gained[best], possible[best]),
    )


def _best_lag(samples: Sequence[SampleScore], by_lag: NDArray[np.float64]) -> int:
    """The lag that fits best, near the one that is usual and no longer than can be told."""
    newest = samples[-1]
    span_s = (newest.lesson_s - samples[0].lesson_s) / newest.rate + SAMPLE_S
    told = np.abs(LAGS_S) <= max(SAMPLE_S, span_s * LAG_SHARE) + 1e-6
    worth = by_lag - lags.lag_cost(newest.usual_lag_s)
    return int(np.argmax(np.where(told, worth, -np.inf)))


def _hidden(samples: Sequence[SampleScore]) -> float:
    """The evidence of limbs that were out of sight most of the time: they are left to luck.

    A joint that is lost now and then costs nothing; legs that are never shown do.
    """
    offered = np.array([s.offered for s in samples])
    unseen = np.where(np.array([s.known for s in samples]), 0, offered).sum(axis=0)
    lost = unseen > (1 - HIDDEN) * offered.sum(axis=0)
    return float(unseen[lost].sum())


def _coverage(samples: Sequence[SampleScore]) -> float:
    """The part of the lesson's weight that could be judged, 0..1."""
    weight = np.array([s.weight for s in samples])
    known = np.array([s.known for s in samples])
    whole = float(weight.sum())
    return min(1.0, float(weight[known].sum()) / whole) if whole > 0 else 0.0


def shape_of(agreement: Agreement, side: float, doubt: float) -> float:
    """How much alike the movements are, 0..1: the agreement against a doubt, on a scale of odds."""
    agreed = agreement.mean
    if agreed <= 0:
        return 0.0
    odds_against = math.pow(doubt * (1 - agreed) / agreed, STEEP)
    right_side = min(1.0, max(0.0, 1 - side / WRONG_SIDE))
    return right_side / (1 + odds_against)


def timing_of(lag_s: float) -> float:
    """What a lag leaves of Timing, 0..1."""
    beyond = max(0.0, abs(lag_s) / SAMPLE_S - FREE_SAMPLES)
    return math.exp(-0.5 * (beyond / LATE_SAMPLES) ** 2)


def side_of(sided: float, possible: float, evidence: float) -> float:
    """Which side was danced where the sides differ: 1 the lesson's, 0 undecided, −1 the other."""
    whole = possible + SIDE_DOUBT * evidence
    return sided / whole if whole > 0 else 0.0


def limb_skill(gained: NDArray[np.floating], possible: NDArray[np.floating]) -> Floats:
    """The skill of each limb, (11,), NaN where nothing of it could be judged.

    A limb that hardly moves in the lesson has little to gain over chance, so the detector's noise
    would decide; with little evidence a limb is taken to be as good as the whole.
    """
    whole = float(possible.sum())
    if whole <= 0:
        return np.full(limb_directions.COUNT, np.nan, np.float32)
    doubt = LIMB_DOUBT * whole
    skill = (gained + doubt * float(gained.sum()) / whole) / (possible + doubt)
    return np.where(possible > 0, skill, np.nan).astype(np.float32)
