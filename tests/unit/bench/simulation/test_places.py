"""How many learners a host takes."""

from __future__ import annotations

import pytest

from bench.simulation.places import is_limited_by_python, places_of, steady_rate
from tests.unit.bench.simulation.made_up_costs import COSTS


def test_few_cores_limit_a_host() -> None:
    assert places_of(COSTS, 2, headroom=0) == 10
    assert places_of(COSTS, 2, headroom=0.2) == 8
    assert not is_limited_by_python(COSTS, 2)


def test_the_interpreter_limits_a_host_with_many_cores() -> None:
    assert places_of(COSTS, 32, headroom=0) == places_of(COSTS, 64, headroom=0) == 22
    assert is_limited_by_python(COSTS, 32)


def test_a_host_that_is_disturbed_takes_fewer() -> None:
    assert places_of(COSTS, 2, headroom=0, slowdown=1.25) == 8


def test_even_the_smallest_host_takes_one() -> None:
    assert places_of(COSTS, 0.1) == 1


@pytest.mark.parametrize(
    ("cores", "learners", "rate"),
    [
        (2, 10, 5.0),  # 0.5 of packets and decoding, 1.5 for looks of 30 ms
        (2, 20, 1 / 0.6),  # 1.0 is left
        (2, 40, 0.0),
        (32, 30, 0.1 / 0.06),  # of the interpreter, packets leave 0.1
    ],
)
def test_the_rate_is_what_the_processor_time_allows(
    cores: float, learners: int, rate: float
) -> None:
    assert steady_rate(COSTS, cores, learners) == pytest.approx(rate)
