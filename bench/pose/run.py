"""One run of the pose bench, from nothing to everything measured."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from bench.pose import mediapipe_rows
from bench.pose.clips import Clip, clips
from bench.pose.measurement import LEAD_IN, measure
from bench.pose.observation import Row, RowFailed
from bench.pose.rows import VARIANTS, engine_rows, reference_row
from bench.pose.scenes import FPS, LONGEST_S, SCENES
from bench.pose.side_measurements import readings, shared
from bench.pose.targets import Measured
from tf_pose.errors import EngineUnavailable
from tf_pose.estimator import TfPoseEstimator

MOST_FRAMES = len(SCENES) * (int(LONGEST_S * FPS) - LEAD_IN)


class Say(Protocol):
    """Is told what is being done, and how much of how much is done where that is known."""

    def __call__(self, what: str, done: int = 0, of: int | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    frames: int
    mediapipe: bool = True
    mediapipe_python: Path | None = None


def run(graph: Path, wanted: Wanted, say: Say) -> Measured:
    """Make the pictures, open every row, and measure all."""
    per_scene = LEAD_IN + math.ceil(wanted.frames / len(SCENES))
    pictures = clips(per_scene, lambda name: say(f"rendering: {name}"))
    say("opening the reference")
    reference = reference_row(graph)
    ours, skipped = _engines(graph, say)
    with contextlib.ExitStack() as stack:
        theirs, why = _mediapipe(wanted, pictures, stack.enter_context, say)
        total = per_scene * len(pictures)
        results, failed = measure(
            [reference, *ours, *theirs],
            pictures,
            lambda name, shown: say(f"measuring: {name}", shown, total),
        )
    say("reading the same maps in every way")
    read = readings(graph, "auto", pictures)
    say("many threads at once")
    sharing = shared(TfPoseEstimator(graph, threads=1, streams=2), pictures)
    grouping_ms = float(np.median(reference.grouping_ms))
    return Measured(pictures, results, read, sharing, grouping_ms, [*skipped, *why, *failed])


def _engines(graph: Path, say: Say) -> tuple[list[Row], list[str]]:
    """Our rows, and why others are not there."""
    rows: list[Row] = []
    skipped = []
    for engine, precision in VARIANTS:
        say(f"opening {engine} {precision}")
        try:
            rows += engine_rows(graph, engine, precision)
        except EngineUnavailable as error:
            skipped.append(f"{engine} {precision}: {error}")
    return rows, skipped


def _mediapipe(
    wanted: Wanted,
    pictures: Sequence[Clip],
    enter: Callable[[contextlib.AbstractContextManager[Row]], Row],
    say: Say,
) -> tuple[list[Row], list[str]]:
    """MediaPipe's row, or why it is not there."""
    if not wanted.mediapipe:
        return [], ["mediapipe: left out, as asked"]
    say("opening mediapipe (installed the first time, which takes a minute)")
    try:
        python = wanted.mediapipe_python or mediapipe_rows.environment()
        return [enter(mediapipe_rows.opened(pictures, python))], []
    except (RowFailed, OSError) as error:
        return [], [f"mediapipe: {error}"]
