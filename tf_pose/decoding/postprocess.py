"""From the network's maps to people, joints in 0..1 of what the network saw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tf_pose.decoding.chains import choose_chains
from tf_pose.decoding.completion import FAINT_HEAT, complete_people
from tf_pose.decoding.grouping import Person, group_peaks
from tf_pose.decoding.maps import Maps
from tf_pose.decoding.peaks import (
    FINE_HEAT,
    Peaks,
    coarse_maps,
    find_peaks,
    find_reference_peaks,
)
from tf_pose.decoding.sides import keep_sides_apart
from tf_pose.human import BodyPart, Human

Floats = NDArray[np.float32]


def decode_reference_people(coarse: Floats, fine: tuple[int, int]) -> list[Human]:
    """What tf-pose finds: maps (h, w, 57) made as fine as (height, width), then peaks on those."""
    maps = Maps(coarse, fine)
    peaks = find_reference_peaks(maps)
    places = peaks.xy / np.array(fine[::-1], np.float64)
    people = group_peaks(peaks, maps)
    return [_to_human(k, person, peaks, places) for k, person in enumerate(people)]


def decode_people(coarse: Floats, *, faint: bool = False) -> list[Human]:
    """The people in the maps (h, w, 57), by peaks found to a part of a cell.

    :param faint: give the people found those joints, too, that have little evidence.
    """
    maps = coarse_maps(coarse)
    peaks = find_peaks(coarse, FAINT_HEAT if faint else FINE_HEAT)
    certain, which = peaks.above(FINE_HEAT)
    people = group_peaks(certain, maps)
    for person in people:
        person.peaks = [int(which[peak]) if peak >= 0 else -1 for peak in person.peaks]
    if faint:
        choose_chains(people, peaks, maps)
        keep_sides_apart(people, peaks, maps)
        complete_people(people, peaks, maps)
    # A cell's index is its centre's place; the image begins at its edge.
    places = (peaks.xy + 0.5) / np.array(coarse.shape[1::-1], np.float64)
    return [_to_human(k, person, peaks, places) for k, person in enumerate(people)]


def _to_human(index: int, person: Person, peaks: Peaks, places: NDArray[np.float64]) -> Human:
    parts = {}
    for part, peak in enumerate(person.peaks):
        if peak >= 0:
            x, y = places[peak].tolist()
            parts[part] = BodyPart(f"{index}-{part}", part, x, y, float(peaks.confidence[peak]))
    return Human(parts, person.score)
