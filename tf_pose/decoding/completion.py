"""Finds the joints of a person that the grouping was too strict to give them.

A person who fills the crop is known to be there, so that less evidence is needed for each of their
joints: the best of all faint peaks of that part, judged by confidence and by how the part affinity
field points from a joint that is known. How faint it is stays in its confidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from tf_pose.decoding.grouping import Person
from tf_pose.decoding.limb_pairs import LimbPairs
from tf_pose.decoding.limb_scores import (
    CONFIDENCE_WEIGHT,
    limb_support,
    torso_in_cells,
)
from tf_pose.skeleton import BODY_LIMBS, LIMBS

FAINT_HEAT = 0.01  # a peak must exceed it to be a joint of somebody who is there
ROUNDS = 3  # shoulder, elbow, wrist: each is looked for from the one before it


def complete_people(people: list[Person], pairs: LimbPairs) -> None:
    """Give each person the missing joints that some peak may be; takes no one else's peak."""
    taken = {peak for person in people for peak in person.peaks if peak >= 0}
    for person in people:
        for _ in range(ROUNDS):
            found = _find_next_joints(person, pairs, taken)
            if not found:
                break
            for part, peak in found.items():
                person.peaks[part] = peak
            taken.update(found.values())


def _find_next_joints(person: Person, pairs: LimbPairs, taken: set[int]) -> dict[int, int]:
    """The best free peak of each part that is missing next to a known one."""
    limbs = [limb for limb in range(BODY_LIMBS) if _has_one_end(person, limb, pairs)]
    if not limbs:
        return {}
    support = limb_support(pairs, torso_in_cells(person, pairs.peaks)).tolist()
    best: dict[int, tuple[float, int]] = {}  # of each part: its worth, and the peak
    for limb in limbs:
        for part, peak, agreement in _candidates(person, limb, pairs, support):
            worth = agreement + CONFIDENCE_WEIGHT * float(pairs.peaks.confidence[peak])
            known_worth, _ = best.get(part, (-math.inf, -1))
            if agreement > 0 and peak not in taken and worth > known_worth:
                best[part] = worth, peak
    return {part: peak for part, (_, peak) in best.items()}


def _has_one_end(person: Person, limb: int, pairs: LimbPairs) -> bool:
    """Whether one end of the limb is known, and the other is missing and has peaks."""
    start, end = LIMBS[limb]
    one_known = (person.peaks[start] >= 0) != (person.peaks[end] >= 0)
    return one_known and pairs.first_pair[limb] < pairs.first_pair[limb + 1]


def _candidates(
    person: Person, limb: int, pairs: LimbPairs, support: list[float]
) -> Iterator[tuple[int, int, float]]:
    """Every peak for the limb's missing end: (part, peak, how well the field joins them)."""
    start, end = LIMBS[limb]
    table = pairs.table(limb, support)
    if person.peaks[start] >= 0:
        missing, of_known = end, table[person.peaks[start] - pairs.first_peak[start]]
    else:
        column = person.peaks[end] - pairs.first_peak[end]
        missing, of_known = start, [row[column] for row in table]
    for k, agreement in enumerate(of_known):
        yield missing, pairs.first_peak[missing] + k, agreement
