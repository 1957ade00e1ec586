"""How many learners a host takes, as `max_sessions auto` computes it from costs. Pure."""

from __future__ import annotations

import math

from bench.simulation.costs import Costs

HEADROOM = 0.15  # of the cores and of the interpreter that is kept free


def places_of(
    costs: Costs, cores: float, *, headroom: float = HEADROOM, slowdown: float = 1
) -> int:
    """The learners for whom a host's cores and its one interpreter suffice, at least one.

    :param slowdown: how many times as long everything takes at the moment: what running sessions
        take corrects the threshold.
    """
    share = (1 - headroom) / slowdown
    by_cores = share * cores / costs.learner_core
    by_interpreter = share / costs.interpreter_core if costs.interpreter_core else math.inf
    return max(1, math.floor(min(by_cores, by_interpreter) + 1e-9))


def is_limited_by_interpreter(costs: Costs, cores: float) -> bool:
    """Whether more cores would let a host take no more learners."""
    return costs.interpreter_core * cores > costs.learner_core


def steady_rate(costs: Costs, cores: float, learners: int, slowdown: float = 1) -> float:
    """Scores a second of each learner, from the processor time alone, without waiting."""
    media = learners * slowdown * (costs.loop_core + costs.decode_core)
    by_cores = (cores - media) / (learners * slowdown * costs.look_ms / 1000)
    rates = [costs.looks_per_s, by_cores]
    if costs.python_ms:
        loop = learners * slowdown * costs.loop_core
        rates.append((1 - loop) / (learners * slowdown * costs.python_ms / 1000))
    return max(0.0, min(rates))
