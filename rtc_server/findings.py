"""What went wrong in an attempt, in one sentence that names it. Pure.

Each finding has a mark of its own: a limb that hangs still turns little and has no skill, exchanged
arms fit the lesson's mirror image, half-hearted movements are small everywhere. Thresholds lie
between what exact and noisy dancers of tools/dancer show with and without the fault.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server import matching
from rtc_server.course import Course
from rtc_server.lags import nearest
from rtc_server.matching import Floats
from rtc_server.swings import Swings
from rtc_server.totals import KINDS

NOBODY = "nobody was in view"
STOOD_STILL = "you stood still"
OTHER_SIDE = "wrong side: you moved left where right was asked, and the other way round"
WRONG_ARMS = "wrong arm: your left arm did what the right one should, and the other way round"
HALF_HEARTED = "half-hearted: your movements were much smaller than the instructor's"
OTHER_DANCE = "hardly anything of it was the instructor's dance"
WELL = "well danced"

# Where this is so, the best lag says nothing about the learner.
LAG_UNKNOWN = (STOOD_STILL, OTHER_SIDE, WRONG_ARMS, OTHER_DANCE)

LATE_MS = 150.0  # less is the reaction of anybody
SMALL = 0.8  # of the lesson's swings: smaller ones are half-hearted
STILL = 0.3  # of the way that the lesson goes: less is not going along
MOTIONLESS = 0.6  # of the lesson's swings: a still arm that a detector trembles has up to 0.5
NO_SKILL, SOME_SKILL = 0.25, 0.45
STANDING_SKILL = 0.6  # of legs; more is a lesson in which they hardly move
WRONG = -0.3  # evidence for the other side
WEAK_SHARE = 0.08
LEAST_COVERAGE = 0.6
LEAST_SCORE = 35.0  # who has less is told that it was another dance, and not which limb was off


def limbs(*names: str) -> NDArray[np.intp]:
    return np.array([matching.NAMES.index(name) for name in names])


ALL = np.arange(matching.COUNT)
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
    swings: Swings

    @classmethod
    def of(cls, course: Course, lag_s: float | None) -> Facts:
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


def told(facts: Facts, score: float, lag_s: float | None, limb_skill: Floats, mirror: bool) -> str:
    """The one sentence, what matters most first.

    :param score: of the whole attempt, 0..100.
    :param lag_s: how late the learner was, None where that is not known.
    :param limb_skill: (11,) in the lesson's left and right, NaN where unknown.
    """
    if not facts.samples or facts.coverage <= 0:
        return NOBODY
    if facts.coverage < LEAST_COVERAGE:
        return f"too little of you was in view{_missing(facts)}"
    fault = _fault(facts, score, mirror)
    late = _late(lag_s)
    if fault and late and fault not in LAG_UNKNOWN:
        return f"{fault}; {late}"
    return fault or late or _weakest(facts, limb_skill, mirror) or WELL


def _fault(facts: Facts, score: float, mirror: bool) -> str | None:
    if facts.swings.followed(ARMS) < STILL and facts.swings.size(ARMS) < MOTIONLESS:
        return STOOD_STILL
    if facts.side(ARMS) < WRONG:
        return WRONG_ARMS if facts.side(LEGS) > 0 else OTHER_SIDE
    hidden = _hidden(facts)
    still = None if hidden else _still(facts, mirror)
    if still:
        return still
    small = not hidden and facts.swings.size(ALL) < SMALL
    if score < LEAST_SCORE and not (small and facts.skill(ALL) > NO_SKILL):
        return OTHER_DANCE
    if hidden:
        return f"your {' and '.join(hidden)} were out of view"
    return HALF_HEARTED if small else None


def _still(facts: Facts, mirror: bool) -> str | None:
    """A part of the body that hung still while the others danced."""
    swings = facts.swings
    for side, other in (("left", "right"), ("right", "left")):
        arm = ARM[side]
        hangs = swings.followed(arm) < STILL and swings.size(arm) < MOTIONLESS
        if hangs and facts.skill(arm) < NO_SKILL and facts.skill(ARM[other]) > SOME_SKILL:
            return f"your {other if mirror else side} arm hung still"
    stand = swings.followed(LEGS) < STILL / 2 and facts.skill(LEGS) < STANDING_SKILL
    weighs = facts.offered[LEGS].sum() > WEAK_SHARE * facts.offered.sum()
    right_side = facts.side(ARMS) > -WRONG
    if stand and weighs and right_side and facts.skill(ARMS) > SOME_SKILL:
        return "your legs stood still"
    return None


def _late(lag_s: float | None) -> str | None:
    if lag_s is None or abs(lag_s) * 1000 < LATE_MS:
        return None
    return f"{abs(lag_s) * 1000:.0f} ms {'late' if lag_s > 0 else 'early'}"


def _weakest(facts: Facts, limb_skill: Floats, mirror: bool) -> str | None:
    matters = facts.offered > WEAK_SHARE * facts.offered.sum()
    weak = np.where(matters & (limb_skill < 2 * NO_SKILL), limb_skill, np.inf)
    limb = int(np.argmin(weak))
    if not np.isfinite(weak[limb]):
        return None
    own = matching.SWAPPED_LIMBS[limb] if mirror else limb
    return f"your {matching.NAMES[own].replace('_', ' ')} was off most"


def _missing(facts: Facts) -> str:
    hidden = _hidden(facts)
    return f": show your {' and '.join(hidden)}" if hidden else ""


def _hidden(facts: Facts) -> list[str]:
    """Arms or legs that were out of view most of the time."""
    return [
        name
        for name, these in SHOWN_AS.items()
        if facts.seen[these].sum() < 0.5 * facts.offered[these].sum()
    ]


def _ratio(part: float, whole: float, unknown: float = 0.0) -> float:
    return float(part) / float(whole) if whole > 1e-9 else unknown
