"""What went wrong in an attempt, or that it went well. Pure.

Each finding has a mark of its own: a limb that hangs still turns little and has no skill, exchanged
arms fit the lesson's mirror image, half-hearted movements are small everywhere. Thresholds lie
between what exact and noisy dancers of tools/dancer show with and without the fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.feedback import Finding
from rtc_server.scoring import limb_directions
from rtc_server.scoring.hypothesis import Hypothesis
from rtc_server.scoring.lags import nearest
from rtc_server.scoring.limb_directions import Floats
from rtc_server.scoring.motion import Motion
from rtc_server.scoring.totals import KINDS

# Where this is so, the best lag says nothing about the learner: it fits nowhere.
LAG_UNKNOWN = ("stood_still", "wrong_side", "wrong_arms", "other_dance")

LATE_MS = 150.0  # less is the reaction of anybody
SMALL = 0.8  # of the lesson's swings: smaller ones are half-hearted
STILL = 0.3  # of the way that the lesson goes: less is not going along
STOOD = 0.12  # of the way: a quarter of it is half-hearted, and standing still is none
MOTIONLESS = 0.6  # of the lesson's swings: a still arm that a detector trembles has up to 0.5
NO_SKILL, SOME_SKILL = 0.25, 0.45
STANDING_SKILL = 0.6  # of legs; more is a lesson in which they hardly move
WRONG = -0.3  # evidence for the other side
WEAK_SHARE = 0.08
LEAST_COVERAGE = 0.6
LEAST_SCORE = 35.0  # who has less is told that it was another dance, and not which limb was off


def limbs(*names: str) -> NDArray[np.intp]:
    return np.array([limb_directions.NAMES.index(name) for name in names])


ALL = np.arange(limb_directions.COUNT)
ARM = {side: limbs(f"{side}_upper_arm", f"{side}_forearm") for side in ("left", "right")}
ARMS = np.concatenate([ARM["left"], ARM["right"]])
LEGS = limbs("left_thigh", "left_shin", "right_thigh", "right_shin")
SHOWN_AS = {"arms": ARMS, "legs": LEGS}


@dataclass(frozen=True, slots=True)
class Facts:
    """An attempt added up at the lag that was usual; (11,) each, in the lesson's left and right."""

    samples: int
    coverage: float
    offered: NDArray[np.float64]
    seen: NDArray[np.float64]  # of `offered`
    gained: NDArray[np.float64]
    possible: NDArray[np.float64]
    sided: NDArray[np.float64]
    sided_possible: NDArray[np.float64]
    swings: Motion

    @classmethod
    def of(cls, course: Hypothesis, lag_s: float | None) -> Facts:
        """What is known of an attempt; `lag_s` None where no lag is."""
        lag, totals = nearest(lag_s or 0.0), course.totals
        gained, possible, sided, sided_possible = (totals.at(name, lag) for name in KINDS)
        return cls(
            *(totals.samples, totals.coverage(), totals.offered, totals.seen),
            *(gained, possible, sided, sided_possible),
            course.judge.swings(lag),
        )

    def skill(self, these: NDArray[np.intp]) -> float:
        return _ratio(self.gained[these].sum(), self.possible[these].sum())

    def side(self, these: NDArray[np.intp]) -> float:
        return _ratio(self.sided[these].sum(), self.sided_possible[these].sum())


def found(
    facts: Facts, score: float, lag_s: float | None, limb_skill: Floats, mirror: bool
) -> list[Finding]:
    """What is to be said, what matters most first; one at least, and seldom two.

    :param score: of the whole attempt, 0..100.
    :param lag_s: how late the learner was, None where that is not known.
    :param limb_skill: (11,) in the lesson's left and right, NaN where unknown.
    """
    if not facts.samples or facts.coverage <= 0:
        return [Finding("nobody")]
    if facts.coverage < LEAST_COVERAGE:
        return [Finding("little_in_view", _hidden(facts))]
    fault = _fault(facts, score, mirror)
    if fault and not tell_of_time([fault]):
        return [fault]
    told = [finding for finding in (fault, _late(lag_s)) if finding]
    return told or [_weakest(facts, limb_skill, mirror) or Finding("well")]


def tell_of_time(found: Sequence[Finding]) -> bool:
    """Whether it can be said how early or late the learner was."""
    return not any(finding.kind in LAG_UNKNOWN for finding in found)


def _fault(facts: Facts, score: float, mirror: bool) -> Finding | None:
    if facts.swings.followed(ARMS) < STOOD and facts.swings.size(ARMS) < MOTIONLESS:
        return Finding("stood_still")
    if facts.side(ARMS) < WRONG:
        return Finding("wrong_arms" if facts.side(LEGS) > 0 else "wrong_side")
    hidden = _hidden(facts)
    still = None if hidden else _still(facts, mirror)
    if still:
        return still
    size = facts.swings.size(ALL)
    small = not hidden and size < SMALL
    if score < LEAST_SCORE and not (small and facts.skill(ALL) > NO_SKILL):
        return Finding("other_dance")
    if hidden:
        return Finding("out_of_view", hidden)
    return Finding("half_hearted", amount=round(size, 2)) if small else None


def _still(facts: Facts, mirror: bool) -> Finding | None:
    """A part of the body that hung still while the others danced."""
    swings = facts.swings
    for side, other in (("left", "right"), ("right", "left")):
        arm = ARM[side]
        hangs = swings.followed(arm) < STILL and swings.size(arm) < MOTIONLESS
        if hangs and facts.skill(arm) < NO_SKILL and facts.skill(ARM[other]) > SOME_SKILL:
            return Finding("arm_still", (f"{other if mirror else side}_arm",))
    stand = swings.followed(LEGS) < STILL / 2 and facts.skill(LEGS) < STANDING_SKILL
    weighs = facts.offered[LEGS].sum() > WEAK_SHARE * facts.offered.sum()
    right_side = facts.side(ARMS) > -WRONG
    if stand and weighs and right_side and facts.skill(ARMS) > SOME_SKILL:
        return Finding("legs_still", ("legs",))
    return None


def _late(lag_s: float | None) -> Finding | None:
    if lag_s is None or abs(lag_s) * 1000 < LATE_MS:
        return None
    return Finding("late" if lag_s > 0 else "early", amount=round(abs(lag_s) * 1000, 1))


def _weakest(facts: Facts, limb_skill: Floats, mirror: bool) -> Finding | None:
    matters = facts.offered > WEAK_SHARE * facts.offered.sum()
    weak = np.where(matters & (limb_skill < 2 * NO_SKILL), limb_skill, np.inf)
    limb = int(np.argmin(weak))
    if not np.isfinite(weak[limb]):
        return None
    own = limb_directions.SWAPPED_LIMBS[limb] if mirror else limb
    return Finding("weakest", (limb_directions.NAMES[own],))


def _hidden(facts: Facts) -> tuple[str, ...]:
    """Arms or legs that were out of view most of the time."""
    return tuple(
        name
        for name, these in SHOWN_AS.items()
        if facts.seen[these].sum() < 0.5 * facts.offered[these].sum()
    )


def _ratio(part: float, whole: float, unknown: float = 0.0) -> float:
    return float(part) / float(whole) if whole > 1e-9 else unknown
