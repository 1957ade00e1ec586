"""Simulates days of a cluster, from what a learner was measured to cost (SimPy).

    python bench/simulate.py                                # 10 to 1000 learners, 32 cores
    python bench/simulate.py --learners-peak 10000 --hosts auto:2 --plot day.png
    python bench/simulate.py --learners-peak 100 --hosts 8x4 --failures-per-day 5 --drain 14
    python bench/simulate.py --costs aim --cores 64         # if a learner cost what is aimed at
    python bench/load.py --learners 5 10 --json run.json
    python bench/simulate.py --compare run.json --fit       # against a real run, on this machine
    python bench/load.py --light --workers 2 --learners 4 8 14 --json run.json
    python bench/simulate.py --compare run.json --fit --run-hosts 2       # with two session hosts
    python bench/cluster.py --fill --json run.json
    python bench/simulate.py --compare run.json --fit     # two hosts, by what one process costs

Learners come by the curve of a day, stay for some lessons, and are placed as the front does it: on
the host of which the least share of places is taken. When all are taken they get 503, try again
after Retry-After, and give up at last. Hosts die, are drained and restarted, and are disturbed by
other programs. The loads that hosts had are then looked at in detail, look by look: in turns of a
worker for each core, with one interpreter in each process.

It prints who was refused, moved or lost, how often learners were scored and how late, and the cores
that a learner takes. The same seed gives the same figures. docs/performance.md ("Beyond one
machine") lists every assumption with its source.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.simulation import json_report, report_tables
from bench.simulation.agreement import Moment, check_moments
from bench.simulation.carrying import Split, describe_splits, split_cores
from bench.simulation.comparison import BadRun, compare_runs, fit_costs, read_runs
from bench.simulation.costs import PRESETS, BadCosts, Costs, load_costs
from bench.simulation.day import DayPlan, simulate_day
from bench.simulation.fleet import BadFleet, Fleet, parse_fleet
from bench.simulation.outcome import LoadTable, Outcome, judge_day
from bench.simulation.places import places_of
from rtc_server.progress import Progress, show_progress


def main() -> int:
    args = _parser().parse_args()
    console = report_tables.open_console()
    try:
        costs = load_costs(args.costs)
        fleets = [parse_fleet(text) for text in args.hosts]
        report = _compare(args, costs) if args.compare else _simulate(args, costs, fleets)
    except (BadCosts, BadFleet, BadRun) as error:
        print(error, file=sys.stderr)
        return 2
    for part in report["shown"]:
        console.print(part)
        console.print()
    if args.json:
        args.json.write_text(json.dumps(report["json"], indent=1))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    names = ", ".join(PRESETS)
    add("--costs", default="epyc-int8", help=f"{names}, or a JSON file (default: epyc-int8)")
    add(
        "--learners-peak",
        type=float,
        nargs="+",
        default=[10, 100, 1000],
        metavar="N",
        help="learners at the busiest hour, a day for each (default: 10 100 1000)",
    )
    add(
        "--hosts",
        nargs="+",
        default=["auto:2"],
        metavar="NxC",
        help="N hosts of C cores, as 8x4; auto:C: as many as the peak needs and one more\n"
        "(default: auto:2). Several: a day for each",
    )
    add("--hours", type=float, default=24.0, help="for how long learners come (default: 24)")
    add("--failures-per-day", type=float, default=2.0, help="of all hosts together (default: 2)")
    add("--drain", type=float, metavar="HOUR", help="a rolling restart of all hosts begins then")
    add("--cores", type=int, default=32, help="also print what so many cores carry (default: 32)")
    add("--seed", type=int, default=1)
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    add("--plot", type=Path, metavar="OUT.png", help="also plot the last day")
    add("--compare", type=Path, metavar="RUN", help="compare with the JSON of bench/load.py")
    real = parser.add_argument_group("the real run (--compare)")
    real.add_argument("--run-cores", type=float, default=2, help="of its machine (default: 2)")
    real.add_argument(
        "--run-hosts", type=int, default=1, help="its session hosts, unless it says so (default: 1)"
    )
    real.add_argument(
        "--fit", action="store_true", help="take what a look costs from the run's first row"
    )
    return parser


def _simulate(args: argparse.Namespace, costs: Costs, fleets: list[Fleet]) -> dict[str, Any]:
    """Simulate all days and the split of the cores; return what is shown and what is written."""
    outcomes: list[Outcome] = []
    moments: list[Moment] = []
    with show_progress() as progress:
        for peak in args.learners_peak:
            for fleet in fleets:
                outcome, moments = _one_day(_plan(args, costs, peak, fleet), costs, args, progress)
                outcomes.append(outcome)
        splits = split_cores(costs, args.cores, args.seed, progress)
    if args.plot:
        from bench.simulation.day_plot import plot_day

        plot_day(args.plot, outcomes[-1], splits)
    return {
        "shown": _shown(costs, outcomes, moments, splits, args.cores),
        "json": {
            **json_report.days_json(costs, args.seed, outcomes, moments),
            "cores": args.cores,
            "splits": json_report.splits_json(splits),
        },
    }


def _shown(
    costs: Costs, outcomes: list[Outcome], moments: list[Moment], splits: list[Split], cores: int
) -> list[Any]:
    return [
        report_tables.describe_costs(costs),
        report_tables.days_table(outcomes),
        report_tables.describe_agreement(moments),
        report_tables.splits_table(splits, cores),
        describe_splits(splits, cores),
    ]


def _plan(args: argparse.Namespace, costs: Costs, peak: float, fleet: Fleet) -> DayPlan:
    return DayPlan(
        peak=peak,
        hosts=fleet.count(costs, peak),
        cores=fleet.cores,
        hours=args.hours,
        failures_per_day=args.failures_per_day,
        drain_at_h=args.drain,
    )


def _one_day(
    plan: DayPlan, costs: Costs, args: argparse.Namespace, progress: Progress
) -> tuple[Outcome, list[Moment]]:
    name = f"{plan.peak:g} learners, {plan.hosts}x{plan.cores:g}"
    day = simulate_day(plan, costs, args.seed, lambda done, of: progress(name, done, of))
    table = LoadTable(costs, plan.cores, places_of(costs, plan.cores), args.seed)
    outcome = judge_day(day, table, lambda what, *n: progress(f"{name}: {what}", *n))
    return outcome, check_moments(outcome, costs, table, args.seed)


def _compare(args: argparse.Namespace, costs: Costs) -> dict[str, Any]:
    """Simulate what real runs did; return what is shown and what is written."""
    runs = read_runs(args.compare)
    if args.fit:
        costs = fit_costs(costs, runs[0])
    comparisons = compare_runs(
        *(costs, runs, args.run_cores, args.run_hosts, args.seed), fitted=args.fit
    )
    return {
        "shown": [
            report_tables.describe_costs(costs),
            report_tables.comparison_table(comparisons),
        ],
        "json": json_report.comparisons_json(comparisons),
    }


if __name__ == "__main__":
    sys.exit(main())
