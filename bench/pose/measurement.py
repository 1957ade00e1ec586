"""Runs all rows side by side, frame by frame, and sums up what each row found and cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.pose import accuracy
from bench.pose.clips import Clip
from bench.pose.observation import Joints, Observation, Row, RowFailed
from bench.pose.scenes import FPS, OVERHEAD

# A tracker takes a second to choose a person, once a session; these samples are not timed.
LEAD_IN = round(1.2 * FPS)
WRISTS = {"right": 4, "left": 7}
WRIST_SHARE = 0.25  # of the torso


@dataclass(slots=True)
class RowResult:
    """What a row found, (n, 18, 2) for each clip, and the costs of the timed samples."""

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
    """How near to the truth a row is, over some clips."""

    pck: float
    oks: float
    found: float


def measure(
    rows: Sequence[Row], clips: Sequence[Clip], on_frame: Callable[[str, int], None]
) -> tuple[list[RowResult], list[str]]:
    """Give every frame to every row in turn, each time in another order.

    `on_frame` is called with the clip's name and the number of frames so far. Rows that fail are
    left out; the second list says why.
    """
    results = [
        RowResult(row.label, {clip.name: np.full(clip.truth.shape, np.nan) for clip in clips})
        for row in rows
    ]
    failed: dict[int, str] = {}
    shown = 0
    for clip in clips:
        for sample in range(len(clip.t_s)):
            for k in np.roll(np.arange(len(rows)), -shown).tolist():
                if k not in failed:
                    try:
                        _record(results[k], clip, sample, rows[k].observe(clip, sample))
                    except RowFailed as error:
                        failed[k] = f"{results[k].name}: {error}"
            shown += 1
            on_frame(clip.name, shown)
    return [r for k, r in enumerate(results) if k not in failed], list(failed.values())


def _record(result: RowResult, clip: Clip, sample: int, observation: Observation) -> None:
    result.found[clip.name][sample] = nearest_to_truth(observation.people, clip, sample)
    if sample >= LEAD_IN:
        result.ms.append(observation.ms)
        result.cpu_ms.append(observation.cpu_ms)
    else:
        result.lead_in_cpu_ms.append(observation.cpu_ms)


def nearest_to_truth(people: Sequence[Joints], clip: Clip, sample: int) -> Joints:
    """Choose who is judged: the person nearest to the truth, which favours rows that find many."""
    at = slice(sample, sample + 1)

    def similarity(xy: Joints) -> float:
        return float(accuracy.oks(xy[None], clip.truth[at], clip.seen[at], clip.area_px[at])[0])

    return max(people, key=similarity, default=np.full((18, 2), np.nan))


def accuracy_of(result: RowResult, clips: Sequence[Clip]) -> Accuracy:
    """A row's accuracy over these clips; all samples count the same."""
    found = np.concatenate([result.found[clip.name] for clip in clips])
    truth = np.concatenate([clip.truth for clip in clips])
    seen = np.concatenate([clip.seen for clip in clips])
    area = np.concatenate([clip.area_px for clip in clips])
    return Accuracy(
        accuracy.pck(found, truth, seen),
        float(np.nanmean(accuracy.oks(found, truth, seen, area))),
        accuracy.found_share(found, seen),
    )


def wrists_overhead(result: RowResult, clips: Sequence[Clip]) -> dict[str, float]:
    """The share of the samples with both arms overhead in which each wrist was found."""
    clip = next(clip for clip in clips if clip.name == OVERHEAD)
    errors = accuracy.distances_in_torsos(result.found[OVERHEAD], clip.truth)
    return {side: float((errors[:, k] <= WRIST_SHARE).mean()) for side, k in WRISTS.items()}


def mean_distance_percent(first: RowResult, second: RowResult, clips: Sequence[Clip]) -> float:
    """The mean distance of two rows' joints, in % of the person's height."""
    distances = [
        accuracy.distances_px(first.found[clip.name], second.found[clip.name]) / clip.height_px
        for clip in clips
    ]
    return float(np.concatenate(distances).mean() * 100)


def costs_of(result: RowResult, reference: RowResult) -> dict[str, Any]:
    """A row's median and mean costs, and how many times lower than the reference's they are."""
    ms, cpu_ms = float(np.median(result.ms)), float(np.mean(result.cpu_ms))
    return {
        "ms": ms,
        "cpu_ms": cpu_ms,
        "fps_per_core": 1000 / cpu_ms,
        "speed": float(np.median(reference.ms)) / ms,
        "cpu": float(np.mean(reference.cpu_ms)) / cpu_ms,
    }
