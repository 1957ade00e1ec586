"""A day of a cluster: learners come, are placed or refused, stay, and are moved when hosts die."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import simpy

from bench.simulation.arrivals import DAY_CURVE, Stays, arrivals_s
from bench.simulation.costs import Costs
from bench.simulation.hosts import HOUR_S, STALE_S, Hosts, Occupancy, SessionHost

Waiting = Generator[simpy.Event, Any, Any]
RETRY_AFTER_S = 5.0  # of a 503 (rtc_server/http/errors.py)
RETRIES = 3  # assumed: so often somebody tries again who was told that it is full
RETRY_JITTER_S = 2.0  # people do not click at the same moment
# A learner whose host died tries after these pauses, the first of the page
# (web/js/connection/retry_schedule.js) as far as they end within 5 s; then it counts as lost.
BACK_PAUSES_S = (1.0, 2.0, 2.0)
MONITOR_S = 60.0


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What happens to a cluster in a day, apart from chance."""

    peak: float  # learners who would be there on average at the busiest hour, were all admitted
    hosts: int
    cores: float  # of a host
    hours: float = 24.0
    failures_per_day: float = 0.0  # of all hosts together
    repair_s: float = 120.0
    drain_at_h: float | None = None  # when a rolling restart of all hosts begins
    drain_share: float = 0.1  # of the hosts that restart at the same time; one at least
    restart_s: float = 30.0
    disturbed_share: float = 0.05  # of the time in which others disturb a host
    disturbed_s: float = 300.0  # mean length of that
    slowdown: float = 1.25
    stays: Stays = field(default_factory=Stays)
    curve: Sequence[float] = DAY_CURVE
    retries: int = RETRIES


@dataclass(slots=True)
class Tally:
    """What became of the learners; each ends once, as served, refused or lost."""

    came: int = 0
    served: int = 0
    refused: int = 0  # still full at the last try
    lost: int = 0  # the host died, and no other had a place within 5 s
    answers_503: int = 0
    moved: int = 0  # to another host after one died
    longest_move_s: float = 0.0
    failures: int = 0
    restarts: int = 0
    stayed_s: float = 0.0  # of all learners, on hosts

    def ended(self) -> int:
        return self.served + self.refused + self.lost


@dataclass(frozen=True, slots=True)
class Day:
    """What a day was like."""

    plan: DayPlan
    tally: Tally
    occupancy: Occupancy
    present: list[tuple[float, int, int]]  # each minute: s, learners, places
    refused_per_hour: dict[int, int]


def simulate_day(
    plan: DayPlan, costs: Costs, seed: int, progress: Callable[[int, int], None] = lambda *_: None
) -> Day:
    """Simulate until the last learner of the day has left.

    :param progress: is called with the minutes that are done, and with all.
    """
    cluster = _Cluster(plan, costs, seed, progress)
    cluster.env.run(until=cluster.ended)
    cluster.hosts.finish()
    return Day(
        *(plan, cluster.tally, cluster.hosts.occupancy),
        *(cluster.present, cluster.refused_per_hour),
    )


class _Cluster:
    """The processes of a day; each has random numbers of its own, so that plans can be compared."""

    def __init__(
        self, plan: DayPlan, costs: Costs, seed: int, progress: Callable[[int, int], None]
    ) -> None:
        self.env = simpy.Environment()
        self.hosts = Hosts(self.env, costs, plan.hosts, plan.cores)
        self.tally = Tally()
        self.present: list[tuple[float, int, int]] = []
        self.refused_per_hour: dict[int, int] = {}
        self.ended = self.env.event()
        self._plan, self._seed, self._progress = plan, seed, progress
        self._all_came = False
        self._retry_rng = self._random("retries")
        self.env.process(self._arrivals())
        self.env.process(self._monitor())
        if plan.failures_per_day:
            self.env.process(self._failures())
        if plan.drain_at_h is not None:
            self.env.process(self._rolling_restart(plan.drain_at_h * HOUR_S))
        if plan.disturbed_share and plan.slowdown != 1:
            for host in self.hosts.all:
                self.env.process(self._disturbances(host))

    def _random(self, name: str) -> random.Random:
        return random.Random(f"{self._seed} {name}")

    def _arrivals(self) -> Waiting:
        plan, stays_rng = self._plan, self._random("stays")
        peak_per_s = plan.peak / plan.stays.mean_s()
        end_s = plan.hours * HOUR_S
        for time_s in arrivals_s(peak_per_s, end_s, self._random("arrivals"), plan.curve):
            yield self.env.timeout(time_s - self.env.now)
            self.tally.came += 1
            self.env.process(self._learner(plan.stays.draw_s(stays_rng)))
        self._all_came = True
        self._check_ended()

    def _check_ended(self) -> None:
        done = self._all_came and self.tally.ended() == self.tally.came
        if done and not self.ended.triggered:
            self.ended.succeed()

    def _learner(self, stay_s: float) -> Waiting:
        """One learner from the first offer to the end."""
        retry_s = (RETRY_AFTER_S + self._retry_rng.random() * RETRY_JITTER_S for _ in iter(int, 1))
        pauses_s = itertools.chain([0.0], itertools.islice(retry_s, self._plan.retries))
        host = yield from self._find_place(pauses_s)
        if host is None:
            self.tally.refused += 1
            hour = int(self.env.now // HOUR_S)
            self.refused_per_hour[hour] = self.refused_per_hour.get(hour, 0) + 1
        while host is not None and stay_s > 0:
            stay_s = yield from self._stay(host, stay_s)
            if stay_s > 0:
                host = yield from self._come_back()
        if host is not None:
            self.tally.served += 1
        self._check_ended()

    def _stay(self, host: SessionHost, stay_s: float) -> Waiting:
        """Stay on a host; return the s that are left because it died, or 0."""
        learner, began_s = self.env.active_process, self.env.now
        self.hosts.enter(host, learner)
        try:
            yield self.env.timeout(stay_s)
        except simpy.Interrupt:  # the host has forgotten everybody
            return max(1e-6, stay_s - (self.env.now - began_s))
        finally:
            self.tally.stayed_s += self.env.now - began_s
        self.hosts.leave(host, learner)
        return 0.0

    def _come_back(self) -> Waiting:
        """Find another host after one died; None if that takes too long."""
        died_s = self.env.now
        host = yield from self._find_place(iter(BACK_PAUSES_S))
        if host is None:
            self.tally.lost += 1
        else:
            self.tally.moved += 1
            self.tally.longest_move_s = max(self.tally.longest_move_s, self.env.now - died_s)
        return host

    def _find_place(self, pauses_s: Iterator[float]) -> Waiting:
        for pause_s in pauses_s:
            if pause_s:
                yield self.env.timeout(pause_s)
            host = self.hosts.find()
            if host is not None and host.is_alive:
                return host
            self.tally.answers_503 += 1  # full, or the front sent them to a host that just died
        return None

    def _failures(self) -> Waiting:
        rng = self._random("failures")
        while True:
            yield self.env.timeout(rng.expovariate(self._plan.failures_per_day / (24 * HOUR_S)))
            alive = [host for host in self.hosts.all if host.is_alive]
            if alive:
                self.env.process(self._fail(rng.choice(alive)))

    def _fail(self, host: SessionHost) -> Waiting:
        self.tally.failures += 1
        for learner in self.hosts.kill(host):
            learner.interrupt()
        yield self.env.timeout(STALE_S)
        self.hosts.on_stale(host)
        yield self.env.timeout(max(0.0, self._plan.repair_s - STALE_S))
        self.hosts.revive(host)

    def _rolling_restart(self, start_s: float) -> Waiting:
        """Drain all hosts in turn: nobody new, those there finish, then the host restarts."""
        yield self.env.timeout(start_s)
        at_once = max(1, int(self._plan.drain_share * len(self.hosts.all)))
        turns = simpy.Resource(self.env, at_once)
        for host in self.hosts.all:
            self.env.process(self._restart(host, turns))

    def _restart(self, host: SessionHost, turns: simpy.Resource) -> Waiting:
        with turns.request() as turn:
            yield turn
            self.hosts.set_draining(host, True)
            if host.learners:
                host.on_empty = self.env.event()
                yield host.on_empty
            yield self.env.timeout(self._plan.restart_s)
            self.hosts.set_draining(host, False)
            self.tally.restarts += 1

    def _disturbances(self, host: SessionHost) -> Waiting:
        plan, rng = self._plan, self._random(f"disturbances of {host.number}")
        quiet_s = plan.disturbed_s * (1 / plan.disturbed_share - 1)
        while True:
            yield self.env.timeout(rng.expovariate(1 / quiet_s))
            self.hosts.set_slowdown(host, plan.slowdown)
            yield self.env.timeout(rng.expovariate(1 / plan.disturbed_s))
            self.hosts.set_slowdown(host, 1.0)

    def _monitor(self) -> Waiting:
        minutes = round(self._plan.hours * HOUR_S / MONITOR_S)
        for minute in range(minutes):
            self.present.append((self.env.now, self.hosts.present, self.hosts.places()))
            self._progress(minute, minutes)
            yield self.env.timeout(MONITOR_S)
