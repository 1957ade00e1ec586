"""What was asked of the pose estimator, what was measured, and whether that is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.pose.clips import Clip
from bench.pose.measurement import Result, apart_percent, costs, wrists_overhead
from bench.pose.side_measurements import AS_CROPS_ARE, SIDE, THREADS, Reading, Shared

# (times as fast, times less processor time) of the tracked person, against the reference
ASKED = {"bf16": (5.0, 10.0), "f32": (2.0, 4.0)}
MOST_POST_MS = 3.0
MOST_APART_PERCENT = 0.5
LEAST_WRISTS = 0.95


@dataclass(frozen=True, slots=True)
class Verdict:
    """One number that was asked for; `met` is None where it could not be measured."""

    what: str
    asked: str
    measured: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class Measured:
    """All that a run has measured; the first result is the reference's."""

    clips: Sequence[Clip]
    results: Sequence[Result]
    readings: Sequence[Reading]
    shared: Shared
    grouping_ms: float  # the reference's, in Python; not part of its row
    skipped: Sequence[str]  # rows that are not there, and why

    def find(self, engine: str, precision: str, what: str) -> Result | None:
        """The row of this engine and precision whose looks begin like that."""
        for row in self.results:
            if row.label[:2] == (engine, precision) and row.label[2].startswith(what):
                return row
        return None


def verdicts(measured: Measured) -> list[Verdict]:
    """All of them, in the order of the issue."""
    return [
        *_cheaper(measured, "bf16"),
        *_cheaper(measured, "f32"),
        _post(measured.readings),
        _bf16(measured),
        *_wrists(measured),
        _threads(measured.shared),
    ]


def live(measured: Measured, precision: str) -> Result | None:
    """What the server does, on the engine that it prefers."""
    return measured.find("openvino", precision, "tracked live")


def _cheaper(measured: Measured, precision: str) -> list[Verdict]:
    row = live(measured, precision)
    speed, cpu = ASKED[precision]
    whats = (f"tracked live, {precision}: times as fast", "… times less processor time")
    if row is None:
        asked = zip(whats, (speed, cpu), strict=True)
        return [Verdict(what, f"≥ {n:.1f}×", "no such row", None) for what, n in asked]
    got = costs(row, measured.results[0])
    return [
        _at_least(whats[0], speed, got["speed"], "{:.1f}×"),
        _at_least(whats[1], cpu, got["cpu"], "{:.1f}×"),
    ]


def _post(readings: Sequence[Reading]) -> Verdict:
    ms = next(reading.ms for reading in readings if reading.name == AS_CROPS_ARE)
    what = f"post-processing of one person at {SIDE}×{SIDE}"
    return Verdict(what, f"≤ {MOST_POST_MS:g} ms", f"{ms:.2f} ms", ms <= MOST_POST_MS)


def bf16_apart(measured: Measured) -> dict[str, float]:
    """How far joints in bf16 are from those in f32, in % of the height, by what is looked at."""
    apart = {}
    for row in measured.results:
        engine, precision, what = row.label
        other = measured.find(engine, "f32", what)
        if precision == "bf16" and other is not None:
            apart[what] = apart_percent(row, other, measured.clips)
    return apart


def _bf16(measured: Measured) -> Verdict:
    """Of the rows without memory: a tracker looks elsewhere once it has found something else."""
    what = "bf16 to f32, the same picture: mean joint distance"
    apart = {k: v for k, v in bf16_apart(measured).items() if not k.startswith("tracked")}
    asked = f"≤ {MOST_APART_PERCENT:g} % of the height"
    if not apart:
        return Verdict(what, asked, "no bf16 here", None)
    most = max(apart.values())
    return Verdict(what, asked, f"{most:.2f} % at most", most <= MOST_APART_PERCENT)


def _wrists(measured: Measured) -> list[Verdict]:
    row = live(measured, "bf16") or live(measured, "f32")
    if row is None:
        return [Verdict("wrists overhead", f"≥ {LEAST_WRISTS:.0%}", "no such row", None)]
    share = wrists_overhead(row, measured.clips)
    return [
        _at_least(f"{side} wrist found, both arms overhead, live", LEAST_WRISTS, got, "{:.0%}")
        for side, got in share.items()
    ]


def _threads(shared: Shared) -> Verdict:
    same = shared.other_people == 0 and shared.most_px < 0.5
    measured = f"≤ {shared.most_px:.2g} px off, {shared.other_people}/{shared.pictures} others"
    what = f"{THREADS} threads that share an estimator find what one finds"
    return Verdict(what, "the same", measured, same)


def _at_least(what: str, asked: float, got: float, shape: str) -> Verdict:
    style: Callable[[float], str] = shape.format
    return Verdict(what, f"≥ {style(asked)}", style(got), got >= asked)
