"""Finds the joints of a person that the grouping was too strict to give them.

A person who fills the crop is known to be there, so that less evidence is needed for each of their
joints: the best of all faint peaks of that part, judged by confidence and by how the part affinity
field points from a joint that is known. How faint it is stays in its confidence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tf_pose.decoding.grouping import Person
from tf_pose.decoding.limb_scores import CONFIDENCE_WEIGHT, limb_support, torso_in_cells
from tf_pose.decoding.maps import Maps
from tf_pose.decoding.peaks import Peaks
from tf_pose.skeleton import BODY_LIMBS, LIMBS

FAINT_HEAT = 0.01  # a peak must exceed it to be a joint of somebody who is there
ROUNDS = 3  # shoulder, elbow, wrist: each is looked for from the one before it


def complete_people(people: list[Person], peaks: Peaks, maps: Maps) -> None:
    """Give each person the missing joints that some peak may be; takes no one else's peak."""
    taken = {peak for person in people for peak in person.peaks if peak >= 0}
    for person in people:
        for _ in range(ROUNDS):
            found = _find_next_joints(person, peaks, maps, taken)
            if not found:
                break
            for part, peak in found.items():
                person.peaks[part] = peak
            taken.update(found.values())


def _find_next_joints(person: Person, peaks: Peaks, maps: Maps, taken: set[int]) -> dict[int, int]:
    """The best free peak of each part that is missing next to a known one."""
    limb, known, free, forward = _candidates(person, peaks, taken)
    if not len(limb):
        return {}
    start, end = np.where(forward, known, free), np.where(forward, free, known)
    support = limb_support(limb, start, end, peaks, maps, torso_in_cells(person, peaks))
    worth = support + CONFIDENCE_WEIGHT * peaks.confidence[free]
    best: dict[int, int] = {}
    for k in np.argsort(-worth, kind="stable").tolist():
        part = int(peaks.part[free[k]])
        if support[k] > 0 and part not in best:
            best[part] = int(free[k])
    return best


def _candidates(
    person: Person, peaks: Peaks, taken: set[int]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """Every limb with one known end, with every free peak for the other: flat
    (limb, known peak, free peak, whether the limb begins at the known one)."""
    rows = []
    for k, (a, b) in enumerate(LIMBS[:BODY_LIMBS]):
        for here, there, forward in ((a, b, True), (b, a, False)):
            if person.peaks[here] >= 0 > person.peaks[there]:
                of_part = peaks.of_part(there)
                rows += [
                    (k, person.peaks[here], peak, forward)
                    for peak in range(of_part.start, of_part.stop)
                    if peak not in taken
                ]
    table = np.array(rows, np.intp).reshape(-1, 4)
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3].astype(np.bool_)
