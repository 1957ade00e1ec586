"""Decides about each arm and each leg of a person as a whole.

The grouping takes limb by limb what fits best: with an arm overhead it may take an elbow at the
armpit, since the field of the upper arm points there, although a far better forearm then ends at
no elbow. Who is known to be there has their arms and legs chosen over all faint peaks, both limbs
of a chain together: the sum of the peaks' heat and of the fields' means is greatest (dynamic
programming on a tree, as in Felzenszwalb & Huttenlocher, "Pictorial Structures for Object
Recognition", IJCV 2005), and no limb is longer than limbs are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tf_pose.grouping import Person
from tf_pose.peaks import Peaks
from tf_pose.skeleton import LIMBS
from tf_pose.support import HEAT_WEIGHT, limb_support, torso_of
from tf_pose.upsample import Maps

# Two limbs in a row, as indices of LIMBS: arms and legs, right and left.
CHAINS = ((2, 3), (4, 5), (7, 8), (10, 11))

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]


def choose_chains(people: list[Person], peaks: Peaks, maps: Maps) -> None:
    """Give each person the arms and legs that the maps support best; nobody's peak is taken."""
    for person in people:
        taken = {k for other in people if other is not person for k in other.peaks if k >= 0}
        torso = torso_of(person, peaks)
        for upper, lower in CHAINS:
            root, middle = LIMBS[upper]
            if person.peaks[root] >= 0:
                middles = _free(peaks, middle, taken)
                ends = _free(peaks, LIMBS[lower][1], taken)
                roots = np.full(len(middles), person.peaks[root], np.intp)
                above = _worth(upper, roots, middles, peaks, maps, torso)
                below = _worth(
                    lower,
                    np.repeat(middles, len(ends)),
                    np.tile(ends, len(middles)),
                    peaks,
                    maps,
                    torso,
                ).reshape(len(middles), len(ends))
                m, e = best_chain(above, below)
                person.peaks[middle] = int(middles[m]) if m >= 0 else -1
                person.peaks[LIMBS[lower][1]] = int(ends[e]) if e >= 0 else -1


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


def _worth(limb: int, start: Ints, end: Ints, peaks: Peaks, maps: Maps, torso: float) -> Floats:
    limbs = np.full(len(start), limb, np.intp)
    supported = limb_support(limbs, start, end, peaks, maps, torso)
    worth: Floats = supported + HEAT_WEIGHT * peaks.score[end]
    return worth


def _free(peaks: Peaks, part: int, taken: set[int]) -> Ints:
    of_part = peaks.of_part(part)
    return np.array([k for k in range(of_part.start, of_part.stop) if k not in taken], np.intp)
