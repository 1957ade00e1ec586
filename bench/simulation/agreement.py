"""Checks the excerpts that judged a day: against longer ones, and against plain arithmetic."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.simulation.costs import Costs
from bench.simulation.excerpt import HostLoad, simulate_excerpt
from bench.simulation.outcome import LoadTable, Outcome
from bench.simulation.places import places_of, steady_rate

MOMENTS = 6
LOOKS = 80_000
OVERLOAD = 1.5  # times the places


@dataclass(frozen=True, slots=True)
class Moment:
    """A host's load, as the table has it and as it is in detail."""

    load: HostLoad
    table_rate: float
    detailed_rate: float
    steady_rate: float  # from the processor time alone
    table_p95_ms: float
    detailed_p95_ms: float


def check_moments(outcome: Outcome, costs: Costs, table: LoadTable, seed: int) -> list[Moment]:
    """Simulate the loads of random moments, and an overload, again: longer, with other chance."""
    loads: Counter[tuple[int, float]] = Counter()
    for (_, learners, slowdown), seconds in outcome.day.occupancy.items():
        loads[learners, slowdown] += learners * seconds
    rng = random.Random(f"{seed} moments")
    names = sorted(loads)
    drawn = rng.choices(names, [loads[name] for name in names], k=MOMENTS)
    cores = outcome.day.plan.cores
    moments = []
    for learners, slowdown in [*sorted(set(drawn)), (int(OVERLOAD * places_of(costs, cores)), 1.0)]:
        load = HostLoad(cores, learners, slowdown)
        known = table.excerpt(learners, slowdown)
        excerpt = simulate_excerpt(costs, load, f"{seed} again {learners} {slowdown}", LOOKS)
        moments.append(
            Moment(
                load=load,
                table_rate=known.rate,
                detailed_rate=excerpt.rate,
                steady_rate=steady_rate(costs, load.cores, learners, slowdown),
                table_p95_ms=known.age_ms(95),
                detailed_p95_ms=excerpt.age_ms(95),
            )
        )
    return moments


def worst_apart(pairs: Sequence[tuple[float, float]]) -> float:
    """The largest difference of two figures, as a share of the second."""
    return max(abs(one - other) / other for one, other in pairs)
