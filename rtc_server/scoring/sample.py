"""One pose after the other compared with the lesson, at all lags at once. Pure.

A sample is scored once; a window of them (window_score.py) only adds up. Samples that follow each
other in the lesson at one rate make a stretch. A jump, a pause or another rate begins a new one,
and nothing reaches across: a stretch is scored as if the attempt began with it.

Lags are in the learner's own time, because people react as fast at any rate. Windows are in the
lesson's time, so that a window holds as much dance at any rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring import motion
from rtc_server.scoring.agreement import Agreement, estimate_baseline
from rtc_server.scoring.lags import (
    LAGS_S,
    ZERO_LAG,
    lag_penalty,
    nearest_lag_index,
    skill_by_lag,
)
from rtc_server.scoring.learner_limbs import LearnerLimbs
from rtc_server.scoring.limb_directions import (
    Floats,
    known_or_zero,
    mirror_angles_deg,
    similarity,
)
from rtc_server.scoring.limbs import LIMB_COUNT
from rtc_server.scoring.motion import Motion
from rtc_server.scoring.reference import AnyReference
from rtc_server.types import Pose

MAX_FAULT = 1.0  # a limb loses at most this part of what it could have won at a moment
MEMORY_S = 12.0  # how far back a learner's usual lag and motion are remembered
MAX_BACKWARD_S = 0.1  # of the lesson: the position is not known better, so less is no jump
MAX_DEVIATION_S = 0.5  # of the lesson, from what its rate explains: more is a jump


@dataclass(frozen=True, slots=True)
class SampleScore:
    """One sample compared with the lesson at every lag; (k, 11) over LAGS_S and limbs."""

    captured_s: float
    lesson_s: float
    rate: float  # lesson seconds per second of the learner
    stretch: int  # counts up where the position jumped
    points: Floats  # weight × (similarity − chance), 0 where unknown
    evidence: Floats  # weight × (1 − chance), 0 where unknown; times rate, as all weights here
    side_points: Floats  # weight × asymmetry × (similarity − similarity to the mirror image)
    side_evidence: Floats  # weight × asymmetry²
    usual_lag_s: float  # the lag that fits best what was danced lately
    offered_evidence: Floats  # (11,) the lesson's weight × (1 − chance) at no lag, seen or not
    weight: Floats  # (11,) the lesson's weight at no lag
    known: NDArray[np.bool_]  # (11,) whether the limb could be scored at no lag
    angles_deg: Floats  # (11,) the learner's directions
    reference_deg: Floats  # (11,) the lesson's, at no lag


@dataclass(frozen=True, slots=True)
class RecentDance:
    """What was danced lately, up to a sample; a window that ends with it is judged with this."""

    motion: Motion  # at the sample's usual lag
    energy: float  # of this motion
    baseline: Agreement  # at lags far from it


@dataclass(frozen=True, slots=True)
class _LagComparison:
    """The learner's directions against the lesson's; (k, 11) over LAGS_S and limbs."""

    reference_deg: Floats
    chance: Floats
    weight: Floats  # the lesson's, before `rate` and balance
    full_weight: Floats  # with them: what the limb counts where it is seen for certain
    seen_weight: Floats  # `full_weight` × the learner's confidence weight, 0 where unknown
    similarity: Floats  # NaN where unknown


class SampleScorer:
    """Scores samples one after the other, under one assumption about mirroring."""

    def __init__(self, reference: AnyReference, mirror: bool) -> None:
        self._reference = reference
        self._limbs = LearnerLimbs(mirror)
        self._stretch = -1
        self._last: SampleScore | None = None
        self._ended: RecentDance | None = None
        self._all_sums = np.zeros((motion.SUM_COUNT, len(LAGS_S), LIMB_COUNT))
        self._start_stretch(0.0)

    def _start_stretch(self, lesson_s: float) -> None:
        """Forget what was before."""
        self._stretch += 1
        self._from_s = lesson_s
        self._last_s = -math.inf
        self._limbs.reset()
        self._trend = np.zeros((2, len(LAGS_S)))  # points and evidence at each lag, fading
        self._recent_sums = np.zeros_like(self._all_sums)

    def score(self, lesson_s: float, pose: Pose, rate: float = 1.0) -> SampleScore:
        """Score the learner's pose at the position that they were seeing.

        :param rate: how fast the lesson ran, 0.5 for half as fast.
        """
        if self._last is None:
            self._start_stretch(lesson_s)
        elif is_jump(self._last, lesson_s, pose.captured_s, rate):
            self._ended = self.recent_dance()
            self._start_stretch(lesson_s)
        angles, confident = self._limbs.measure(pose)
        compared = self._compare(angles, confident, lesson_s, rate)
        known = ~np.isnan(compared.similarity)
        evidence = compared.seen_weight * (1 - compared.chance)
        points = np.where(known, compared.seen_weight * (compared.similarity - compared.chance), 0)
        points = np.maximum(points, -MAX_FAULT * evidence)
        asymmetry, better = _compare_sides(compared, angles)
        usual = self._update_trend(pose.captured_s, points, evidence)
        hidden = np.where(known, 0, compared.full_weight)
        self._add_motion(
            motion.direction_sums(compared.seen_weight, hidden, compared.reference_deg, angles)
        )
        self._last_s = pose.captured_s
        self._last = SampleScore(
            *(pose.captured_s, lesson_s, rate, self._stretch),
            points=points,
            evidence=evidence,
            side_points=compared.seen_weight * asymmetry * better,
            side_evidence=compared.seen_weight * asymmetry**2,
            usual_lag_s=float(LAGS_S[usual]),
            offered_evidence=compared.full_weight[ZERO_LAG] * (1 - compared.chance[ZERO_LAG]),
            weight=compared.weight[ZERO_LAG] * np.float32(rate),
            known=known[ZERO_LAG],
            angles_deg=angles,
            reference_deg=compared.reference_deg[ZERO_LAG],
        )
        return self._last

    def recent_dance(self) -> RecentDance:
        """What was danced lately, up to the last sample; at least one must have been scored.

        It costs as much as a third of `score`, so it is computed only where a window ends.
        """
        assert self._last is not None
        lag_s, rate = self._last.usual_lag_s, self._last.rate
        recent = Motion.from_sums(self._recent_sums[:, nearest_lag_index(lag_s)])
        return RecentDance(
            recent,
            recent.energy(),
            estimate_baseline(self._trend[0], self._trend[1], self._recent_sums, lag_s, rate),
        )

    def ended_dance(self) -> RecentDance:
        """The same up to the end of the stretch before this one; there must have been one."""
        assert self._ended is not None
        return self._ended

    def baseline(
        self, points: NDArray[np.float64], evidence: NDArray[np.float64], lag_s: float, rate: float
    ) -> Agreement:
        """The agreement at lags far from this one, of everything that was danced.

        :param points: (lags,) of everything that was danced, like `evidence`.
        """
        return estimate_baseline(points, evidence, self._all_sums, lag_s, rate)

    def motion_at(self, lag: int) -> Motion:
        """The motion of everything that was danced, at one of LAGS_S."""
        return Motion.from_sums(self._all_sums[:, lag])

    def _compare(
        self, angles: Floats, confident: Floats, lesson_s: float, rate: float
    ) -> _LagComparison:
        at_s = lesson_s - LAGS_S * rate
        reference_deg, weight, chance = self._reference.at(at_s)
        # What came before the stretch was not shown now: nobody can be late with it.
        weight = weight * (at_s >= self._from_s - self._reference.step_s)[:, None]
        # A sample stands for `rate` times as much of the lesson as one at its own speed.
        full_weight = weight * self._reference.balance * np.float32(rate)
        similar = similarity(angles, reference_deg)
        seen_weight = np.where(np.isnan(similar), 0, full_weight * confident)
        return _LagComparison(reference_deg, chance, weight, full_weight, seen_weight, similar)

    def _update_trend(self, captured_s: float, points: Floats, evidence: Floats) -> int:
        """Let what was before fade, add this, and give the index of the usual lag."""
        fading = math.exp(-max(0.0, captured_s - self._last_s) / MEMORY_S)
        self._trend = self._trend * fading + (points.sum(axis=1), evidence.sum(axis=1))
        self._recent_sums *= fading
        return int(np.argmax(skill_by_lag(*self._trend) - lag_penalty()))

    def _add_motion(self, sums: NDArray[np.float64]) -> None:
        self._all_sums += sums
        self._recent_sums += sums


def _compare_sides(compared: _LagComparison, angles: Floats) -> tuple[Floats, Floats]:
    """How much the lesson differs from its mirror image, and how much better it itself fits."""
    mirrored_deg = mirror_angles_deg(compared.reference_deg)
    asymmetry = known_or_zero(1 - similarity(compared.reference_deg, mirrored_deg))
    better = known_or_zero(compared.similarity - similarity(angles, mirrored_deg))
    return asymmetry, better


def is_jump(last: SampleScore, lesson_s: float, captured_s: float, rate: float) -> bool:
    """Whether a sample does not follow the last one: after a seek, loop, pause or new rate."""
    moved_s = lesson_s - last.lesson_s
    expected_s = max(0.0, captured_s - last.captured_s) * rate
    return (
        rate != last.rate
        or moved_s < -MAX_BACKWARD_S
        or abs(moved_s - expected_s) > MAX_DEVIATION_S
    )
