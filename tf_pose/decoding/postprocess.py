"""From the network's maps to people, joints in 0..1 of what the network saw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tf_pose.decoding.chains import choose_chains
from tf_pose.decoding.completion import FAINT_HEAT, complete_people
from tf_pose.decoding.grouping import Person, group_peaks
from tf_pose.decoding.limb_pairs import measure_pairs
from tf_pose.decoding.maps import Maps
from tf_pose.decoding.peaks import (
    FINE_HEAT,
    Peaks,
    coarse_maps,
    find_peaks,
    find_reference_peaks,
)
from tf_pose.decoding.sides import keep_sides_apart
from tf_pose.geometry import Box
from tf_pose.human import BodyPart, Human

Floats = NDArray[np.float32]
WHOLE = Box(0.0, 0.0, 1.0, 1.0)


def decode_reference_people(coarse: Floats, fine: tuple[int, int]) -> list[Human]:
    """What tf-pose finds: maps (h, w, 57) made as fine as (height, width), then peaks on those."""
    maps = Maps(coarse, fine)
    peaks = find_reference_peaks(maps)
    grid = Box(0.0, 0.0, 1 / fine[1], 1 / fine[0])
    people = group_peaks(measure_pairs(peaks, maps))
    return [_to_human(k, person, peaks, grid) for k, person in enumerate(people)]


def decode_people(coarse: Floats, *, faint: bool = False, region: Box = WHOLE) -> list[Human]:
    """The people in the maps (h, w, 57), by peaks found to a part of a cell.

    :param faint: give the people found those joints, too, that have little evidence.
    :param region: what the network saw, in the coordinates in which joints are given.
    """
    maps = coarse_maps(coarse)
    peaks = find_peaks(coarse, FAINT_HEAT if faint else FINE_HEAT)
    pairs = measure_pairs(peaks, maps, FINE_HEAT)
    people = group_peaks(pairs)
    if faint:
        choose_chains(people, pairs)
        keep_sides_apart(people, pairs)
        complete_people(people, peaks, maps)
    # A cell's index is its centre's place; the image begins at its edge.
    w, h = region.w / coarse.shape[1], region.h / coarse.shape[0]
    grid = Box(region.x + w / 2, region.y + h / 2, w, h)
    return [_to_human(k, person, peaks, grid) for k, person in enumerate(people)]


def _to_human(index: int, person: Person, peaks: Peaks, grid: Box) -> Human:
    """The person, with joints in the image's coordinates.

    :param grid: in those, where the map's first place is, and the distances to the next ones.
    """
    parts = [part for part, peak in enumerate(person.peaks) if peak >= 0]
    known = [person.peaks[part] for part in parts]
    rows = zip(
        parts, peaks.xy.take(known, 0).tolist(), peaks.confidence.take(known).tolist(), strict=True
    )
    left, top, w, h = grid
    return Human(
        {
            part: BodyPart(f"{index}-{part}", part, left + x * w, top + y * h, score)
            for part, (x, y), score in rows
        },
        person.score,
    )
