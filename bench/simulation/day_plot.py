"""Plots a simulated day, and what the cores carry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.simulation.carrying import Split
from bench.simulation.hosts import HOUR_S
from bench.simulation.outcome import GOOD_RATE, Outcome

BLUE, RED, GREEN, GREY = "#1f6f8b", "#c0392b", "#2e8b57", "#9aa5ab"


def plot_day(path: Path, outcome: Outcome, splits: Sequence[Split]) -> None:
    """Write a PNG: learners and places, rate and age by the hour, and the split of the cores."""
    from matplotlib.figure import Figure  # takes a second to import

    figure = Figure((12.6, 3.4), layout="constrained")
    there, service, split = figure.subplots(1, 3)
    _plot_learners(there, outcome)
    _plot_service(service, outcome)
    _plot_splits(split, splits)
    for panel in figure.axes:
        panel.tick_params(labelsize=8)
        panel.xaxis.label.set_size(8)
        panel.yaxis.label.set_size(8)
        panel.title.set_size(9)
    figure.savefig(path, dpi=110)


def _plot_learners(panel: Any, outcome: Outcome) -> None:
    day = outcome.day
    hours = [at_s / HOUR_S for at_s, _, _ in day.present]
    panel.plot(hours, [places for _, _, places in day.present], color=GREY, label="places")
    panel.plot(hours, [there for _, there, _ in day.present], color=BLUE, label="learners")
    if refused := day.refused_per_hour:
        middles = [hour + 0.5 for hour in refused]
        panel.bar(middles, list(refused.values()), color=RED, label="refused in an hour")
    panel.set_title(f"{day.plan.hosts} hosts of {day.plan.cores:g} cores")
    panel.set_xlabel("hour")
    panel.legend(fontsize=7)


def _plot_service(panel: Any, outcome: Outcome) -> None:
    hours = [hour + 0.5 for hour in outcome.hours]
    panel.plot(hours, [s.age_p95_ms for s in outcome.hours.values()], color=BLUE)
    panel.set_ylim(bottom=0)
    panel.set_ylabel("age p95, ms", color=BLUE)
    panel.set_xlabel("hour")
    panel.set_title("age and rate of scores")
    rates = panel.twinx()
    rates.plot(hours, [s.rate_p1 for s in outcome.hours.values()], color=GREEN)
    rates.axhline(GOOD_RATE, color=GREEN, linestyle=":", linewidth=1)
    rates.set_ylim(0, 5.5)
    rates.set_ylabel("scores/s, p1", color=GREEN)


def _plot_splits(panel: Any, splits: Sequence[Split]) -> None:
    names = [f"{split.hosts}×{split.cores:g}" for split in splits]
    panel.bar(names, [split.hosts * split.most for split in splits], color=GREY, label="at most")
    panel.bar(names, [split.learners for split in splits], color=BLUE, label="places")
    total = splits[0].hosts * splits[0].cores
    panel.set_title(f"learners on {total:g} cores, by hosts × cores")
    panel.legend(fontsize=7)
