"""What no row shows: post-processing alone, and many threads that share an estimator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.pose import accuracy
from bench.pose.clips import Clip
from bench.pose.measurement import Result, accuracy_of, best
from bench.pose.observation import pixels, timed
from bench.pose.rows import person_box
from tf_pose.engines import Engine, open_engine
from tf_pose.estimator import ROOM, TfPoseEstimator
from tf_pose.geometry import Box
from tf_pose.human import Human
from tf_pose.postprocess import people_in, reference_people
from tf_pose.preprocess import LONGEST_SIDE, cut
from tf_pose.tensors import STRIDE

SIDE = LONGEST_SIDE
THREADS = 8
Maps = NDArray[np.float32]

AS_CROPS_ARE = "as they are, faint joints too"  # what a crop's maps are read like
FINE = (SIDE // STRIDE * 4, SIDE // STRIDE * 4)
WAYS: dict[str, Callable[[Maps], list[Human]]] = {
    "×4, as the reference": lambda maps: reference_people(maps, FINE),
    "as they are": people_in,
    AS_CROPS_ARE: lambda maps: people_in(maps, faint=True),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the same maps: its time, where there is one person, and its accuracy."""

    name: str
    ms: float
    pck: float
    oks: float


def readings(graph: Path, engine: str, clips: Sequence[Clip]) -> list[Reading]:
    """Read the maps of the same 256×256 crops in each way, in turn."""
    network = open_engine(engine, graph)
    results = {way: Result((way, "", ""), {}) for way in WAYS}
    for clip in clips:
        for result in results.values():
            result.found[clip.name] = np.full(clip.truth.shape, np.nan)
        for sample, (maps, seen) in enumerate(_crops(network, clip)):
            for way, read in WAYS.items():
                people, ms, _ = timed(partial(read, maps))
                if len(people) == 1:
                    results[way].ms.append(ms)
                found = [pixels(human.within(seen).arrays()[0], clip) for human in people]
                results[way].found[clip.name][sample] = best(found, clip, sample)
    made = []
    for way, result in results.items():
        near = accuracy_of(result, clips)
        made.append(Reading(way, float(np.median(result.ms)), near.pck, near.oks))
    return made


def _crops(engine: Engine, clip: Clip) -> Iterator[tuple[Maps, Box]]:
    """What the network says of every sample's square around the person, and where that is, in
    0..1 of the picture."""
    height, width = clip.pictures.shape[1:3]
    for sample, picture in enumerate(clip.pictures):
        square = person_box(clip, sample).widened_to(1.0).grown(ROOM)
        crop, seen = cut(picture, square, (SIDE, SIDE))
        whole = Box(seen.x / width, seen.y / height, seen.w / width, seen.h / height)
        yield engine.run(crop[None])[0], whole


@dataclass(frozen=True, slots=True)
class Shared:
    """What threads that share an estimator find, against one alone."""

    pictures: int
    other_people: int  # pictures in which not as many people or other joints were found
    most_px: float  # the farthest that any joint is off


def shared(estimator: TfPoseEstimator, clips: Sequence[Clip]) -> Shared:
    """Show pictures to one thread, then to `THREADS` at once, and compare."""
    looks = [(clip, k) for clip in clips for k in range(0, len(clip.t_s), 4)]

    def look(at: tuple[Clip, int]) -> list[Human]:
        clip, sample = at
        return estimator.inference(clip.pictures[sample], roi=person_box(clip, sample))

    alone = [look(at) for at in looks]
    with ThreadPoolExecutor(THREADS) as pool:
        together = list(pool.map(look, looks))
    others, most_px = 0, 0.0
    for (clip, _), first, second in zip(looks, alone, together, strict=True):
        one, two = (
            np.array([pixels(human.arrays()[0], clip) for human in humans]).reshape(-1, 18, 2)
            for humans in (first, second)
        )
        if one.shape != two.shape or (np.isfinite(one) != np.isfinite(two)).any():
            others += 1
            continue
        apart = accuracy.apart_px(one, two)
        most_px = max(most_px, float(apart.max(initial=0.0)))
    return Shared(len(looks), others, most_px)
