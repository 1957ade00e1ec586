"""How many learners a host takes, by the rule of `max_sessions auto`. Pure."""

from __future__ import annotations

import math

from bench.simulation.costs import Costs

HEADROOM = 0.2  # of the cores that stay free
PYTHON_CORES = 0.9  # of the one core that runs a process's Python; what may run beside it counts


def places_of(
    costs: Costs, cores: float, *, headroom: float = HEADROOM, slowdown: float = 1
) -> int:
    """The learners for whom a host's cores suffice, and its one interpreter; at least one.

    :param slowdown: how many times as long everything takes at the moment: what running sessions
        take corrects the threshold.
    """
    by_cores = (1 - headroom) * cores / (slowdown * costs.learner_core)
    by_python = _places_by_python(costs) / slowdown
    return max(1, math.floor(min(by_cores, by_python) + 1e-9))


def is_limited_by_python(costs: Costs, cores: float) -> bool:
    """Whether more cores would let a host take no more learners."""
    return _places_by_python(costs) < (1 - HEADROOM) * cores / costs.learner_core


def _places_by_python(costs: Costs) -> float:
    python_core = costs.loop_core + costs.looks_per_s * costs.outside_ms / 1000
    return PYTHON_CORES / python_core if python_core else math.inf


def steady_rate(costs: Costs, cores: float, learners: int, slowdown: float = 1) -> float:
    """Scores a second of each learner, from the processor time alone, without waiting."""
    media = learners * slowdown * (costs.loop_core + costs.decode_core)
    by_cores = (cores - media) / (learners * slowdown * costs.look_ms / 1000)
    rates = [costs.looks_per_s, by_cores]
    if costs.python_ms:
        loop = learners * slowdown * costs.loop_core
        rates.append((1 - loop) / (learners * slowdown * costs.python_ms / 1000))
    return max(0.0, min(rates))
