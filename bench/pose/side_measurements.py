"""Measures what no row shows: post-processing alone, and many threads that share an estimator."""

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
from bench.pose.measurement import RowResult, accuracy_of, nearest_to_truth
from bench.pose.observation import measure_time, to_pixels
from bench.pose.rows import person_box
from tf_pose.decoding.postprocess import decode_people, decode_reference_people
from tf_pose.engines import Engine, open_engine
from tf_pose.estimator import BOX_MARGIN, TfPoseEstimator
from tf_pose.geometry import Box
from tf_pose.human import Human
from tf_pose.preprocess import CROP_SIDE, cut_region
from tf_pose.tensors import STRIDE

SIDE = CROP_SIDE
THREADS = 8
Maps = NDArray[np.float32]

AS_FOR_CROPS = "as they are, faint joints too"  # how a crop's maps are read
FINE = (SIDE // STRIDE * 4, SIDE // STRIDE * 4)
READERS: dict[str, Callable[[Maps], list[Human]]] = {
    "×4, as the reference": lambda maps: decode_reference_people(maps, FINE),
    "as they are": decode_people,
    AS_FOR_CROPS: lambda maps: decode_people(maps, faint=True),
}


@dataclass(frozen=True, slots=True)
class PostprocessResult:
    """One way to read the same maps: its time for one person, and its accuracy."""

    name: str
    ms: float
    pck: float
    oks: float


def measure_postprocessing(
    graph: Path, engine: str, clips: Sequence[Clip]
) -> list[PostprocessResult]:
    """Read the maps of the same 256×256 crops in each way in turn."""
    network = open_engine(engine, graph)
    results = {way: RowResult((way, "", ""), {}) for way in READERS}
    for clip in clips:
        for result in results.values():
            result.found[clip.name] = np.full(clip.truth.shape, np.nan)
        for sample, (maps, seen) in enumerate(_crops(network, clip)):
            for way, read in READERS.items():
                people, ms, _ = measure_time(partial(read, maps))
                if len(people) == 1:
                    results[way].ms.append(ms)
                found = [
                    to_pixels(human.to_whole_image(seen).arrays()[0], clip) for human in people
                ]
                results[way].found[clip.name][sample] = nearest_to_truth(found, clip, sample)
    outcome = []
    for way, result in results.items():
        near = accuracy_of(result, clips)
        outcome.append(PostprocessResult(way, float(np.median(result.ms)), near.pck, near.oks))
    return outcome


def _crops(engine: Engine, clip: Clip) -> Iterator[tuple[Maps, Box]]:
    """Run the network on a square around the person in every sample.

    It gives the maps, and the square in 0..1 of the frame.
    """
    height, width = clip.frames.shape[1:3]
    for sample, frame in enumerate(clip.frames):
        square = person_box(clip, sample).widened_to(1.0).grown(BOX_MARGIN)
        crop, seen = cut_region(frame, square, (SIDE, SIDE))
        whole = Box(seen.x / width, seen.y / height, seen.w / width, seen.h / height)
        yield engine.run(crop[None])[0], whole


@dataclass(frozen=True, slots=True)
class ThreadsResult:
    """How what many threads find with one estimator differs from what a single one finds."""

    pictures: int  # frames compared
    other_people: int  # frames in which other people or joints were found
    most_px: float  # the largest distance of a joint


def measure_threads(estimator: TfPoseEstimator, clips: Sequence[Clip]) -> ThreadsResult:
    """Give frames to one thread, then to `THREADS` threads at once, and compare the results."""
    samples = [(clip, k) for clip in clips for k in range(0, len(clip.t_s), 4)]

    def find(at: tuple[Clip, int]) -> list[Human]:
        clip, sample = at
        return estimator.inference(clip.frames[sample], roi=person_box(clip, sample))

    alone = [find(at) for at in samples]
    with ThreadPoolExecutor(THREADS) as pool:
        together = list(pool.map(find, samples))
    others, most_px = 0, 0.0
    for (clip, _), first, second in zip(samples, alone, together, strict=True):
        one, two = (
            np.array([to_pixels(human.arrays()[0], clip) for human in humans]).reshape(-1, 18, 2)
            for humans in (first, second)
        )
        if one.shape != two.shape or (np.isfinite(one) != np.isfinite(two)).any():
            others += 1
            continue
        distances = accuracy.distances_px(one, two)
        most_px = max(most_px, float(distances.max(initial=0.0)))
    return ThreadsResult(len(samples), others, most_px)
