"""What the simulation prints, for 120 columns."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from bench.simulation.agreement import Moment, worst_apart
from bench.simulation.carrying import Split
from bench.simulation.comparison import Comparison
from bench.simulation.costs import Costs
from bench.simulation.outcome import GOOD_RATE, Outcome

WIDTH = 118
VERDICT = {True: "[green]yes", False: "[bold red]no"}


def open_console() -> Console:
    """Open a console for the terminal, or with the same width for a file."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(width=WIDTH, highlight=False)


def describe_costs(costs: Costs) -> str:
    """The input, in two lines."""
    return (
        f"Costs: {costs.source}.\n"
        f"A learner takes {costs.learner_core:.3f} core: packets {costs.loop_core:.3f}, decoding "
        f"{costs.decode_core:.4f}, {costs.looks_per_s:g} looks a second of {costs.look_ms:.1f} ms. "
        f"Of a process's one interpreter: {costs.interpreter_core:.3f}."
    )


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=box.SIMPLE, title_justify="left", pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right")
    return table


def days_table(outcomes: Sequence[Outcome]) -> Table:
    """A row for each day that was simulated."""
    table = _table(
        "Days",
        *("learners\npeak (most)", "hosts ×\ncores", "came", "503", "refused", "moved", "lost"),
        *("scores/s\nmean, p1", f"time\n<{GOOD_RATE}", "age, ms\np50, p95"),
        *("cores a learner:\ntaken, provided",),
    )
    for outcome in outcomes:
        plan, tally, service = outcome.day.plan, outcome.day.tally, outcome.service
        table.add_row(
            f"{plan.peak:g} ({max(there for _, there, _ in outcome.day.present)})",
            f"{plan.hosts} × {plan.cores:g}",
            *(f"{tally.came}", f"{tally.answers_503}", percent(tally.refused, tally.came)),
            *(f"{tally.moved}", f"{tally.lost}"),
            f"{service.rate:.2f}, {service.rate_p1:.2f}",
            f"{100 * service.share_below:.2f} %",
            f"{service.age_p50_ms:.0f}, {service.age_p95_ms:.0f}",
            f"{service.cores:.3f}, {outcome.cores_provided:.2f}",
        )
    return table


def percent(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.2f} %"


def splits_table(splits: Sequence[Split], cores: int) -> Table:
    """A row for each way to split the cores."""
    table = _table(
        f"What {cores} cores carry",
        *("hosts ×\ncores", "places\nof a host", "limited by", "places\nin all"),
        *(
            "most that a\nhost carries",
            "in all",
            "at its places:\nslowest, scores/s",
            "age p95,\nms",
        ),
    )
    for split in splits:
        table.add_row(
            *(f"{split.hosts} × {split.cores:g}", f"{split.places}"),
            "interpreter" if split.by_python else "cores",
            *(f"{split.learners}", f"{split.most}", f"{split.hosts * split.most}"),
            *(f"{split.at_places.slowest:.2f}", f"{split.at_places.age_ms(95):.0f}"),
        )
    return table


def describe_agreement(moments: Sequence[Moment]) -> str:
    """How near the excerpts are to longer ones, and to plain arithmetic."""
    rates = worst_apart([(one.table_rate, one.detailed_rate) for one in moments])
    ages = worst_apart([(one.table_p95_ms, one.detailed_p95_ms) for one in moments])
    steady = worst_apart([(one.steady_rate, one.detailed_rate) for one in moments])
    return (
        f"Agreement at {len(moments)} loads of the last day, those of random moments and an "
        "overload, simulated again five times as long with other chance: rates differ by at most "
        f"{100 * rates:.1f} %, age p95 by {100 * ages:.1f} %. Processor time alone, without "
        f"queues, gives rates that differ by at most {100 * steady:.1f} %."
    )


def comparison_table(comparisons: Sequence[Comparison]) -> Table:
    """A row for each real run."""
    table = _table(
        "Real runs and the simulation of them (real → simulated)",
        *("learners,\nhosts", "slowest,\nscores/s", "agrees", "age p50,\nms", "age p95,\nms"),
        *("agrees", "server's\ncores", "agrees", "places", "agrees"),
    )
    for one in comparisons:
        real, excerpt, agrees = one.real, one.simulated, one.agrees()
        table.add_row(
            f"{real.learners}, {one.hosts}",
            f"{real.slowest:.2f} → {excerpt.slowest:.2f}",
            VERDICT[agrees["rate"]],
            f"{real.age_p50_ms:.0f} → {excerpt.age_ms(50):.0f}",
            f"{real.age_p95_ms:.0f} → {excerpt.age_ms(95):.0f}",
            VERDICT[agrees["age"]],
            f"{real.server_cores:.2f} → {one.cores:.2f}",
            "fitted" if one.fitted else VERDICT[agrees["cores"]],
            f"{'set' if real.places is None else real.places} → {one.places}",
            "" if real.places is None else VERDICT[agrees["places"]],
        )
    return table
