"""Finds the joints of a person that the grouping was too strict to give them.

A person who fills the crop is known to be there, so that less evidence is needed for each of their
joints: the best of all faint peaks of that part, judged by confidence and by how the part affinity
field points from a joint that is known. How faint it is stays in its confidence.
"""

from __future__ import annotations

import math

import numpy as np

from tf_pose.decoding.grouping import Person
from tf_pose.decoding.limb_pairs import field_alignment, mean_alignment
from tf_pose.decoding.limb_scores import CONFIDENCE_WEIGHT, limb_support, torso_in_cells
from tf_pose.decoding.maps import Maps
from tf_pose.decoding.peaks import Peaks
from tf_pose.skeleton import BODY_LIMBS, LIMBS, PARTS

FAINT_HEAT = 0.01  # a peak must exceed it to be a joint of somebody who is there
ROUNDS = 3  # shoulder, elbow, wrist: each is looked for from the one before it


def complete_people(people: list[Person], peaks: Peaks, maps: Maps) -> None:
    """Give each person the missing joints that some peak may be; takes no one else's peak."""
    taken = {peak for person in people for peak in person.peaks if peak >= 0}
    first_peak = peaks.part.searchsorted(np.arange(PARTS + 1)).tolist()
    for person in people:
        for _ in range(ROUNDS):
            candidates = _candidates(person, first_peak, taken)
            if not candidates:
                break
            found = _best_of(candidates, person, peaks, maps)
            if not found:
                break
            for part, peak in found.items():
                person.peaks[part] = peak
            taken.update(found.values())


def _candidates(
    person: Person, first_peak: list[int], taken: set[int]
) -> list[tuple[int, int, int, int, int]]:
    """Every limb with one known end, with every free peak for the other: (limb, start, end, the
    missing part, the free peak)."""
    found = []
    for limb, (a, b) in enumerate(LIMBS[:BODY_LIMBS]):
        start, end = person.peaks[a], person.peaks[b]
        if start >= 0 > end:
            free = range(first_peak[b], first_peak[b + 1])
            found += [(limb, start, peak, b, peak) for peak in free if peak not in taken]
        elif end >= 0 > start:
            free = range(first_peak[a], first_peak[a + 1])
            found += [(limb, peak, end, a, peak) for peak in free if peak not in taken]
    return found


def _best_of(
    candidates: list[tuple[int, int, int, int, int]], person: Person, peaks: Peaks, maps: Maps
) -> dict[int, int]:
    """The best peak of each part that the field joins to a known joint."""
    limb, start, end, parts, free = np.array(candidates, np.intp).T
    along, length = field_alignment(limb, peaks.xy.T[:, start], peaks.xy.T[:, end], maps)
    support = limb_support(limb, mean_alignment(along), length, torso_in_cells(person, peaks))
    worth = support + CONFIDENCE_WEIGHT * peaks.confidence[free]
    best: dict[int, tuple[float, int]] = {}  # of each part: its worth, and the peak
    rows = (parts.tolist(), free.tolist(), support.tolist(), worth.tolist())
    for part, peak, agreement, value in zip(*rows, strict=True):
        if agreement > 0 and value > best.get(part, (-math.inf, -1))[0]:
            best[part] = value, peak
    return {part: peak for part, (_, peak) in best.items()}
