"""Gives the figures of a simulation in plain values, for other programs to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bench.simulation.agreement import Moment
from bench.simulation.carrying import Split
from bench.simulation.comparison import Comparison
from bench.simulation.costs import Costs
from bench.simulation.excerpt import Excerpt
from bench.simulation.outcome import Outcome


def days_json(
    costs: Costs, seed: int, outcomes: Sequence[Outcome], moments: Sequence[Moment]
) -> dict[str, Any]:
    """Everything about the days."""
    return {
        "costs": asdict(costs),
        "seed": seed,
        "days": [_day(outcome) for outcome in outcomes],
        "agreement": [asdict(moment) for moment in moments],
    }


def _day(outcome: Outcome) -> dict[str, Any]:
    day = outcome.day
    return {
        "plan": asdict(day.plan),
        "learners": asdict(day.tally),
        "service": asdict(outcome.service),
        "hours": {hour: asdict(service) for hour, service in outcome.hours.items()},
        "cores_provided": outcome.cores_provided,
        "present": [
            {"at_s": at_s, "learners": learners, "places": places}
            for at_s, learners, places in day.present
        ],
        "refused_per_hour": day.refused_per_hour,
    }


def splits_json(splits: Sequence[Split]) -> list[dict[str, Any]]:
    """Everything about the ways to split cores."""
    return [
        {
            "hosts": split.hosts,
            "cores": split.cores,
            "places": split.places,
            "most": split.most,
            "limited_by": "interpreter" if split.by_python else "cores",
            "at_places": _excerpt(split.at_places),
        }
        for split in splits
    ]


def comparisons_json(comparisons: Sequence[Comparison]) -> list[dict[str, Any]]:
    """Real runs, each with its simulation."""
    return [
        {
            "real": asdict(one.real),
            "hosts": one.hosts,
            "simulated": {
                **_excerpt(one.simulated),
                "server_cores": one.cores,
                "places": one.places,
            },
            "agrees": one.agrees(),
            "fitted": one.fitted,
        }
        for one in comparisons
    ]


def _excerpt(excerpt: Excerpt) -> dict[str, Any]:
    return {
        "learners": excerpt.load.learners,
        "rate": excerpt.rate,
        "slowest": excerpt.slowest,
        "age_p50_ms": excerpt.age_ms(50),
        "age_p95_ms": excerpt.age_ms(95),
        "too_old": excerpt.too_old,
        "missed": excerpt.missed,
        "server_cores": excerpt.server_cores,
    }
