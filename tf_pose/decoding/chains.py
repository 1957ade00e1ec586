"""Decides about each arm and each leg of a person as a whole.

The grouping takes limb by limb what fits best. With an arm overhead it may take an elbow at the
armpit, since the field of the upper arm points there, although a far better forearm then ends at
no elbow. For a person who is known to be there, arms and legs are chosen over all faint peaks,
both limbs of a chain together: the sum of the peaks' confidences and of the fields' means is
greatest (dynamic programming on a tree, as in Felzenszwalb & Huttenlocher, "Pictorial Structures
for Object Recognition", IJCV 2005), and no limb is longer than limbs are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tf_pose.decoding.grouping import Person
from tf_pose.decoding.limb_scores import CONFIDENCE_WEIGHT, limb_support, torso_in_cells
from tf_pose.decoding.maps import Maps
from tf_pose.decoding.peaks import Peaks
from tf_pose.skeleton import LIMBS

# Two limbs in a row, as indices of LIMBS: arms and legs, right and left.
CHAINS = ((2, 3), (4, 5), (7, 8), (10, 11))
# The field may say nothing about a limb that points oddly, but it must not speak against it, and
# the limb must not be too long.
MIN_SUPPORT = -0.5

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Chain:
    """An arm or leg of a person to decide about, with the peaks that are candidates for it."""

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
        middle, end = find_best_chain(worth[:m], worth[m:].reshape(m, e))
        upper, lower = self.limbs
        self.person.peaks[LIMBS[upper][1]] = int(self.middles[middle]) if middle >= 0 else -1
        self.person.peaks[LIMBS[lower][1]] = int(self.ends[end]) if end >= 0 else -1


def choose_chains(people: list[Person], peaks: Peaks, maps: Maps) -> None:
    """Give each person the arms and legs that the maps support best; takes no one else's peak."""
    for person in people:
        taken = {k for other in people if other is not person for k in other.peaks if k >= 0}
        chains = [
            _Chain(
                person,
                (upper, lower),
                person.peaks[LIMBS[upper][0]],
                _free_peaks(peaks, LIMBS[upper][1], taken),
                _free_peaks(peaks, LIMBS[lower][1], taken),
            )
            for upper, lower in CHAINS
            if person.peaks[LIMBS[upper][0]] >= 0
        ]
        if not chains:
            continue
        # All of a person's pairs at once: numpy's calls cost more than what they do here.
        limb, start, end = map(np.concatenate, zip(*(c.pairs() for c in chains), strict=True))
        support = limb_support(limb, start, end, peaks, maps, torso_in_cells(person, peaks))
        worth = support + CONFIDENCE_WEIGHT * peaks.confidence[end]
        worth[support < MIN_SUPPORT] = -np.inf  # however certain that joint is, it is not theirs
        first = 0
        for chain in chains:
            last = first + len(chain.middles) * (1 + len(chain.ends))
            chain.decide(worth[first:last])
            first = last


def find_best_chain(above: Floats, below: Floats) -> tuple[int, int]:
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


def _free_peaks(peaks: Peaks, part: int, taken: set[int]) -> Ints:
    of_part = peaks.of_part(part)
    return np.array([k for k in range(of_part.start, of_part.stop) if k not in taken], np.intp)
