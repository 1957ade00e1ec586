"""What learners got, summed up over the loads of a day."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.simulation.agreement import check_moments, worst_apart
from bench.simulation.day import Day, DayPlan, Tally
from bench.simulation.hosts import HOUR_S
from bench.simulation.outcome import MOST_POINTS, LoadTable, judge_day
from tests.unit.bench.simulation.made_up_costs import COSTS

CORES = 2.0


def day_with(occupancy: dict[tuple[int, int, float], float]) -> Day:
    return Day(DayPlan(10, 3, CORES, hours=2), Tally(), Counter(occupancy), [], {})


def table() -> LoadTable:
    return LoadTable(COSTS, CORES, MOST_POINTS, seed=1)


def test_a_day_with_one_load_is_like_its_excerpt() -> None:
    excerpts = table()
    outcome = judge_day(day_with({(0, 4, 1.0): 100.0}), excerpts)
    excerpt, service = excerpts.excerpt(4, 1.0), outcome.service
    assert service.rate == pytest.approx(excerpt.rate)
    assert service.age_p95_ms == excerpt.age_ms(95)
    assert service.cores == pytest.approx(excerpt.server_cores / 4)
    assert service.learner_s == 400
    assert outcome.cores_provided == pytest.approx(3 * CORES * 2 * HOUR_S / 400)


def test_loads_count_by_the_time_and_the_number_of_their_learners() -> None:
    """20 learners for 10 s, who are scored too seldom, and 4 for 150 s: a quarter of the time."""
    excerpts = table()
    service = judge_day(day_with({(0, 20, 1.0): 10.0, (0, 4, 1.0): 150.0}), excerpts).service
    slow, good = excerpts.excerpt(20, 1.0), excerpts.excerpt(4, 1.0)
    assert slow.rate < 4
    assert service.rate == pytest.approx(0.25 * slow.rate + 0.75 * good.rate)
    assert service.share_below == pytest.approx(0.25)
    assert service.rate_p1 <= slow.rate
    assert good.age_ms(50) <= service.age_p50_ms < slow.age_ms(50)


def test_each_hour_has_figures_of_its_own() -> None:
    outcome = judge_day(day_with({(0, 2, 1.0): 10.0, (1, 20, 1.0): 10.0}), table())
    assert list(outcome.hours) == [0, 1]
    assert outcome.hours[0].share_below == 0
    assert outcome.hours[1].share_below == 1


def test_of_many_numbers_the_next_larger_one_stands_for_all() -> None:
    excerpts = LoadTable(COSTS, 64, 4 * MOST_POINTS, seed=1)
    assert excerpts.excerpt(5, 1.0) is excerpts.excerpt(8, 1.0)
    assert excerpts.excerpt(5, 1.0).load.learners == 8


def test_the_table_agrees_with_longer_excerpts() -> None:
    excerpts = table()
    outcome = judge_day(day_with({(0, 3, 1.0): 10.0, (0, 8, 1.25): 10.0}), excerpts)
    moments = check_moments(outcome, COSTS, excerpts, seed=1)
    assert [moment.load.learners for moment in moments][-1] == 12  # 1.5 times the places
    assert moments[-1].detailed_rate < 4.5
    for moment in moments:
        assert moment.table_rate == pytest.approx(moment.detailed_rate, rel=0.03)
        assert moment.steady_rate == pytest.approx(moment.detailed_rate, rel=0.15)
        assert moment.table_p95_ms == pytest.approx(moment.detailed_p95_ms, rel=0.25)


def test_the_worst_difference_is_a_share() -> None:
    assert worst_apart([(9, 10), (5, 4)]) == pytest.approx(0.25)
