"""Plots the skew over time, in a panel for each case of bench/sync/skew.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tools.skew_probe import SkewSample, skews_ms

COLUMNS = 3
MAX_MS = 150.0


def plot_skews(path: Path, cases: Mapping[str, Sequence[SkewSample]], aim_ms: float) -> None:
    """Write a PNG; a skew above MAX_MS is drawn at the edge, as a triangle."""
    from matplotlib.figure import Figure  # takes a second to import

    columns = min(COLUMNS, len(cases))
    rows = -(-len(cases) // columns)
    wide = 4.2 if len(cases) > 1 else 11.0
    figure = Figure((wide * columns, 2.6 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).flat
    for panel, (name, samples) in zip(panels, cases.items(), strict=False):
        known = [sample for sample in samples if sample.true_s is not None]
        skews = skews_ms(known)
        times_s = np.array([sample.at_s for sample in known])
        times_s -= times_s[0] if len(times_s) else 0
        long = len(times_s) and times_s[-1] > 300
        times = times_s / 60 if long else times_s
        inside = np.abs(skews) <= MAX_MS
        panel.plot(times[inside], skews[inside], ".", markersize=2 if long else 4, color="#1f6f8b")
        edge = np.clip(skews[~inside], -MAX_MS, MAX_MS)
        panel.plot(times[~inside], edge, "^", markersize=4, color="#c0392b")
        panel.axhspan(-aim_ms, aim_ms, color="#2e8b57", alpha=0.12)
        panel.set_ylim(-MAX_MS * 1.05, MAX_MS * 1.05)
        p95 = np.percentile(np.abs(skews), 95) if len(skews) else float("nan")
        panel.set_title(f"{name}: p95 {p95:.0f} ms", fontsize=9)
        panel.set_xlabel("min" if long else "s", fontsize=8)
        panel.tick_params(labelsize=8)
    for panel in list(figure.axes)[len(cases) :]:
        panel.set_visible(False)
    figure.axes[0].set_ylabel("skew, ms", fontsize=8)
    figure.savefig(path, dpi=110)
