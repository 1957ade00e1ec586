"""Runs all rows side by side, picture by picture, and sums up what each found and cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.pose import accuracy
from bench.pose.clips import Clip
from bench.pose.observation import Joints, Look, Row, RowFailed
from bench.pose.scenes import FPS, OVERHEAD

# A tracker needs a second to make up its mind, once a session; these samples are not timed.
LEAD_IN = round(1.2 * FPS)
WRISTS = {"right": 4, "left": 7}
WRIST_SHARE = 0.25  # of the torso


@dataclass(slots=True)
class Result:
    """What a row found, (n, 18, 2) a clip, and its costs, of the samples timed."""

    label: tuple[str, str, str]
    found: dict[str, NDArray[np.float64]]
    ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    lead_in_cpu_ms: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The label as one text."""
        return " ".join(self.label)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How near the truth, over some clips."""

    pck: float
    oks: float
    found: float


def measure(
    rows: Sequence[Row], clips: Sequence[Clip], seen: Callable[[str, int], None]
) -> tuple[list[Result], list[str]]:
    """Show every picture to every row in turn, in another order each time.

    `seen` is told the clip's name and how many pictures have been shown. Rows that fail are left
    out; why is in the second list.
    """
    results = [
        Result(row.label, {clip.name: np.full(clip.truth.shape, np.nan) for clip in clips})
        for row in rows
    ]
    failed: dict[int, str] = {}
    shown = 0
    for clip in clips:
        for sample in range(len(clip.t_s)):
            for k in np.roll(np.arange(len(rows)), -shown).tolist():
                if k not in failed:
                    try:
                        _note(results[k], clip, sample, rows[k].look(clip, sample))
                    except RowFailed as error:
                        failed[k] = f"{results[k].name}: {error}"
            shown += 1
            seen(clip.name, shown)
    return [r for k, r in enumerate(results) if k not in failed], list(failed.values())


def _note(result: Result, clip: Clip, sample: int, look: Look) -> None:
    result.found[clip.name][sample] = best(look.people, clip, sample)
    if sample >= LEAD_IN:
        result.ms.append(look.ms)
        result.cpu_ms.append(look.cpu_ms)
    else:
        result.lead_in_cpu_ms.append(look.cpu_ms)


def best(people: Sequence[Joints], clip: Clip, sample: int) -> Joints:
    """Who of them is judged: the one nearest to the truth, to the good of rows that find many."""
    at = slice(sample, sample + 1)

    def likeness(xy: Joints) -> float:
        alike = accuracy.oks(xy[None], clip.truth[at], clip.seen[at], clip.area_px[at])
        return float(alike[0])

    return max(people, key=likeness, default=np.full((18, 2), np.nan))


def accuracy_of(result: Result, clips: Sequence[Clip]) -> Accuracy:
    """A row's accuracy over these clips, each sample as much as any other."""
    found = np.concatenate([result.found[clip.name] for clip in clips])
    truth = np.concatenate([clip.truth for clip in clips])
    seen = np.concatenate([clip.seen for clip in clips])
    area = np.concatenate([clip.area_px for clip in clips])
    return Accuracy(
        accuracy.pck(found, truth, seen),
        float(np.nanmean(accuracy.oks(found, truth, seen, area))),
        accuracy.found_share(found, seen),
    )


def wrists_overhead(result: Result, clips: Sequence[Clip]) -> dict[str, float]:
    """The share of the samples with both arms overhead in which each wrist was found."""
    clip = next(clip for clip in clips if clip.name == OVERHEAD)
    off = accuracy.off_torsos(result.found[OVERHEAD], clip.truth)
    return {side: float((off[:, k] <= WRIST_SHARE).mean()) for side, k in WRISTS.items()}


def apart_percent(first: Result, second: Result, clips: Sequence[Clip]) -> float:
    """How far apart two rows' joints are in the mean, in % of the person's height."""
    apart = [
        accuracy.apart_px(first.found[clip.name], second.found[clip.name]) / clip.height_px
        for clip in clips
    ]
    return float(np.concatenate(apart).mean() * 100)


def costs(result: Result, reference: Result) -> dict[str, Any]:
    """Medians and means of a row, and how many times better than the reference's."""
    ms, cpu_ms = float(np.median(result.ms)), float(np.mean(result.cpu_ms))
    return {
        "ms": ms,
        "cpu_ms": cpu_ms,
        "fps_per_core": 1000 / cpu_ms,
        "speed": float(np.median(reference.ms)) / ms,
        "cpu": float(np.mean(reference.cpu_ms)) / cpu_ms,
    }
