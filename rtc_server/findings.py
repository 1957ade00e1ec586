"""What went wrong in an attempt, in one sentence that names it. Pure.

Each finding has a mark of its own: a limb that hangs still turns little and has no skill, exchanged
arms fit the lesson's mirror image, half-hearted movements are small everywhere. Thresholds lie
between what exact and noisy dancers of tools/dancer show with and without the fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server import matching
from rtc_server.judging import LAGS_S, Judged
from rtc_server.matching import Floats
from rtc_server.reference import Reference

NOBODY = "nobody was in view"
STOOD_STILL = "you stood still"
OTHER_SIDE = "wrong side: you moved left where right was asked, and the other way round"
WRONG_ARMS = "wrong arm: your left arm did what the right one should, and the other way round"
HALF_HEARTED = "half-hearted: your movements were much smaller than the instructor's"
OTHER_DANCE = "hardly anything of it was the instructor's dance"
WELL = "well danced"

# Where this is so, the best lag says nothing about the learner.
LAG_UNKNOWN = (STOOD_STILL, OTHER_SIDE, WRONG_ARMS, OTHER_DANCE)

STILL_DEG = 6.0  # a sample, the detector's own trembling
JUMP_DEG = 60.0  # a sample: more is a joint taken for another
LATE_MS = 150.0  # less is the reaction of anybody
SMALL = 0.6  # of the way that the lesson goes: less is half-hearted
STILL = 0.4  # of that way: less is not going along
MOTIONLESS = 0.6  # of the lesson's motion; a still arm that a detector trembles has up to 0.5
NO_SKILL = 0.25
SOME_SKILL = 0.45
WRONG = -0.3  # evidence for the other side
WEAK_SHARE = 0.08
LEAST_COVERAGE = 0.6


def limbs(*names: str) -> NDArray[np.intp]:
    return np.array([matching.NAMES.index(name) for name in names])


ALL = np.arange(matching.COUNT)
ARM = {side: limbs(f"{side}_upper_arm", f"{side}_forearm") for side in ("left", "right")}
ARMS = np.concatenate([ARM["left"], ARM["right"]])
LEGS = limbs("left_thigh", "left_shin", "right_thigh", "right_shin")
SHOWN_AS = {"arms": ARMS, "legs": LEGS}


@dataclass(frozen=True, slots=True)
class Totals:
    """An attempt added up at the lag that was usual; (11,) each, in the lesson's left and right."""

    gained: Floats
    possible: Floats
    offered: Floats
    seen: Floats  # of `offered`
    sided: Floats
    sided_possible: Floats
    moved: Floats  # turns beyond the detector's trembling, in sum
    asked: Floats
    along: Floats  # weight × learner's × lesson's angle from the lesson's mean, in sum
    swing: Floats  # weight × the lesson's angle from its mean, squared, in sum

    def skill(self, these: NDArray[np.intp]) -> float:
        return _ratio(self.gained[these].sum(), self.possible[these].sum())

    def side(self, these: NDArray[np.intp]) -> float:
        return _ratio(self.sided[these].sum(), self.sided_possible[these].sum())

    def size(self, these: NDArray[np.intp]) -> float:
        """How far the learner went along with the lesson: 1 as far, 0 not at all.

        The slope of a regression, so that neither trembling nor a leaning camera counts.
        """
        return _ratio(self.along[these].sum(), self.swing[these].sum(), 1.0)

    def motion(self, these: NDArray[np.intp]) -> float:
        """How much the learner moved in any way, 1 as much as the lesson."""
        return _ratio(self.moved[these].sum(), self.asked[these].sum(), 1.0)


def added_up(samples: Sequence[Judged], reference: Reference, lag_s: float) -> Totals:
    """All samples of an attempt, of which there is at least one."""
    lag = int(np.argmin(np.abs(LAGS_S - lag_s)))
    moved, asked = (
        np.clip(np.nan_to_num([getattr(s, name) for s in samples]) - STILL_DEG, 0, JUMP_DEG)
        for name in ("turned_deg", "asked_deg")
    )
    rate = np.array([s.rate for s in samples])
    target, weight, _ = reference.at(np.array([s.lesson_s for s in samples]) - lag_s * rate)
    mean = matching.mean_direction(reference.angles_deg)
    swing = np.nan_to_num(matching.turn_deg(target, mean))
    learner = matching.turn_deg(np.array([s.angles_deg for s in samples]), mean)
    weight = np.where(np.isnan(learner), 0, weight * rate[:, None])
    return Totals(
        gained=np.sum([s.gained[lag] for s in samples], axis=0),
        possible=np.sum([s.possible[lag] for s in samples], axis=0),
        offered=np.sum([s.offered for s in samples], axis=0),
        seen=np.sum([np.where(s.known, s.offered, 0) for s in samples], axis=0),
        sided=np.sum([s.sided[lag] for s in samples], axis=0),
        sided_possible=np.sum([s.sided_possible[lag] for s in samples], axis=0),
        moved=moved.sum(axis=0),
        asked=asked.sum(axis=0),
        along=(weight * np.nan_to_num(learner) * swing).sum(axis=0),
        swing=(weight * swing**2).sum(axis=0),
    )


def told(
    samples: Sequence[Judged],
    reference: Reference,
    lag_s: float | None,
    coverage: float,
    limb_skill: Floats,
    mirror: bool,
) -> str:
    """The one sentence, what matters most first.

    :param lag_s: how late the learner was, None where that is not known.
    :param limb_skill: (11,) in the lesson's left and right, NaN where unknown.
    """
    if not samples or coverage <= 0:
        return NOBODY
    totals = added_up(samples, reference, lag_s or 0.0)
    if coverage < LEAST_COVERAGE:
        return f"too little of you was in view{_missing(totals)}"
    fault = _fault(totals, mirror)
    late = _late(lag_s)
    if fault and late and fault not in LAG_UNKNOWN:
        return f"{fault}; {late}"
    return fault or late or _weakest(totals, limb_skill, mirror) or WELL


def _fault(totals: Totals, mirror: bool) -> str | None:
    along = totals.size(ARMS) > STILL or totals.skill(ALL) > NO_SKILL
    if not along and totals.motion(ARMS) < MOTIONLESS:
        return STOOD_STILL
    if totals.side(ARMS) < WRONG:
        return WRONG_ARMS if totals.side(LEGS) > 0 else OTHER_SIDE
    still = _still(totals, mirror)
    if still:
        return still
    if totals.skill(ALL) < NO_SKILL:
        return OTHER_DANCE
    return HALF_HEARTED if totals.size(ALL) < SMALL else None


def _still(totals: Totals, mirror: bool) -> str | None:
    """A part of the body that hung still while the others danced."""
    for side, other in (("left", "right"), ("right", "left")):
        arm = ARM[side]
        hangs = totals.size(arm) < STILL and totals.motion(arm) < MOTIONLESS
        if hangs and totals.skill(arm) < NO_SKILL and totals.skill(ARM[other]) > SOME_SKILL:
            return f"your {other if mirror else side} arm hung still"
    stand = totals.size(LEGS) < STILL and totals.skill(LEGS) < SOME_SKILL
    weighs = totals.offered[LEGS].sum() > WEAK_SHARE * totals.offered.sum()
    right_side = totals.side(ARMS) > -WRONG
    if stand and weighs and right_side and totals.skill(ARMS) > SOME_SKILL:
        return "your legs stood still"
    return None


def _late(lag_s: float | None) -> str | None:
    if lag_s is None or abs(lag_s) * 1000 < LATE_MS:
        return None
    return f"{abs(lag_s) * 1000:.0f} ms {'late' if lag_s > 0 else 'early'}"


def _weakest(totals: Totals, limb_skill: Floats, mirror: bool) -> str | None:
    matters = totals.offered > WEAK_SHARE * totals.offered.sum()
    weak = np.where(matters & (limb_skill < 2 * NO_SKILL), limb_skill, np.inf)
    limb = int(np.argmin(weak))
    if not np.isfinite(weak[limb]):
        return None
    own = matching.SWAPPED_LIMBS[limb] if mirror else limb
    return f"your {matching.NAMES[own].replace('_', ' ')} was off most"


def _missing(totals: Totals) -> str:
    names = [
        name
        for name, these in SHOWN_AS.items()
        if totals.seen[these].sum() < 0.5 * totals.offered[these].sum()
    ]
    return f": show your {' and '.join(names)}" if names else ""


def _ratio(part: float, whole: float, unknown: float = 0.0) -> float:
    return float(part) / float(whole) if whole > 1e-9 else unknown
