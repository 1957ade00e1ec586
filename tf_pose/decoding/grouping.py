"""Groups peaks into people by the part affinity fields between them.

Cao et al., "Realtime Multi-Person 2D Pose Estimation using Part Affinity Fields", CVPR 2017, in
the details that tf-pose settles: sampling, thresholds, greedy choice, merging.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_pose.decoding.limb_pairs import Ints, LimbPairs
from tf_pose.skeleton import BODY_LIMBS, LIMBS, PARTS

MIN_AGREEING = 7  # of a pair's sampled points
MIN_PARTS = 4
MIN_PERSON_SCORE = 0.3

Floats = NDArray[np.float32]


class Connection(NamedTuple):
    """Peak `a` and peak `b` are the ends of that limb."""

    limb: int
    a: int
    b: int
    affinity: float


@dataclass(slots=True, eq=False)
class Person:
    """Peaks that belong together: peak index by part, -1 where none."""

    peaks: list[int] = field(default_factory=lambda: [-1] * PARTS)
    score_sum: float = 0.0  # of the joints' confidences and the limbs' affinities
    count: int = 0  # of joints

    @property
    def score(self) -> float:
        """The mean per joint, tf-pose's `Human.score`."""
        return self.score_sum / self.count


def group_peaks(pairs: LimbPairs) -> list[Person]:
    """Assemble people from certain peaks, of 4 parts and a score of 0.3 at least."""
    people = assemble_people(connect_peaks(pairs), pairs.peaks.confidence.tolist())
    return [
        person
        for person in people
        if person.count >= MIN_PARTS and person.score >= MIN_PERSON_SCORE
    ]


def connect_peaks(pairs: LimbPairs) -> list[Connection]:
    """Choose for each limb the pairs of certain peaks that the fields support best, each once."""
    certain = pairs.certain.take(pairs.start) & pairs.certain.take(pairs.end)
    (found,) = (certain & (pairs.agreeing >= MIN_AGREEING)).nonzero()
    affinity = _affinities(pairs, found).tolist()
    columns = (column.take(found).tolist() for column in (pairs.limb, pairs.start, pairs.end))
    rows = sorted(zip(*columns, affinity, strict=True), key=lambda row: (row[0], -row[3]))
    taken: set[tuple[int, int]] = set()
    chosen = []
    for limb, a, b, value in rows:
        ends = (limb, a), (limb, b)
        if value > 0 and taken.isdisjoint(ends):
            taken.update(ends)
            chosen.append(Connection(limb, a, b, value))
    return chosen


def assemble_people(connections: list[Connection], confidence: Sequence[float]) -> list[Person]:
    """Join limbs that share a joint into people, limb by limb, as tf-pose does.

    :param confidence: of each peak.
    """
    people: list[Person] = []
    for link in connections:
        part_a, part_b = LIMBS[link.limb]
        found = [p for p in people if p.peaks[part_a] == link.a or p.peaks[part_b] == link.b]
        if len(found) == 1:
            if found[0].peaks[part_b] != link.b:
                _extend(found[0], part_b, link, confidence)
        elif len(found) == 2:
            first, second = found
            if _share_a_part(first, second):
                _extend(first, part_b, link, confidence)
            else:
                _merge(first, second, link)
                people.remove(second)
        elif not found and link.limb < BODY_LIMBS:
            person = Person(count=2)
            person.peaks[part_a], person.peaks[part_b] = link.a, link.b
            person.score_sum = confidence[link.a] + confidence[link.b] + link.affinity
            people.append(person)
    return people


def _affinities(pairs: LimbPairs, found: Ints) -> Floats:
    """How well the field points along some of the pairs, which have a length."""
    # Limbs longer than half the map's height get less.
    too_long = 0.5 * pairs.height / pairs.length.take(found) - 1.0
    affinity: Floats = pairs.alignment.take(found) + np.minimum(0.0, too_long)
    return affinity


def _extend(person: Person, part: int, link: Connection, confidence: Sequence[float]) -> None:
    person.peaks[part] = link.b
    person.count += 1
    person.score_sum += confidence[link.b] + link.affinity


def _share_a_part(first: Person, second: Person) -> bool:
    return any(p >= 0 and q >= 0 for p, q in zip(first.peaks, second.peaks, strict=True))


def _merge(first: Person, second: Person, link: Connection) -> None:
    first.peaks = [max(p, q) for p, q in zip(first.peaks, second.peaks, strict=True)]
    first.count += second.count
    first.score_sum += second.score_sum + link.affinity
