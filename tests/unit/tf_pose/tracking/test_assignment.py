"""Pairs of known and seen people: as many as possible, and the cheapest of those."""

import math

import pytest

from tf_pose.tracking.assignment import assign

NO = math.inf


@pytest.mark.parametrize(
    ("costs", "pairs"),
    [
        ([], []),
        ([[], []], [None, None]),
        ([[0.2, 0.1], [0.1, 0.9]], [1, 0]),  # greedily, the first would be 0.1 and the rest 0.9
        ([[0.1, NO], [0.2, NO]], [0, None]),
        ([[0.1, 0.9], [0.2, NO]], [1, 0]),  # both rather than the cheapest one
        ([[NO], [0.5]], [None, 0]),
    ],
)
def test_pairs(costs, pairs):
    assert assign(costs) == pairs
