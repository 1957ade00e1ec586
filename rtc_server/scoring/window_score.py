"""From a window of sample scores to a score: chance-corrected limb directions (scoring.md). Pure.

Live scores, the summary and `compare` all run this code.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring import lags
from rtc_server.scoring.agreement import Agreement
from rtc_server.scoring.lags import LAGS_S, SAMPLE_S, ZERO_LAG
from rtc_server.scoring.limb_directions import Floats
from rtc_server.scoring.limbs import LIMB_COUNT
from rtc_server.scoring.sample import RecentDance, SampleScore

WINDOW_S = 4.0  # of the lesson
MAX_LAG_SHARE = 0.34  # of a window: it is too short to measure a longer lag
MIN_SEEN_SHARE = 0.5  # of a limb's evidence: one that is seen less is left to chance
SHAPE_EXPONENT = 2.0  # of Shape's curve; at 1 half a doubt is half an agreement
WRONG_SIDE = -0.25  # evidence for the other side at which nothing is left
SIDE_DOUBT = 0.1  # of the evidence: so much must favour the other side before it counts
LIMB_DOUBT = 0.05  # of the window's weight: so much evidence a limb needs to differ from the whole
FREE_LAG_SAMPLES, LAG_SIGMA_SAMPLES = 0.5, 1.5  # what is free, and how fast more of it costs
TIMING_EXPONENT, ENERGY_EXPONENT = 0.4, 0.5  # in the score; Shape's is 1
FULL_COVERAGE = 0.6


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """What a score is made of, in 0..1."""

    shape: float
    timing: float
    energy: float
    coverage: float

    @property
    def score(self) -> float:
        """The product of all parts, so that there are no points without shape; 0..100."""
        seen = min(1.0, self.coverage / FULL_COVERAGE)
        timing = math.pow(self.timing, TIMING_EXPONENT)
        energy = math.pow(self.energy, ENERGY_EXPONENT)
        return 100 * seen * self.shape * timing * energy


@dataclass(frozen=True, slots=True)
class WindowScore:
    """The result of a window of samples."""

    skill: float  # at the best lag; negative: worse than chance
    lag_s: float
    evidence: float  # weight × (1 − chance) that could be scored
    side_points: float  # evidence for this side less that for the other
    side_evidence: float
    parts: ScoreParts
    limb_skill: Floats  # (11,), NaN where nothing could be scored


@dataclass(frozen=True, slots=True)
class SampleWindow:
    """Samples that follow each other, with those of their arrays that are added up; (n, …)."""

    samples: Sequence[SampleScore]
    points: Floats
    evidence: Floats
    offered_evidence: Floats
    weight: Floats
    known: NDArray[np.bool_]

    @classmethod
    def of(cls, samples: Sequence[SampleScore]) -> SampleWindow:
        """Build from at least one sample."""
        return cls(
            samples,
            points=np.array([s.points for s in samples]),
            evidence=np.array([s.evidence for s in samples]),
            offered_evidence=np.array([s.offered_evidence for s in samples]),
            weight=np.array([s.weight for s in samples]),
            known=np.array([s.known for s in samples]),
        )

    def last(self, count: int) -> SampleWindow:
        """The newest so many of them."""
        newest = slice(-count, None)
        return SampleWindow(
            self.samples[newest],
            self.points[newest],
            self.evidence[newest],
            self.offered_evidence[newest],
            self.weight[newest],
            self.known[newest],
        )


def score_window(window: SampleWindow, dance: RecentDance, doubt: float) -> WindowScore | None:
    """Add a window up; None where nothing in it could be scored.

    :param dance: what was danced up to the window's end.
    :param doubt: the lesson's, see `Reference.doubt`.
    """
    points, evidence = window.points.sum(axis=0), window.evidence.sum(axis=0)
    total = float(evidence[ZERO_LAG].sum())
    if total <= 0:
        return None
    samples = window.samples
    by_lag = lags.skill_by_lag(points.sum(axis=1), evidence.sum(axis=1) + _hidden_evidence(window))
    best = _choose_lag(samples, by_lag)
    skill, lag_s = float(by_lag[best]), lags.refine_lag_s(by_lag, best)
    side_points = float(sum(np.array([s.side_points[best] for s in samples]).sum(axis=1)))
    side_evidence = float(sum(np.array([s.side_evidence[best] for s in samples]).sum(axis=1)))
    motion = dance.motion
    side = compute_side(side_points, side_evidence, total)
    agreement = Agreement(skill, motion.concordance(skill)).above(dance.baseline)
    return WindowScore(
        *(skill, lag_s, total, side_points, side_evidence),
        parts=ScoreParts(
            shape=compute_shape(agreement, side, doubt),
            timing=compute_timing(lag_s),
            energy=dance.energy,
            coverage=_compute_coverage(window),
        ),
        limb_skill=compute_limb_skill(points[best], evidence[best]),
    )


def _choose_lag(samples: Sequence[SampleScore], by_lag: NDArray[np.float64]) -> int:
    """The lag that fits best, near the usual one and short enough for the window to measure."""
    newest = samples[-1]
    span_s = (newest.lesson_s - samples[0].lesson_s) / newest.rate + SAMPLE_S
    measurable = np.abs(LAGS_S) <= max(SAMPLE_S, span_s * MAX_LAG_SHARE) + 1e-6
    worth = by_lag - lags.lag_penalty(newest.usual_lag_s)
    return int(np.argmax(np.where(measurable, worth, -np.inf)))


def _hidden_evidence(window: SampleWindow) -> float:
    """The evidence of limbs that were out of sight most of the time: they are left to chance.

    A joint that is lost now and then costs nothing; legs that are never shown do.
    """
    offered = window.offered_evidence
    unseen = np.where(window.known, 0, offered).sum(axis=0)
    hidden = unseen > (1 - MIN_SEEN_SHARE) * offered.sum(axis=0)
    return float(unseen[hidden].sum())


def _compute_coverage(window: SampleWindow) -> float:
    """The part of the lesson's weight that could be scored, 0..1."""
    whole = float(window.weight.sum())
    return min(1.0, float(window.weight[window.known].sum()) / whole) if whole > 0 else 0.0


def compute_shape(agreement: Agreement, side: float, doubt: float) -> float:
    """How much two people move alike, 0..1: the odds of the agreement against a doubt."""
    agreed = agreement.mean
    if agreed <= 0:
        return 0.0
    odds_against = math.pow(doubt * (1 - agreed) / agreed, SHAPE_EXPONENT)
    right_side = min(1.0, max(0.0, 1 - side / WRONG_SIDE))
    return right_side / (1 + odds_against)


def compute_timing(lag_s: float) -> float:
    """What a lag leaves of Timing, 0..1."""
    beyond = max(0.0, abs(lag_s) / SAMPLE_S - FREE_LAG_SAMPLES)
    return math.exp(-0.5 * (beyond / LAG_SIGMA_SAMPLES) ** 2)


def compute_side(side_points: float, side_evidence: float, evidence: float) -> float:
    """Which side was danced where the sides differ: 1 the lesson's, 0 undecided, −1 the other."""
    whole = side_evidence + SIDE_DOUBT * evidence
    return side_points / whole if whole > 0 else 0.0


def compute_limb_skill(points: NDArray[np.floating], evidence: NDArray[np.floating]) -> Floats:
    """The skill of each limb, (11,), NaN where nothing of it could be scored.

    A limb that hardly moves in the lesson has little to win over chance, so that a detector's
    noise would decide. A limb with little evidence is therefore taken to be as good as the whole.
    """
    whole = float(evidence.sum())
    if whole <= 0:
        return np.full(LIMB_COUNT, np.nan, np.float32)
    doubt = LIMB_DOUBT * whole
    skill = (points + doubt * float(points.sum()) / whole) / (evidence + doubt)
    return np.where(evidence > 0, skill, np.nan).astype(np.float32)
