"""Diagnoses what went wrong in an attempt, or that it went well. Pure.

Each finding has a mark of its own: a limb that hangs still turns little and has no skill, exchanged
arms fit the lesson's mirror image, half-hearted movements are small everywhere. The thresholds lie
between what exact and noisy dancers of tools/dancer show with and without the fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.feedback import Finding
from rtc_server.scoring.hypothesis import Hypothesis
from rtc_server.scoring.lags import nearest_lag_index
from rtc_server.scoring.limb_directions import Floats
from rtc_server.scoring.limbs import LIMB_COUNT, LIMB_NAMES, MIRRORED_LIMBS, limb_indices
from rtc_server.scoring.motion import Motion
from rtc_server.scoring.totals import LAG_SUMS

# With these findings the best lag says nothing about the learner: it fits nowhere.
KINDS_WITHOUT_LAG = ("stood_still", "wrong_side", "wrong_arms", "other_dance")

LATE_MS = 150.0  # anybody needs as long to react
HALF_HEARTED_SIZE = 0.8  # of the lesson's movements
STILL_SLOPE = 0.3  # a part of the body with less does not move with the lesson
STANDING_SLOPE = 0.12  # a quarter of the movement is half-hearted, and standing has none
MOTIONLESS_SIZE = 0.6  # of the lesson's: a still arm that a detector trembles has up to 0.5
NO_SKILL, SOME_SKILL = 0.25, 0.45
STANDING_LEGS_SKILL = 0.6  # legs with more belong to a lesson in which they hardly move
WRONG_SIDE = -0.3  # evidence for the other side
MIN_WEIGHT_SHARE = 0.08
MIN_COVERAGE = 0.6
MIN_SAME_DANCE_SCORE = 35.0  # with less the finding is another dance, and not the weakest limb

ALL = np.arange(LIMB_COUNT)
ARM = {side: limb_indices(f"{side}_upper_arm", f"{side}_forearm") for side in ("left", "right")}
ARMS = np.concatenate([ARM["left"], ARM["right"]])
LEGS = limb_indices("left_thigh", "left_shin", "right_thigh", "right_shin")


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """An attempt added up at its usual lag; (11,) each, in the lesson's left and right."""

    samples: int
    coverage: float
    offered_evidence: NDArray[np.float64]
    seen_evidence: NDArray[np.float64]  # of `offered_evidence`
    points: NDArray[np.float64]
    evidence: NDArray[np.float64]
    side_points: NDArray[np.float64]
    side_evidence: NDArray[np.float64]
    motion: Motion

    @classmethod
    def from_hypothesis(cls, hypothesis: Hypothesis, lag_s: float | None) -> AttemptFacts:
        """Add up an attempt; `lag_s` is None where the lag is not known."""
        lag, totals = nearest_lag_index(lag_s or 0.0), hypothesis.totals
        points, evidence, side_points, side_evidence = (
            totals.at_lag(name, lag) for name in LAG_SUMS
        )
        return cls(
            *(totals.samples, totals.coverage(), totals.offered_evidence, totals.seen_evidence),
            *(points, evidence, side_points, side_evidence),
            hypothesis.scorer.motion_at(lag),
        )

    def skill(self, limbs: NDArray[np.intp]) -> float:
        return _ratio(self.points[limbs].sum(), self.evidence[limbs].sum())

    def side(self, limbs: NDArray[np.intp]) -> float:
        return _ratio(self.side_points[limbs].sum(), self.side_evidence[limbs].sum())


def diagnose(
    facts: AttemptFacts, score: float, lag_s: float | None, limb_skill: Floats, mirror: bool
) -> list[Finding]:
    """The findings about an attempt, the most important first; at least one, and seldom two.

    :param score: of the whole attempt, 0..100.
    :param lag_s: how late the learner was, None where that is not known.
    :param limb_skill: (11,) in the lesson's left and right, NaN where unknown.
    """
    if not facts.samples or facts.coverage <= 0:
        return [Finding("nobody")]
    if facts.coverage < MIN_COVERAGE:
        return [Finding("little_in_view", _hidden_parts(facts))]
    fault = _find_fault(facts, score, mirror)
    if fault and not is_lag_known([fault]):
        return [fault]
    findings = [finding for finding in (fault, _find_lateness(lag_s)) if finding]
    return findings or [_find_weakest_limb(facts, limb_skill, mirror) or Finding("well")]


def is_lag_known(findings: Sequence[Finding]) -> bool:
    """Whether the lag says how early or late the learner was."""
    return not any(finding.kind in KINDS_WITHOUT_LAG for finding in findings)


def _find_fault(facts: AttemptFacts, score: float, mirror: bool) -> Finding | None:
    motion = facts.motion
    stands = motion.regression_slope(ARMS) < STANDING_SLOPE
    if stands and motion.relative_size(ARMS) < MOTIONLESS_SIZE:
        return Finding("stood_still")
    if facts.side(ARMS) < WRONG_SIDE:
        return Finding("wrong_arms" if facts.side(LEGS) > 0 else "wrong_side")
    hidden = _hidden_parts(facts)
    still = None if hidden else _find_still_part(facts, mirror)
    if still:
        return still
    size = motion.relative_size(ALL)
    small = not hidden and size < HALF_HEARTED_SIZE
    if score < MIN_SAME_DANCE_SCORE and not (small and facts.skill(ALL) > NO_SKILL):
        return Finding("other_dance")
    if hidden:
        return Finding("out_of_view", hidden)
    return Finding("half_hearted", amount=round(size, 2)) if small else None


def _find_still_part(facts: AttemptFacts, mirror: bool) -> Finding | None:
    """A part of the body that hung still while the others danced."""
    motion = facts.motion
    for side, other in (("left", "right"), ("right", "left")):
        arm = ARM[side]
        slope, size = motion.regression_slope(arm), motion.relative_size(arm)
        hangs = slope < STILL_SLOPE and size < MOTIONLESS_SIZE
        if hangs and facts.skill(arm) < NO_SKILL and facts.skill(ARM[other]) > SOME_SKILL:
            return Finding("arm_still", (f"{other if mirror else side}_arm",))
    legs_stand = motion.regression_slope(LEGS) < STILL_SLOPE / 2
    legs_stand = legs_stand and facts.skill(LEGS) < STANDING_LEGS_SKILL
    offered = facts.offered_evidence
    matters = offered[LEGS].sum() > MIN_WEIGHT_SHARE * offered.sum()
    right_side = facts.side(ARMS) > -WRONG_SIDE
    if legs_stand and matters and right_side and facts.skill(ARMS) > SOME_SKILL:
        return Finding("legs_still", ("legs",))
    return None


def _find_lateness(lag_s: float | None) -> Finding | None:
    if lag_s is None or abs(lag_s) * 1000 < LATE_MS:
        return None
    return Finding("late" if lag_s > 0 else "early", amount=round(abs(lag_s) * 1000, 1))


def _find_weakest_limb(facts: AttemptFacts, limb_skill: Floats, mirror: bool) -> Finding | None:
    matters = facts.offered_evidence > MIN_WEIGHT_SHARE * facts.offered_evidence.sum()
    weak = np.where(matters & (limb_skill < 2 * NO_SKILL), limb_skill, np.inf)
    limb = int(np.argmin(weak))
    if not np.isfinite(weak[limb]):
        return None
    own = MIRRORED_LIMBS[limb] if mirror else limb
    return Finding("weakest", (LIMB_NAMES[own],))


def _hidden_parts(facts: AttemptFacts) -> tuple[str, ...]:
    """Arms or legs that were out of view most of the time."""
    return tuple(
        name
        for name, limbs in {"arms": ARMS, "legs": LEGS}.items()
        if facts.seen_evidence[limbs].sum() < 0.5 * facts.offered_evidence[limbs].sum()
    )


def _ratio(part: float, whole: float, unknown: float = 0.0) -> float:
    return float(part) / float(whole) if whole > 1e-9 else unknown
