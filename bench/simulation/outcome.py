"""What learners got during a day: every load that a host had, with the excerpt that shows it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from bench.simulation.costs import Costs
from bench.simulation.day import Day
from bench.simulation.excerpt import AGE_BINS_MS, Excerpt, HostLoad, percentile_of, simulate_excerpt
from bench.simulation.hosts import HOUR_S

GOOD_RATE = 4.5  # scores a second below which nobody should fall (issue 16)
GOOD_AGE_MS = 200.0  # of 95 % of the scores (issue 16)
MOST_POINTS = 32  # numbers of learners on a host that are simulated look by look

Progress = Callable[[str, int, int], None]


class LoadTable:
    """Excerpts of one kind of host, each simulated once.

    Of hosts that take more than MOST_POINTS learners not every number is: the next larger one
    stands for it.
    """

    def __init__(self, costs: Costs, cores: float, most: int, seed: int) -> None:
        self._costs, self._cores, self._seed = costs, cores, seed
        self._step = -(-most // MOST_POINTS)
        self._excerpts: dict[HostLoad, Excerpt] = {}

    def excerpt(self, learners: int, slowdown: float) -> Excerpt:
        rounded = -(-learners // self._step) * self._step
        load = HostLoad(self._cores, rounded, slowdown)
        if load not in self._excerpts:
            seed = f"{self._seed} {rounded} {slowdown}"
            self._excerpts[load] = simulate_excerpt(self._costs, load, seed)
        return self._excerpts[load]


@dataclass(frozen=True, slots=True)
class Service:
    """What learners got, over the time that all of them were there."""

    rate: float  # mean
    rate_p1: float  # 1 % of the learners' time was scored less often
    share_below: float  # of the learners' time, at less than GOOD_RATE
    age_p50_ms: float
    age_p95_ms: float
    cores: float  # that a learner takes
    learner_s: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A day with what learners got in it."""

    day: Day
    service: Service
    hours: dict[int, Service]
    cores_provided: float  # for a learner that is there, busy or not


def judge_day(day: Day, table: LoadTable, progress: Progress = lambda *_: None) -> Outcome:
    """Put excerpts to the loads of a day."""
    whole: Counter[tuple[int, float]] = Counter()
    hours: dict[int, Counter[tuple[int, float]]] = defaultdict(Counter)
    for (hour, learners, slowdown), seconds in day.occupancy.items():
        whole[learners, slowdown] += seconds
        hours[hour][learners, slowdown] += seconds
    for done, load in enumerate(sorted(whole)):
        progress("loads, look by look", done, len(whole))
        table.excerpt(*load)
    service = _serve(whole.items(), table)
    provided_s = day.plan.hosts * day.plan.cores * day.plan.hours * HOUR_S
    return Outcome(
        day=day,
        service=service,
        hours={hour: _serve(loads.items(), table) for hour, loads in sorted(hours.items())},
        cores_provided=provided_s / service.learner_s,
    )


def _serve(loads: Iterable[tuple[tuple[int, float], float]], table: LoadTable) -> Service:
    """Sum up excerpts, each for as long as its load lasted: (learners, slowdown), seconds."""
    ages = np.zeros(len(AGE_BINS_MS) - 1)
    rates, weights, learner_s, core_s = [], [], 0.0, 0.0
    for (learners, slowdown), seconds in loads:
        excerpt = table.excerpt(learners, slowdown)
        time_s = learners * seconds
        scores = excerpt.ages.sum()
        if scores:
            ages += excerpt.ages * (time_s * excerpt.rate / scores)
        rates.append(excerpt.rates)
        weights.append(np.full(len(excerpt.rates), time_s / len(excerpt.rates)))
        learner_s += time_s
        core_s += time_s * excerpt.server_cores / excerpt.load.learners
    every, weight = np.concatenate(rates), np.concatenate(weights)
    order = np.argsort(every)
    reached = np.searchsorted(np.cumsum(weight[order]), 0.01 * learner_s)
    return Service(
        rate=float(np.average(every, weights=weight)),
        rate_p1=float(every[order][min(reached, len(every) - 1)]),
        share_below=float(weight[every < GOOD_RATE].sum() / learner_s),
        age_p50_ms=percentile_of(ages, 50),
        age_p95_ms=percentile_of(ages, 95),
        cores=core_s / learner_s,
        learner_s=learner_s,
    )
