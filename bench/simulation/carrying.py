"""What a number of cores carries, as one process or split among several."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bench.simulation.costs import Costs
from bench.simulation.excerpt import Excerpt, HostLoad, simulate_excerpt
from bench.simulation.outcome import GOOD_AGE_MS, GOOD_RATE, Progress
from bench.simulation.places import is_limited_by_python, places_of

LOOKS = 4000  # of an excerpt in the search for the most learners


@dataclass(frozen=True, slots=True)
class Split:
    """The cores as so many hosts, each with an event loop of its own."""

    hosts: int
    cores: float  # of a host
    places: int  # of a host, by costs and headroom
    most: int  # that a host carries before somebody is served badly
    at_places: Excerpt
    by_python: bool  # what limits the places

    @property
    def learners(self) -> int:
        """Of all hosts, by their places."""
        return self.hosts * self.places


def is_good(excerpt: Excerpt) -> bool:
    """Whether everybody is scored often enough, and soon enough."""
    return excerpt.slowest >= GOOD_RATE and excerpt.age_ms(95) <= GOOD_AGE_MS


def split_cores(
    costs: Costs, cores: int, seed: int, progress: Progress = lambda *_: None
) -> list[Split]:
    """Split cores into 1, 2, 4 … hosts, down to a core each, and look at each look by look."""
    counts = [2**power for power in range(int(math.log2(cores)) + 1)]
    splits = []
    for done, hosts in enumerate(counts):
        progress(f"what {cores} cores carry", done, len(counts))
        each = cores / hosts
        places = places_of(costs, each)
        splits.append(
            Split(
                hosts=hosts,
                cores=each,
                places=places,
                most=find_most(costs, each, seed),
                at_places=simulate_excerpt(costs, HostLoad(each, places), f"{seed} at places"),
                by_python=is_limited_by_python(costs, each),
            )
        )
    return splits


def find_most(costs: Costs, cores: float, seed: int) -> int:
    """The most learners of whom all are served well, by bisection; 0 if not even one is."""
    good, bad = 0, 2 * places_of(costs, cores, headroom=0) + 2
    while bad - good > 1:
        learners = (good + bad) // 2
        load = HostLoad(cores, learners)
        excerpt = simulate_excerpt(costs, load, f"{seed} most {learners}", LOOKS)
        good, bad = (learners, bad) if is_good(excerpt) else (good, learners)
    return good


def describe_splits(splits: list[Split], cores: int) -> str:
    """The answer to what so many cores carry, as a sentence or two."""
    best = max(splits, key=lambda split: (split.learners, -split.hosts))
    one = splits[0]
    answer = (
        f"{cores} {'cores carry' if cores > 1 else 'core carries'} {best.learners} learners at "
        f"once, as {_hosts(best)} ({best.cores:g} cores and {best.places} places each)."
    )
    if best is one:
        return answer
    why = "its one interpreter is the limit, not the cores" if one.by_python else "the cores"
    return f"{answer} One process on all {cores} carries {one.places}: {why}."


def _hosts(split: Split) -> str:
    return f"{split.hosts} hosts" if split.hosts > 1 else "one host"
