"""Who of those who are seen is who of those who are known: the best pairs of all. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

Costs = Sequence[Sequence[float]]  # of each known one with each seen one; infinite: impossible


def assign(costs: Costs) -> list[int | None]:
    """For each known one the index of the seen one that they are; None for those not seen.

    As many as possible are paired, and of all ways to do so the one that costs least is taken, so
    that two people who look for the same place do not depend on who is asked first. Every way is
    tried: meant for at most four known ones and a dozen seen ones.
    """
    return list(_assign(costs, 0, frozenset())[2])


def _assign(
    costs: Costs, row: int, taken: frozenset[int]
) -> tuple[int, float, tuple[int | None, ...]]:
    """How many of the rows from `row` on are left unpaired, what the pairs cost, and the pairs."""
    if row == len(costs):
        return 0, 0.0, ()
    unpaired, cost, pairs = _assign(costs, row + 1, taken)
    best: tuple[int, float, tuple[int | None, ...]] = (unpaired + 1, cost, (None, *pairs))
    for column, own_cost in enumerate(costs[row]):
        if column in taken or not math.isfinite(own_cost):
            continue
        unpaired, cost, pairs = _assign(costs, row + 1, taken | {column})
        if (unpaired, own_cost + cost) < best[:2]:
            best = (unpaired, own_cost + cost, (column, *pairs))
    return best
