"""Compares what was measured with the targets of the pose estimator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.pose.clips import Clip
from bench.pose.measurement import (
    RowResult,
    accuracy_of,
    costs_of,
    mean_distance_percent,
    wrists_overhead,
)
from bench.pose.side_measurements import (
    AS_FOR_CROPS,
    SIDE,
    THREADS,
    PostprocessResult,
    ThreadsResult,
)

# How many times faster, and with how many times less processor time, tracking has to be than the
# reference.
COST_TARGETS = {"int8": (5.0, 10.0), "bf16": (5.0, 10.0), "f32": (2.0, 4.0)}
MAX_POSTPROCESSING_MS = 3.0
MAX_DISTANCE_PERCENT = 0.5
MAX_INT8_CPU_MS = 10.0  # of a look, where the processor has VNNI or AMX
MIN_PCK, MIN_OKS, MIN_WRISTS = 0.93, 0.92, 0.95


@dataclass(frozen=True, slots=True)
class TargetResult:
    """One target and what was measured; `met` is None if it could not be measured."""

    what: str
    asked: str
    measured: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class RunResults:
    """All that a run has measured; the first row result is the reference's."""

    clips: Sequence[Clip]
    results: Sequence[RowResult]
    postprocessing: Sequence[PostprocessResult]
    threads: ThreadsResult
    grouping_ms: float  # of the reference, in Python; not part of its row
    skipped: Sequence[str]  # why some rows are left out

    def find(self, engine: str, precision: str, what: str) -> RowResult | None:
        """Find the row of this engine and precision whose last label begins with `what`."""
        for row in self.results:
            if row.label[:2] == (engine, precision) and row.label[2].startswith(what):
                return row
        return None


def check_targets(measured: RunResults) -> list[TargetResult]:
    """Check all targets."""
    return [
        *_check_costs(measured, "int8"),
        *_check_costs(measured, "bf16"),
        *_check_costs(measured, "f32"),
        _check_int8_cost(measured),
        _check_postprocessing(measured.postprocessing),
        _check_bf16(measured),
        *_check_live(measured, "int8"),
        *_check_live(measured, "bf16"),
        *_check_live(measured, "f32"),
        _check_threads(measured.threads),
    ]


def live_row(measured: RunResults, precision: str) -> RowResult | None:
    """The row of what the server does, on the engine that it prefers."""
    return measured.find("openvino", precision, "tracked live")


def _check_costs(measured: RunResults, precision: str) -> list[TargetResult]:
    row = live_row(measured, precision)
    speed, cpu = COST_TARGETS[precision]
    whats = (f"tracked live, {precision}: times as fast", "… times less processor time")
    if row is None:
        asked = zip(whats, (speed, cpu), strict=True)
        return [TargetResult(what, f"≥ {n:.1f}×", "no such row", None) for what, n in asked]
    got = costs_of(row, measured.results[0])
    return [
        _at_least(whats[0], speed, got["speed"], "{:.1f}×"),
        _at_least(whats[1], cpu, got["cpu"], "{:.1f}×"),
    ]


def _check_int8_cost(measured: RunResults) -> TargetResult:
    what, asked = "tracked live, int8: processor time", f"≤ {MAX_INT8_CPU_MS:g} ms"
    row = live_row(measured, "int8")
    if row is None:
        return TargetResult(what, asked, "no such row", None)
    cpu_ms = costs_of(row, measured.results[0])["cpu_ms"]
    return TargetResult(what, asked, f"{cpu_ms:.1f} ms", cpu_ms <= MAX_INT8_CPU_MS)


def _check_postprocessing(postprocessing: Sequence[PostprocessResult]) -> TargetResult:
    ms = next(result.ms for result in postprocessing if result.name == AS_FOR_CROPS)
    what = f"post-processing of one person at {SIDE}×{SIDE}"
    return TargetResult(
        what, f"≤ {MAX_POSTPROCESSING_MS:g} ms", f"{ms:.2f} ms", ms <= MAX_POSTPROCESSING_MS
    )


def bf16_apart(measured: RunResults) -> dict[str, float]:
    """The mean distance of joints in bf16 and f32, in % of the height, by the row's last label."""
    apart = {}
    for row in measured.results:
        engine, precision, what = row.label
        other = measured.find(engine, "f32", what)
        if precision == "bf16" and other is not None:
            apart[what] = mean_distance_percent(row, other, measured.clips)
    return apart


def _check_bf16(measured: RunResults) -> TargetResult:
    """Check the rows without memory only: a tracker that differs once searches elsewhere next."""
    what = "bf16 to f32, the same picture: mean joint distance"
    apart = {k: v for k, v in bf16_apart(measured).items() if not k.startswith("tracked")}
    asked = f"≤ {MAX_DISTANCE_PERCENT:g} % of the height"
    if not apart:
        return TargetResult(what, asked, "no bf16 here", None)
    most = max(apart.values())
    return TargetResult(what, asked, f"{most:.2f} % at most", most <= MAX_DISTANCE_PERCENT)


def _check_live(measured: RunResults, precision: str) -> list[TargetResult]:
    """How accurate the live setting is, which is the same on every machine."""
    what = f"tracked live, {precision}"
    row = live_row(measured, precision)
    if row is None:
        return [TargetResult(f"{what}: PCK@0.1", f"≥ {MIN_PCK:.3f}", "no such row", None)]
    accuracy = accuracy_of(row, measured.clips)
    share = wrists_overhead(row, measured.clips)
    return [
        _at_least(f"{what}: PCK@0.1", MIN_PCK, accuracy.pck, "{:.3f}"),
        _at_least(f"{what}: OKS", MIN_OKS, accuracy.oks, "{:.3f}"),
        *(
            _at_least(f"{what}: {side} wrist, both arms overhead", MIN_WRISTS, got, "{:.0%}")
            for side, got in share.items()
        ),
    ]


def _check_threads(threads: ThreadsResult) -> TargetResult:
    same = threads.other_people == 0 and threads.most_px < 0.5
    measured = f"≤ {threads.most_px:.2g} px off, {threads.other_people}/{threads.pictures} others"
    what = f"{THREADS} threads that share an estimator find what one finds"
    return TargetResult(what, "the same", measured, same)


def _at_least(what: str, asked: float, got: float, shape: str) -> TargetResult:
    style: Callable[[float], str] = shape.format
    return TargetResult(what, f"≥ {style(asked)}", style(got), got >= asked)
