"""One host, look by look."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.simulation.costs import Costs
from bench.simulation.excerpt import (
    PACKETS_PER_S,
    Excerpt,
    HostLoad,
    loop_wait_s,
    percentile_of,
    simulate_excerpt,
)
from bench.simulation.places import steady_rate

COSTS = Costs(
    source="made up",
    loop_core=0.02,
    decode_core=0.01,
    network_ms=20,
    outside_ms=1,
    python_share=1,
    variation=0.0,
    delivery_spread_ms=0.0,
)
LOOKS = 2000


def excerpt_of(cores: float, learners: int, costs: Costs = COSTS, **load: float) -> Excerpt:
    return simulate_excerpt(costs, HostLoad(cores, learners, **load), "a seed", LOOKS)


def test_a_quiet_host_scores_everybody_on_time() -> None:
    excerpt = excerpt_of(4, 3)
    assert excerpt.rates == pytest.approx(5.0, abs=0.02)
    assert (excerpt.missed, excerpt.too_old) == (0, 0)
    alone_ms = COSTS.delivery_ms + COSTS.look_ms
    assert alone_ms <= excerpt.age_ms(50) < alone_ms + 5


@pytest.mark.parametrize("python_share", [0.0, 0.5, 1.0])
def test_a_host_takes_what_its_learners_cost(python_share: float) -> None:
    costs = replace(COSTS, outside_ms=10, python_share=python_share)
    excerpt = excerpt_of(4, 6, costs)
    assert excerpt.server_cores == pytest.approx(6 * costs.learner_core, rel=0.02)


def test_under_overload_the_rate_of_all_falls_alike() -> None:
    excerpt = excerpt_of(2, 25)
    assert excerpt.rate == pytest.approx(steady_rate(COSTS, 2, 25), rel=0.05)
    assert excerpt.rate < 3
    assert excerpt.slowest > 0.9 * excerpt.rate
    assert excerpt.missed > 0
    assert excerpt.server_cores == pytest.approx(2.0, rel=0.02)


def test_other_programs_take_cores_from_looks() -> None:
    assert excerpt_of(2, 12).rate == pytest.approx(5.0, abs=0.02)
    assert excerpt_of(2, 12, other_cores=1.0).rate < 3


def test_what_disturbs_makes_everything_slower() -> None:
    quiet, disturbed = excerpt_of(4, 6), excerpt_of(4, 6, slowdown=1.5)
    assert disturbed.age_ms(50) == pytest.approx(quiet.age_ms(50) + COSTS.look_ms / 2, abs=5)
    assert disturbed.server_cores == pytest.approx(1.5 * quiet.server_cores, rel=0.02)


def test_one_interpreter_is_a_limit_that_no_core_lifts() -> None:
    slow = replace(COSTS, outside_ms=10)
    rates = {cores: excerpt_of(cores, 18, slow).rate for cores in (8, 32)}
    assert rates[32] == pytest.approx(rates[8], rel=0.02)
    assert rates[32] == pytest.approx(steady_rate(slow, 32, 18), rel=0.1)
    assert rates[32] < 4


def test_of_frames_that_are_too_old_only_each_sixth_is_looked_at() -> None:
    excerpt = excerpt_of(1, 1, replace(COSTS, network_ms=600))
    assert excerpt.too_old == pytest.approx(5 * excerpt.ages.sum(), rel=0.3)


def test_the_newest_frame_is_looked_at_however_long_a_learner_waited() -> None:
    excerpt = excerpt_of(1, 20)
    turn_ms = 20 * COSTS.look_ms / 0.4  # of all others, with what packets leave of the core
    assert excerpt.age_ms(99) < turn_ms / 2


def test_what_is_late_is_looked_at_in_a_frame_that_came_before() -> None:
    """With more frames a second it came later, by half of the time between two."""
    seldom, often = (
        excerpt_of(2, 25, replace(COSTS, frames_per_s=frames)) for frames in (10.0, 1000.0)
    )
    assert seldom.age_ms(50) == pytest.approx(often.age_ms(50) + 50, abs=15)


def test_the_same_seed_gives_the_same_excerpt() -> None:
    load = HostLoad(2, 5)
    one, same, other = (simulate_excerpt(COSTS, load, seed, LOOKS) for seed in ("a", "a", "b"))
    assert np.array_equal(one.rates, same.rates)
    assert not np.array_equal(one.rates, other.rates)


def test_packets_wait_for_the_loop_as_in_an_m_d_1_queue() -> None:
    load = HostLoad(4, 30)  # of one core, 0.6
    packet_s = COSTS.loop_core / PACKETS_PER_S
    expected_s = packet_s * 0.6 / (2 * (1 - 0.6))
    assert loop_wait_s(replace(COSTS, outside_ms=0), load) == pytest.approx(expected_s)
    assert loop_wait_s(COSTS, load) > 2 * expected_s  # looks hold the interpreter for longer


def test_percentiles_of_a_histogram() -> None:
    ages = np.zeros(4000)
    ages[[10, 20, 30]] = 50, 45, 5
    assert [percentile_of(ages, percent) for percent in (50, 95, 99)] == [10, 20, 30]
    assert np.isnan(percentile_of(np.zeros(4000), 50))
