"""Keeps a person's right and left arm, or leg, from being one and the same.

The network often sees a right wrist where the left one is, too, most of all with both arms up. Each
arm chosen for itself may then end at the same place, though the maps have another good one.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tf_pose.decoding.chains import find_free_peaks, worth_of_pairs
from tf_pose.decoding.grouping import Person
from tf_pose.decoding.limb_pairs import CHAINS, LimbPairs
from tf_pose.decoding.limb_scores import torso_in_cells
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


def keep_sides_apart(people: list[Person], pairs: LimbPairs) -> None:
    """Change an arm or a leg that ends where the other one does; takes no one else's peak."""
    xy = pairs.peaks.xy
    for person in people:
        torso = torso_in_cells(person, pairs.peaks)
        for chains in PAIRS:
            ends = [person.peaks[LIMBS[lower][1]] for _, lower in chains]
            roots = [person.peaks[LIMBS[upper][0]] for upper, _ in chains]
            if (
                min(*ends, *roots) < 0
                or math.dist(*xy.take(ends, 0).tolist()) >= NEAR_TORSOS * torso
            ):
                continue
            others = {k for other in people if other is not person for k in other.peaks}
            worth = worth_of_pairs(person, pairs).tolist()
            sides = [_find_side(person, chain, others, pairs, worth) for chain in chains]
            places, confidence = xy.tolist(), pairs.peaks.confidence.tolist()
            choices = choose_apart(sides[0], sides[1], places, confidence, torso)
            for (upper, lower), choice in zip(chains, choices, strict=True):
                person.peaks[LIMBS[upper][1]] = choice.middle
                person.peaks[LIMBS[lower][1]] = choice.end


def _find_side(
    person: Person,
    chain: tuple[int, int],
    taken: set[int],
    pairs: LimbPairs,
    worth: Sequence[float],
) -> Side:
    upper, lower = chain
    root, middle, end = *LIMBS[upper], LIMBS[lower][1]
    middles, ends = (find_free_peaks(pairs, part, taken) for part in (middle, end))
    above = pairs.table(upper, worth)[person.peaks[root] - pairs.first_peak[root]]
    below = pairs.table(lower, worth)
    return Side(
        [pairs.first_peak[middle] + m for m in middles],
        [pairs.first_peak[end] + e for e in ends],
        [above[m] for m in middles],
        [[below[m][e] for e in ends] for m in middles],
    )


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
