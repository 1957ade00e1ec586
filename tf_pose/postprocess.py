"""From the network's maps to people, in 0..1 of what the network saw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tf_pose.chains import choose_chains
from tf_pose.completion import FAINT_HEAT, complete
from tf_pose.grouping import Person, group
from tf_pose.human import BodyPart, Human
from tf_pose.peaks import FINE_HEAT, Peaks, coarse_maps, fine_peaks, reference_peaks
from tf_pose.upsample import Maps

Floats = NDArray[np.float32]


def reference_people(coarse: Floats, fine: tuple[int, int]) -> list[Human]:
    """What tf-pose finds: maps (h, w, 57) made as fine as (height, width), then peaks on those."""
    maps = Maps(coarse, fine)
    peaks = reference_peaks(maps)
    places = peaks.xy / np.array(fine[::-1], np.float64)
    return [_human(k, person, peaks, places) for k, person in enumerate(group(peaks, maps))]


def people_in(coarse: Floats, *, faint: bool = False) -> list[Human]:
    """Whom the maps (h, w, 57) show, by peaks found to a part of a cell.

    `faint`: those found get the joints too that little speaks for.
    """
    maps = coarse_maps(coarse)
    peaks = fine_peaks(coarse, FAINT_HEAT if faint else FINE_HEAT)
    sure, which = peaks.over(FINE_HEAT)
    people = group(sure, maps)
    for person in people:
        person.peaks = [int(which[peak]) if peak >= 0 else -1 for peak in person.peaks]
    if faint:
        choose_chains(people, peaks, maps)
        complete(people, peaks, maps)
    # A cell's index is its centre's place; the picture begins at its edge.
    places = (peaks.xy + 0.5) / np.array(coarse.shape[1::-1], np.float64)
    return [_human(k, person, peaks, places) for k, person in enumerate(people)]


def _human(index: int, person: Person, peaks: Peaks, places: NDArray[np.float64]) -> Human:
    parts = {}
    for part, peak in enumerate(person.peaks):
        if peak >= 0:
            x, y = places[peak].tolist()
            parts[part] = BodyPart(f"{index}-{part}", part, x, y, float(peaks.score[peak]))
    return Human(parts, person.score)
