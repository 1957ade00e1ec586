"""One run of the comparison: makes the frames, opens the rows and measures everything."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.pose import mediapipe_rows
from bench.pose.clips import Clip, make_clips
from bench.pose.measurement import LEAD_IN, measure
from bench.pose.observation import Row, RowFailed
from bench.pose.rows import VARIANTS, engine_rows, reference_row
from bench.pose.scenes import FPS, LONGEST_S, SCENES
from bench.pose.side_measurements import measure_postprocessing, measure_threads
from bench.pose.targets import RunResults
from rtc_server.progress import Progress
from tf_pose.errors import EngineUnavailable
from tf_pose.estimator import TfPoseEstimator

MAX_FRAMES = len(SCENES) * (int(LONGEST_S * FPS) - LEAD_IN)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of the command line."""

    frames: int
    mediapipe: bool = True
    mediapipe_python: Path | None = None


def run(graph: Path, options: RunOptions, progress: Progress) -> RunResults:
    """Make the frames, open every row, and measure all."""
    per_scene = LEAD_IN + math.ceil(options.frames / len(SCENES))
    clips = make_clips(per_scene, lambda name: progress(f"rendering: {name}", 0, 0))
    progress("opening the reference", 0, 0)
    reference = reference_row(graph)
    our_rows, skipped = _open_engines(graph, progress)
    with contextlib.ExitStack() as stack:
        other_rows, why = _open_mediapipe(options, clips, stack.enter_context, progress)
        total = per_scene * len(clips)
        results, failed = measure(
            [reference, *our_rows, *other_rows],
            clips,
            lambda name, shown: progress(f"measuring: {name}", shown, total),
        )
    progress("post-processing the same maps in every way", 0, 0)
    postprocessing = measure_postprocessing(graph, "auto", clips)
    progress("many threads at once", 0, 0)
    threads = measure_threads(TfPoseEstimator(graph, threads=1, streams=2), clips)
    grouping_ms = float(np.median(reference.grouping_ms))
    return RunResults(
        clips, results, postprocessing, threads, grouping_ms, [*skipped, *why, *failed]
    )


def _open_engines(graph: Path, progress: Progress) -> tuple[list[Row], list[str]]:
    """Open our rows; the second list says why some are left out."""
    rows: list[Row] = []
    skipped = []
    for engine, precision in VARIANTS:
        progress(f"opening {engine} {precision}", 0, 0)
        try:
            rows += engine_rows(graph, engine, precision)
        except EngineUnavailable as error:
            skipped.append(f"{engine} {precision}: {error}")
    return rows, skipped


def _open_mediapipe(
    options: RunOptions,
    clips: Sequence[Clip],
    enter: Callable[[contextlib.AbstractContextManager[Row]], Row],
    progress: Progress,
) -> tuple[list[Row], list[str]]:
    """Open MediaPipe's row; the second list says why it is left out."""
    if not options.mediapipe:
        return [], ["mediapipe: left out, as asked"]
    progress("opening mediapipe (installed the first time, which takes a minute)", 0, 0)
    try:
        python = options.mediapipe_python or mediapipe_rows.prepare_environment()
        return [enter(mediapipe_rows.open_row(clips, python))], []
    except (RowFailed, OSError) as error:
        return [], [f"mediapipe: {error}"]
