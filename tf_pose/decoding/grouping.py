"""Groups peaks into people by the part affinity fields between them.

Cao et al., "Realtime Multi-Person 2D Pose Estimation using Part Affinity Fields", CVPR 2017, in
the details that tf-pose settles: sampling, thresholds, greedy choice, merging.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tf_pose.decoding.maps import Maps
from tf_pose.decoding.peaks import Peaks
from tf_pose.skeleton import BODY_LIMBS, LIMB_FIELDS, LIMBS, PARTS

SAMPLES = 10  # points on a limb at which its field is looked up
MIN_ALIGNMENT = 0.05  # a point agrees when the field along the limb exceeds it
MIN_AGREEING = 7
MIN_PARTS = 4
MIN_PERSON_SCORE = 0.3

Floats = NDArray[np.float32]
_FIELDS = np.array(LIMB_FIELDS, np.intp)


@dataclass(frozen=True, slots=True)
class Connection:
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


def group_peaks(peaks: Peaks, maps: Maps) -> list[Person]:
    """Assemble people from peaks; leaves out who has fewer than 4 parts or scores under 0.3."""
    people = assemble_people(connect_peaks(peaks, maps), peaks.confidence)
    return [
        person
        for person in people
        if person.count >= MIN_PARTS and person.score >= MIN_PERSON_SCORE
    ]


def connect_peaks(peaks: Peaks, maps: Maps) -> list[Connection]:
    """Choose for each limb the pairs of peaks that the fields support best, each peak once."""
    limb, a, b = _pairs(peaks)
    affinity, supported = _affinities(limb, peaks.xy[a], peaks.xy[b], maps)
    kept = np.flatnonzero(supported)
    best_first = kept[np.lexsort((-affinity[kept], limb[kept]))]
    taken: set[tuple[int, int]] = set()
    chosen = []
    for k in best_first.tolist():
        connection = Connection(int(limb[k]), int(a[k]), int(b[k]), float(affinity[k]))
        ends = (connection.limb, connection.a), (connection.limb, connection.b)
        if taken.isdisjoint(ends):
            taken.update(ends)
            chosen.append(connection)
    return chosen


def assemble_people(connections: list[Connection], confidence: Floats) -> list[Person]:
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
            person.score_sum = float(confidence[link.a] + confidence[link.b]) + link.affinity
            people.append(person)
    return people


def _pairs(peaks: Peaks) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Every pair of peaks of every limb, as flat (limb, a, b)."""
    where = [peaks.of_part(part) for part in range(PARTS)]
    limbs, firsts, seconds = [], [], []
    for k, (part_a, part_b) in enumerate(LIMBS):
        a, b = where[part_a], where[part_b]
        n, m = a.stop - a.start, b.stop - b.start
        limbs.append(np.full(n * m, k, np.intp))
        firsts.append(np.arange(a.start, a.stop).repeat(m))
        seconds.append(np.tile(np.arange(b.start, b.stop), n))
    return np.concatenate(limbs), np.concatenate(firsts), np.concatenate(seconds)


def field_alignment(
    limb: NDArray[np.intp], start: Floats, end: Floats, maps: Maps
) -> tuple[Floats, Floats]:
    """How well the field points along each pair, (P, SAMPLES), and the pair's length, (P,).

    Pairs without a length point nowhere and get 0.
    """
    span = end - start
    length: Floats = np.sqrt((span * span).sum(axis=1))
    direction = span / np.where(length > 1e-12, length, np.float32(1.0))[:, None]
    # Ten points from the start on; the end itself is not sampled.
    steps = np.arange(SAMPLES, dtype=np.float32)[:, None]
    points = start[:, None] + steps * (span / np.float32(SAMPLES))[:, None]
    cells = (points + np.float32(0.5)).astype(np.intp)
    x, y = cells[..., 0], cells[..., 1]
    # A peak between cells may lie half a cell beyond the last one.
    y, x = np.minimum(y, maps.shape[0] - 1), np.minimum(x, maps.shape[1] - 1)
    channels = _FIELDS[limb]
    along = direction[:, :1] * maps.field_at(y, x, channels[:, :1])
    along += direction[:, 1:] * maps.field_at(y, x, channels[:, 1:])
    return np.asarray(along, np.float32), length


def _affinities(
    limb: NDArray[np.intp], start: Floats, end: Floats, maps: Maps
) -> tuple[Floats, NDArray[np.bool_]]:
    """How well the field points along each pair (P,), and whether that is enough (P,)."""
    along, length = field_alignment(limb, start, end, maps)
    has_length = length > 1e-12
    # Limbs longer than half the map's height get less.
    too_long = np.minimum(0.0, 0.5 * maps.shape[0] / np.where(has_length, length, 1.0) - 1.0)
    affinity: Floats = (along.mean(axis=1) + too_long).astype(np.float32)
    agreeing = (along > MIN_ALIGNMENT).sum(axis=1)
    return affinity, has_length & (agreeing >= MIN_AGREEING) & (affinity > 0)


def _extend(person: Person, part: int, link: Connection, confidence: Floats) -> None:
    person.peaks[part] = link.b
    person.count += 1
    person.score_sum += float(confidence[link.b]) + link.affinity


def _share_a_part(first: Person, second: Person) -> bool:
    return any(p >= 0 and q >= 0 for p, q in zip(first.peaks, second.peaks, strict=True))


def _merge(first: Person, second: Person, link: Connection) -> None:
    first.peaks = [max(p, q) for p, q in zip(first.peaks, second.peaks, strict=True)]
    first.count += second.count
    first.score_sum += second.score_sum + link.affinity
