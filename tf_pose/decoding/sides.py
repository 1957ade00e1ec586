"""Keeps a person's right and left arm, or leg, from being one and the same.

The network often sees a right wrist where the left one is, too, most of all with both arms up. Each
arm chosen for itself may then end at the same place, though the maps have another good one.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from tf_pose.decoding.chains import CHAINS, MIN_SUPPORT
from tf_pose.decoding.grouping import Person
from tf_pose.decoding.limb_scores import CONFIDENCE_WEIGHT, limb_support, torso_in_cells
from tf_pose.decoding.maps import Maps
from tf_pose.decoding.peaks import Peaks
from tf_pose.skeleton import LIMBS

PAIRS = (CHAINS[:2], CHAINS[2:])  # both arms, both legs
NEAR_TORSOS = 0.25  # joints nearer to each other are at one place
# The other place must be about as certain, else both are there: hands are clasped, legs crossed.
MIN_SHARE = 0.5  # of the peak's confidence

Places = Sequence[tuple[float, float]]  # of all peaks


@dataclass(frozen=True, slots=True)
class Choice:
    """A limb's middle and end, as numbers of peaks, -1 where there is none."""

    worth: float
    middle: int
    end: int


@dataclass(frozen=True, slots=True)
class Side:
    """What one arm or leg can be.

    :param middles: the peaks that may be the elbow or knee; `ends`, the wrist or ankle.
    :param above: (M,) what each middle is worth to the shoulder or hip.
    :param below: (M, E) what each end is worth to each middle.
    """

    middles: Sequence[int]
    ends: Sequence[int]
    above: Sequence[float]
    below: Sequence[Sequence[float]]

    def best(self, without: Collection[int] = ()) -> Choice:
        """The middle and the end that are worth the most together, without some peaks."""
        best = Choice(0.0, -1, -1)
        for middle, above, belows in zip(self.middles, self.above, self.below, strict=True):
            if middle in without:
                continue
            end, below = -1, 0.0
            for peak, worth in zip(self.ends, belows, strict=True):
                if worth > below and peak not in without:
                    end, below = peak, worth
            if above + below > best.worth:
                best = Choice(above + below, middle, end)
        return best


def keep_sides_apart(people: list[Person], peaks: Peaks, maps: Maps) -> None:
    """Change an arm or a leg that ends where the other one does; takes no one else's peak."""
    for person in people:
        torso = torso_in_cells(person, peaks)
        for chains in PAIRS:
            ends = [person.peaks[LIMBS[lower][1]] for _, lower in chains]
            roots = [person.peaks[LIMBS[upper][0]] for upper, _ in chains]
            if min(*ends, *roots) < 0 or math.dist(*peaks.xy[ends]) >= NEAR_TORSOS * torso:
                continue
            others = {k for other in people if other is not person for k in other.peaks}
            sides = [_find_side(person, chain, others, peaks, maps, torso) for chain in chains]
            places, confidence = peaks.xy.tolist(), peaks.confidence.tolist()
            choices = choose_apart(sides[0], sides[1], places, confidence, torso)
            for (upper, lower), choice in zip(chains, choices, strict=True):
                person.peaks[LIMBS[upper][1]] = choice.middle
                person.peaks[LIMBS[lower][1]] = choice.end


def _find_side(
    person: Person,
    chain: tuple[int, int],
    taken: set[int],
    peaks: Peaks,
    maps: Maps,
    torso: float,
) -> Side:
    upper, lower = chain
    root, middle = LIMBS[upper]
    middles, ends = (
        [k for k in range(of_part.start, of_part.stop) if k not in taken]
        for of_part in (peaks.of_part(middle), peaks.of_part(LIMBS[lower][1]))
    )

    def worth(limb: int, starts: list[int], stops: list[int]) -> list[float]:
        start, stop = np.array(starts, np.intp), np.array(stops, np.intp)
        support = limb_support(np.full(len(start), limb), start, stop, peaks, maps, torso)
        worth = support + CONFIDENCE_WEIGHT * peaks.confidence[stop]
        worth[support < MIN_SUPPORT] = -np.inf
        return [float(value) for value in worth]

    above = worth(upper, [person.peaks[root]] * len(middles), middles)
    below = [worth(lower, [start] * len(ends), ends) for start in middles]
    return Side(middles, ends, above, below)


def choose_apart(
    right: Side, left: Side, places: Places, confidence: Sequence[float], torso: float
) -> tuple[Choice, Choice]:
    """The best of both sides that do not end at one place, if there is another that is as good.

    :param torso: the person's, in the unit of the places.
    """
    near = NEAR_TORSOS * torso
    first, second = right.best(), left.best()
    if first.end < 0 or second.end < 0:
        return first, second
    if math.isinf(near) or math.dist(places[first.end], places[second.end]) >= near:
        return first, second
    options = []
    for moves, keeps, side in ((first, second, right), (second, first, left)):
        taken = [places[peak] for peak in (keeps.middle, keeps.end)]
        other = side.best(
            {
                peak
                for peak in (*side.middles, *side.ends)
                if any(math.dist(places[peak], place) < near for place in taken)
            }
        )
        if other.end >= 0 and confidence[other.end] >= MIN_SHARE * confidence[moves.end]:
            pair = (other, keeps) if side is right else (keeps, other)
            options.append((other.worth + keeps.worth, pair))
    return max(options, key=lambda option: option[0])[1] if options else (first, second)
