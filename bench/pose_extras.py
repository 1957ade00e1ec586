"""What no row shows: post-processing alone, and many threads that share an estimator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from bench import pose_accuracy as accuracy
from bench.pose_looks import pixels, timed
from bench.pose_measure import Result, accuracy_of, best
from bench.pose_rows import region
from bench.pose_scenes import Clip
from tf_pose.engines import ENGINES, Engine, open_engine
from tf_pose.estimator import TfPoseEstimator
from tf_pose.graph import STAGES
from tf_pose.human import Human
from tf_pose.preprocess import cut

SIDE = 256
THREADS = 8
Maps = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the same maps: its time, where there is one person, and its accuracy."""

    name: str
    ms: float
    pck: float
    oks: float


@dataclass(slots=True)
class Replayed:
    """An engine that gives maps which another one has made: what remains is post-processing."""

    maps: Maps
    name: str = "replayed"
    precision: str = "f32"

    def run(self, batch: NDArray[np.uint8] | Maps, stage: int = STAGES) -> Maps:  # noqa: ARG002
        return self.maps[None]

    def warm_up(self, shapes: Iterable[tuple[int, int, int]], stage: int = STAGES) -> None:
        """There is nothing to make ready."""


def readings(graph: Path, engine: str, clips: Sequence[Clip]) -> list[Reading]:
    """Read the maps of the same 256×256 crops, ×4 and fast, each in its turn."""
    replayed = Replayed(np.zeros((SIDE // 8, SIDE // 8, 57), np.float32))
    with patch.dict(ENGINES, {replayed.name: lambda *_: replayed}):
        estimator = TfPoseEstimator(graph, engine=replayed.name)
    network = open_engine(engine, graph)
    ways = {"×4": False, "fast": True}
    results = {way: Result((way, "", ""), {}) for way in ways}
    for clip in clips:
        for way in ways:
            results[way].found[clip.name] = np.full(clip.truth.shape, np.nan)
        for sample, (crop, maps) in enumerate(_crops(network, clip)):
            replayed.maps = maps
            for way, fast in ways.items():
                _read(estimator, results[way], clip, sample, crop, fast)
    made = []
    for way, result in results.items():
        near = accuracy_of(result, clips)
        made.append(Reading(way, float(np.median(result.ms)), near.pck, near.oks))
    return made


def _crops(engine: Engine, clip: Clip) -> Iterator[tuple[NDArray[np.uint8], Maps]]:
    """Every sample's square around the person, and what the network says of it."""
    for sample, picture in enumerate(clip.pictures):
        crop, _ = cut(picture, region(clip, sample).widened_to(1.0), (SIDE, SIDE))
        yield crop, engine.run(crop[None])[0]


def _read(
    estimator: TfPoseEstimator,
    result: Result,
    clip: Clip,
    sample: int,
    crop: NDArray[np.uint8],
    fast: bool,
) -> None:
    # Timed on the crop itself, so that nothing is cut or resized meanwhile.
    people, ms, _ = timed(lambda: estimator.inference(crop, resize_to_default=False, fast=fast))
    if len(people) == 1:
        result.ms.append(ms)
    roi = region(clip, sample).widened_to(1.0)
    humans = estimator.inference(clip.pictures[sample], roi=roi, size=(SIDE, SIDE), fast=fast)
    found = [pixels(human.arrays()[0], clip) for human in humans]
    result.found[clip.name][sample] = best(found, clip, sample)


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
        return estimator.inference(clip.pictures[sample], roi=region(clip, sample), fast=True)

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
