"""Decides about each arm and each leg of a person as a whole.

The grouping takes limb by limb what fits best: with an arm overhead it may take an elbow at the
armpit, since the field of the upper arm points there, although a far better forearm then ends at
no elbow. Who is known to be there has their arms and legs chosen over all faint peaks, both limbs
of a chain together: the sum of the peaks' heat and of the fields' means is greatest (dynamic
programming on a tree, as in Felzenszwalb & Huttenlocher, "Pictorial Structures for Object
Recognition", IJCV 2005), and no limb is longer than limbs are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tf_pose.grouping import Person
from tf_pose.limb_scores import HEAT_WEIGHT, limb_support, torso_of
from tf_pose.peaks import Peaks
from tf_pose.skeleton import LIMBS
from tf_pose.upsample import Maps

# Two limbs in a row, as indices of LIMBS: arms and legs, right and left.
CHAINS = ((2, 3), (4, 5), (7, 8), (10, 11))
# The field may say nothing of a limb that points oddly, but not against it, nor may it be too long.
LEAST_SUPPORT = -0.5

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Choice:
    """An arm or leg of a person to decide about, with the peaks that there are for it."""

    person: Person
    limbs: tuple[int, int]
    root: int
    middles: Ints
    ends: Ints

    def pairs(self) -> tuple[Ints, Ints, Ints]:
        """Flat (limb, start, end): root to each middle, then each middle to each end."""
        m, e = len(self.middles), len(self.ends)
        return (
            np.repeat(np.array(self.limbs, np.intp), (m, m * e)),
            np.concatenate([np.full(m, self.root, np.intp), self.middles.repeat(e)]),
            np.concatenate([self.middles, np.tile(self.ends, m)]),
        )

    def decide(self, worth: Floats) -> None:
        """Take the best of the pairs, whose worth (M + M·E,) comes in their order."""
        m, e = len(self.middles), len(self.ends)
        middle, end = best_chain(worth[:m], worth[m:].reshape(m, e))
        upper, lower = self.limbs
        self.person.peaks[LIMBS[upper][1]] = int(self.middles[middle]) if middle >= 0 else -1
        self.person.peaks[LIMBS[lower][1]] = int(self.ends[end]) if end >= 0 else -1


def choose_chains(people: list[Person], peaks: Peaks, maps: Maps) -> None:
    """Give each person the arms and legs that the maps support best; nobody's peak is taken."""
    for person in people:
        taken = {k for other in people if other is not person for k in other.peaks if k >= 0}
        choices = [
            _Choice(
                person,
                (upper, lower),
                person.peaks[LIMBS[upper][0]],
                _free(peaks, LIMBS[upper][1], taken),
                _free(peaks, LIMBS[lower][1], taken),
            )
            for upper, lower in CHAINS
            if person.peaks[LIMBS[upper][0]] >= 0
        ]
        if not choices:
            continue
        # All of a person's pairs at once: numpy's calls cost more than what they do here.
        limb, start, end = map(np.concatenate, zip(*(c.pairs() for c in choices), strict=True))
        support = limb_support(limb, start, end, peaks, maps, torso_of(person, peaks))
        worth = support + HEAT_WEIGHT * peaks.score[end]
        worth[support < LEAST_SUPPORT] = -np.inf  # however sure that joint is, it is not theirs
        first = 0
        for choice in choices:
            last = first + len(choice.middles) * (1 + len(choice.ends))
            choice.decide(worth[first:last])
            first = last


def best_chain(above: Floats, below: Floats) -> tuple[int, int]:
    """Which middle and which end are worth the most together, -1 where none is worth anything.

    :param above: (M,) what each middle is worth to the root.
    :param below: (M, E) what each end is worth to each middle.
    """
    if not len(above):
        return -1, -1
    total = above + below.max(axis=1, initial=0.0)
    middle = int(np.argmax(total))
    if total[middle] <= 0:
        return -1, -1
    if not below.shape[1]:
        return middle, -1
    end = int(np.argmax(below[middle]))
    return middle, end if below[middle, end] > 0 else -1


def _free(peaks: Peaks, part: int, taken: set[int]) -> Ints:
    of_part = peaks.of_part(part)
    return np.array([k for k in range(of_part.start, of_part.stop) if k not in taken], np.intp)
