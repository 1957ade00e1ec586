"""Checks the simulation against real runs: the JSON of bench/load.py, or of bench/cluster.py."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.simulation.costs import Costs
from bench.simulation.excerpt import Excerpt, HostLoad, simulate_excerpt
from bench.simulation.places import places_of

LOOKS = 40_000
# How far a simulated figure may be from a real one: rates and processor time as shares, ages in ms
# on top, because those of a machine with other work vary by as much from run to run.
RATE_SHARE, CORES_SHARE, AGE_SHARE, AGE_MS = 0.10, 0.15, 0.30, 25.0
PLACES_SHARE = 0.10  # and one place, because they are whole numbers


class BadRun(ValueError):
    """A file that is not what bench/load.py writes."""


@dataclass(frozen=True, slots=True)
class RealRun:
    """A row of bench/load.py or bench/cluster.py."""

    learners: int
    slowest: float
    age_p50_ms: float
    age_p95_ms: float
    server_cores: float
    other_cores: float  # that the learners took on the same machine
    places: int | None = None  # that the server counted; None: somebody set a number
    hosts: int | None = None  # as bench/cluster.py has it: 1 is one process; None: not said


@dataclass(frozen=True, slots=True)
class Comparison:
    real: RealRun
    simulated: Excerpt
    hosts: int
    fitted: bool  # to this run's processor time, so that it proves less
    places: int  # of all hosts, on what the learners leave of the cores

    @property
    def cores(self) -> float:
        """Of all hosts; some may have a learner less than the one that was simulated."""
        return self.simulated.server_cores / self.simulated.load.learners * self.real.learners

    def agrees(self) -> dict[str, bool]:
        """Which figures are near enough."""
        real, excerpt = self.real, self.simulated
        p95_ms = excerpt.age_ms(95)
        counted = real.places if real.places is not None else self.places
        return {
            "rate": abs(excerpt.slowest - real.slowest) <= RATE_SHARE * real.slowest,
            "age": abs(p95_ms - real.age_p95_ms) <= AGE_SHARE * real.age_p95_ms + AGE_MS,
            "cores": abs(self.cores - real.server_cores) <= CORES_SHARE * real.server_cores,
            "places": abs(self.places - counted) <= max(1, PLACES_SHARE * counted),
        }


def read_runs(path: Path) -> list[RealRun]:
    """The rows that `--json` of bench/load.py or bench/cluster.py wrote.

    :raises BadRun: the file is missing, or holds anything else.
    """
    try:
        rows: Any = json.loads(path.read_text("utf-8"))
        runs = [_run_of(row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadRun(
            f"{path}: expected what `bench/load.py --json` writes, got {type(error).__name__}: "
            f"{error}; run it first"
        ) from error
    if not runs:
        raise BadRun(f"{path}: expected at least one row of bench/load.py, got none")
    return runs


def _run_of(row: Mapping[str, Any]) -> RealRun:
    learners = int(row["learners"])
    each = "server cores a learner"  # as `bench/load.py --light` has it
    return RealRun(
        learners=learners,
        slowest=float(row["scores/s, slowest"]),
        age_p50_ms=float(row["age ms p50"]),
        age_p95_ms=float(row["age ms p95"]),
        server_cores=float(learners * row[each] if each in row else row["server cores"]),
        other_cores=float(row["learners' cores"]),
        places=int(row["places"]) if row.get("refused") else None,
        hosts=max(1, int(row["hosts"])) if "hosts" in row else None,
    )


def fit_costs(costs: Costs, run: RealRun) -> Costs:
    """Costs whose looks take what is left of a run's processor time after packets and decoding.

    Only a run that kept its rate tells what a look takes.
    """
    media = costs.loop_core + costs.decode_core
    look_ms = 1000 * (run.server_cores / run.learners - media) / run.slowest
    if look_ms <= costs.outside_ms:
        raise BadRun(
            "expected a run whose server took more than packets, decoding and what of a look is "
            f"not the network, {media + costs.looks_per_s * costs.outside_ms / 1000:.3f} core a "
            f"learner by {costs.source}; got {run.server_cores / run.learners:.3f}: give --costs "
            "with a smaller loop_core"
        )
    source = f"{costs.source}; looks fitted to a run with {run.learners} learners"
    return replace(costs, source=source, network_ms=look_ms - costs.outside_ms)


def compare_runs(
    costs: Costs, runs: Sequence[RealRun], cores: float, hosts: int, seed: int, *, fitted: bool
) -> list[Comparison]:
    """Simulate what each run did: its learners on so many hosts, which share the machine's cores.

    :param hosts: of a run that does not say it.
    :param fitted: the costs were fitted to the first run.
    """
    comparisons = []
    for number, run in enumerate(runs):
        split = run.hosts or hosts
        learners = -(-run.learners // split)  # of the fullest host
        others = run.other_cores / split
        load = HostLoad(cores / split, learners, other_cores=others, came_together=True)
        excerpt = simulate_excerpt(costs, load, f"{seed} {run}", LOOKS)
        places = split * places_of(costs, max(0.0, cores - run.other_cores) / split)
        comparisons.append(Comparison(run, excerpt, split, fitted and number == 0, places))
    return comparisons
