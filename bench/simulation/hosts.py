"""The hosts of a cluster, as its front sees them: places, load, failures, drains."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import simpy

from bench.simulation.costs import Costs
from bench.simulation.places import places_of

STALE_S = 3.0  # a host that has said nothing for so long gets nobody (it says its load each second)
HOUR_S = 3600.0

# (hour, learners on a host, slowdown) → seconds that hosts spent so.
Occupancy = Counter[tuple[int, int, float]]


@dataclass(eq=False, slots=True)
class SessionHost:
    """One process with its cores; `learners` are the SimPy processes of those who are there."""

    number: int
    places: int
    is_alive: bool = True
    is_draining: bool = False
    slowdown: float = 1.0
    since_s: float = 0.0
    learners: dict[simpy.Process, None] = field(default_factory=dict)  # in their order
    on_empty: simpy.Event | None = None


class Hosts:
    """All hosts of one kind; placement goes to the one of which the least share is taken.

    The front knows every host's load: between two reports it counts those whom it has placed.
    """

    def __init__(self, env: simpy.Environment, costs: Costs, count: int, cores: float) -> None:
        self.occupancy: Occupancy = Counter()
        self.present = 0
        self._env, self._costs, self._cores = env, costs, cores
        places = places_of(costs, cores)
        self.all = [SessionHost(number, places) for number in range(count)]
        self._shares = np.zeros(count)  # taken, 0..1; infinite: takes nobody

    def find(self) -> SessionHost | None:
        """The host for a newcomer; None if all places are taken.

        It may have died a moment ago: until it is stale, the front does not know.
        """
        number = int(np.argmin(self._shares))
        return self.all[number] if self._shares[number] < 1 else None

    def enter(self, host: SessionHost, learner: simpy.Process) -> None:
        self._account(host)
        host.learners[learner] = None
        self.present += 1
        self._update(host)

    def leave(self, host: SessionHost, learner: simpy.Process) -> None:
        self._account(host)
        del host.learners[learner]
        self.present -= 1
        self._update(host)
        if not host.learners and host.on_empty is not None:
            host.on_empty.succeed()
            host.on_empty = None

    def set_slowdown(self, host: SessionHost, slowdown: float) -> None:
        """Others begin or stop to disturb a host; its threshold follows what sessions take."""
        self._account(host)
        host.slowdown = slowdown
        host.places = places_of(self._costs, self._cores, slowdown=slowdown)
        self._update(host)

    def set_draining(self, host: SessionHost, draining: bool) -> None:
        host.is_draining = draining
        self._update(host)

    def kill(self, host: SessionHost) -> list[simpy.Process]:
        """End a host at once; return those who were there.

        Until the host is stale, the front goes by the load that it last said.
        """
        share = self._shares[host.number]
        for learner in (ended := list(host.learners)):
            self.leave(host, learner)
        host.is_alive = False
        self._shares[host.number] = share
        return ended

    def on_stale(self, host: SessionHost) -> None:
        """The front has not heard of a host for too long, if that is dead."""
        self._update(host)

    def revive(self, host: SessionHost) -> None:
        host.is_alive = True
        self._update(host)

    def places(self) -> int:
        """Of hosts that take somebody."""
        return sum(host.places for host in self.all if host.is_alive and not host.is_draining)

    def finish(self) -> None:
        """Account for the time up to now."""
        for host in self.all:
            self._account(host)

    def _update(self, host: SessionHost) -> None:
        takes = host.is_alive and not host.is_draining
        self._shares[host.number] = len(host.learners) / host.places if takes else np.inf

    def _account(self, host: SessionHost) -> None:
        """Add the time since a host's last change, split by full hours."""
        now_s, learners = self._env.now, len(host.learners)
        while host.since_s < now_s:
            hour = int(host.since_s // HOUR_S)
            until_s = min(now_s, (hour + 1) * HOUR_S)
            if learners:
                self.occupancy[hour, learners, host.slowdown] += until_s - host.since_s
            host.since_s = until_s
