"""A day of a cluster: nobody is forgotten, and its figures are those of queueing theory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.simulation.arrivals import Stays
from bench.simulation.day import Day, DayPlan, simulate_day
from bench.simulation.hosts import HOUR_S
from bench.simulation.places import places_of
from tests.unit.bench.simulation.made_up_costs import COSTS

CONSTANT = (1.0,)
QUIET = DayPlan(
    peak=30, hosts=4, cores=2, hours=6, disturbed_share=0.0, curve=CONSTANT, stays=Stays(lessons=1)
)
PLACES = places_of(COSTS, 2)
BUSY = replace(
    QUIET, failures_per_day=200, drain_at_h=2, disturbed_share=0.2, drain_share=0.5, repair_s=300
)


def learner_s(day: Day) -> float:
    return sum(learners * seconds for (_, learners, _), seconds in day.occupancy.items())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_learner_ends_exactly_once(seed: int) -> None:
    day = simulate_day(replace(BUSY, peak=45), COSTS, seed)
    tally = day.tally
    assert min(tally.served, tally.refused, tally.moved, tally.failures) > 0
    assert tally.served + tally.refused + tally.lost == tally.came
    assert sum(day.refused_per_hour.values()) == tally.refused


def test_learners_there_are_those_who_come_times_how_long_they_stay() -> None:
    """Little's law, with what hosts counted on one side and what learners did on the other."""
    day = simulate_day(BUSY, COSTS, 1)
    assert learner_s(day) == pytest.approx(day.tally.stayed_s)
    served = simulate_day(replace(QUIET, hosts=20), COSTS, 1)
    mean_s = served.tally.stayed_s / served.tally.came
    assert mean_s == pytest.approx(QUIET.stays.mean_s(), rel=0.05)


def test_refusals_are_those_of_erlangs_formula() -> None:
    """Without retries a cluster is an M/G/c/c queue, however long learners stay."""
    plan = replace(QUIET, peak=8.0, hosts=2, cores=1, hours=400, retries=0)
    places = 2 * places_of(COSTS, 1)
    blocked = 1.0
    for servers in range(1, places + 1):
        blocked = plan.peak * blocked / (servers + plan.peak * blocked)
    tally = simulate_day(plan, COSTS, 1).tally
    assert places == 8
    assert tally.refused / tally.came == pytest.approx(blocked, rel=0.07)


def test_no_host_takes_more_than_its_places() -> None:
    day = simulate_day(replace(QUIET, peak=60), COSTS, 1)
    assert max(learners for _, learners, _ in day.occupancy) == PLACES
    assert max(there for _, there, _ in day.present) <= 4 * PLACES
    assert day.tally.refused > 0


def test_learners_are_spread_evenly() -> None:
    day = simulate_day(replace(QUIET, peak=12, hosts=4), COSTS, 1)
    at_most = max(there for _, there, _ in day.present)
    assert max(learners for _, learners, _ in day.occupancy) < at_most / 2


def test_who_comes_again_after_a_503_is_refused_less_often() -> None:
    full = replace(QUIET, peak=40)
    patient, impatient = (
        simulate_day(replace(full, retries=retries), COSTS, 1).tally for retries in (6, 0)
    )
    assert patient.refused / patient.came < impatient.refused / impatient.came
    assert impatient.answers_503 == impatient.refused


def test_learners_of_a_host_that_dies_are_back_within_5_s() -> None:
    tally = simulate_day(replace(QUIET, peak=12, failures_per_day=200), COSTS, 1).tally
    assert tally.failures > 20
    assert tally.moved > tally.failures / 2
    assert 0 < tally.longest_move_s <= 5
    assert tally.lost == 0


def test_learners_of_the_only_host_are_lost_when_it_dies() -> None:
    plan = replace(QUIET, peak=5, hosts=1, failures_per_day=100, repair_s=60)
    tally = simulate_day(plan, COSTS, 1).tally
    assert tally.lost > 0
    assert tally.moved == 0


def test_a_rolling_restart_loses_nobody() -> None:
    day = simulate_day(replace(QUIET, peak=10, drain_at_h=2.0), COSTS, 1)
    assert day.tally.restarts == QUIET.hosts
    assert (day.tally.lost, day.tally.refused) == (0, 0)
    places = [places for at_s, _, places in day.present if at_s > 2 * HOUR_S]
    assert min(places) == (QUIET.hosts - 1) * PLACES  # one after the other
    assert places[-1] == QUIET.hosts * PLACES


def test_a_host_that_is_disturbed_takes_fewer_learners() -> None:
    day = simulate_day(replace(QUIET, peak=60, disturbed_share=0.3), COSTS, 1)
    slowdowns = {slowdown for _, _, slowdown in day.occupancy}
    assert slowdowns == {1.0, QUIET.slowdown}
    assert min(places for _, _, places in day.present) < QUIET.hosts * PLACES


def test_the_same_seed_gives_the_same_day() -> None:
    one, same, other = (simulate_day(BUSY, COSTS, seed) for seed in (5, 5, 6))
    assert (one.tally, one.occupancy, one.present) == (same.tally, same.occupancy, same.present)
    assert one.tally != other.tally
