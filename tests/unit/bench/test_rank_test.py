"""The rank-sum test that bench/refusals.py decides by."""

import numpy as np
import pytest

from bench.rank_test import adjust, rank_sum_p, ratio_interval


def test_two_series_of_one_distribution_differ_as_often_as_it_says() -> None:
    chance = np.random.default_rng(1)
    found = [
        rank_sum_p(*np.round(chance.lognormal(0, 0.5, (2, 60)), 1))  # with ties
        for _ in range(1000)
    ]
    assert 0.03 < np.mean(np.array(found) < 0.05) < 0.07


def test_a_small_shift_is_found_in_many_values() -> None:
    chance = np.random.default_rng(2)
    a, b = chance.lognormal(0, 0.2, (2, 500))
    assert rank_sum_p(a, b) > 0.01 and rank_sum_p(a, b * 1.06) < 0.001
    low, high = ratio_interval(a, b * 1.06)
    assert 0.85 < low < 1 / 1.06 < high < 1.0


@pytest.mark.parametrize("values", [[1.0] * 20, [3.0, 5.0, 8.0] * 10])
def test_the_same_values_do_not_differ(values: list[float]) -> None:
    assert rank_sum_p(values, values) == 1.0


def test_of_many_small_values_only_the_smallest_stay_small() -> None:
    assert adjust([0.04, 0.001, 0.03]) == pytest.approx([0.06, 0.003, 0.06])
    assert adjust([0.5, 0.6]) == [1.0, 1.0]
