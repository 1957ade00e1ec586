"""Decides about each arm and each leg of a person as a whole.

The grouping takes limb by limb what fits best. With an arm overhead it may take an elbow at the
armpit, since the field of the upper arm points there, although a far better forearm then ends at
no elbow. For a person who is known to be there, arms and legs are chosen over all faint peaks,
both limbs of a chain together: the sum of the peaks' confidences and of the fields' means is
greatest (dynamic programming on a tree, as in Felzenszwalb & Huttenlocher, "Pictorial Structures
for Object Recognition", IJCV 2005), and no limb is longer than limbs are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tf_pose.decoding.grouping import Person
from tf_pose.decoding.limb_pairs import CHAINS, LimbPairs
from tf_pose.decoding.limb_scores import CONFIDENCE_WEIGHT, limb_support, torso_in_cells
from tf_pose.skeleton import LIMBS

# The field may say nothing about a limb that points oddly, but it must not speak against it, and
# the limb must not be too long.
MIN_SUPPORT = -0.5
IMPOSSIBLE = -math.inf  # is what such a limb is worth

Floats = NDArray[np.float32]


def choose_chains(people: list[Person], pairs: LimbPairs) -> None:
    """Give each person the arms and legs that the maps support best; takes no one else's peak."""
    for person in people:
        taken = {k for other in people if other is not person for k in other.peaks if k >= 0}
        worth = worth_of_pairs(person, pairs)
        for upper, lower in CHAINS:
            root, middle, end = *LIMBS[upper], LIMBS[lower][1]
            if person.peaks[root] >= 0:
                above = pairs.of_start(upper, person.peaks[root] - pairs.first_peak[root], worth)
                middles, ends = (find_free_peaks(pairs, part, taken) for part in (middle, end))
                middles = [m for m in middles if above[m] > IMPOSSIBLE]
                below = [pairs.of_start(lower, m, worth) for m in middles]
                m, e = find_best_chain(
                    [above[m] for m in middles], [[row[e] for e in ends] for row in below]
                )
                person.peaks[middle] = pairs.first_peak[middle] + middles[m] if m >= 0 else -1
                person.peaks[end] = pairs.first_peak[end] + ends[e] if e >= 0 else -1


def find_best_chain(above: Sequence[float], below: Sequence[Sequence[float]]) -> tuple[int, int]:
    """Which middle and which end are worth the most together, -1 where none is worth anything.

    Lists, because there are few of each, and a call of numpy costs more than they do.

    :param above: what each middle is worth to the root.
    :param below: what each end is worth to each middle.
    """
    if not len(above):
        return -1, -1
    best_ends = [max(ends, default=0.0) for ends in below]
    totals = [worth + max(0.0, end) for worth, end in zip(above, best_ends, strict=True)]
    middle = totals.index(max(totals))
    if totals[middle] <= 0:
        return -1, -1
    end = best_ends[middle]
    return middle, below[middle].index(end) if end > 0 else -1


def worth_of_pairs(person: Person, pairs: LimbPairs) -> Floats:
    """What each pair is worth as a limb of that person, (P,)."""
    torso = torso_in_cells(person, pairs.peaks)
    support = limb_support(pairs.limb, pairs.alignment, pairs.length, torso)
    worth: Floats = support + CONFIDENCE_WEIGHT * pairs.peaks.confidence.take(pairs.end)
    np.putmask(worth, support < MIN_SUPPORT, IMPOSSIBLE)  # however certain that joint is
    return worth


def find_free_peaks(pairs: LimbPairs, part: int, taken: set[int]) -> list[int]:
    """The part's peaks that are not taken, counted from its first."""
    first, last = pairs.first_peak[part], pairs.first_peak[part + 1]
    return [k - first for k in range(first, last) if k not in taken]
