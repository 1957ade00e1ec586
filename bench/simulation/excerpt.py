"""Some seconds of one host, look by look: how often its learners are scored, and how late."""

from __future__ import annotations

import math
import random
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from bench.simulation.cores import SharedCores
from bench.simulation.costs import Costs
from rtc_server.pose.inference import GOLDEN_RATIO, MAX_AGE_S, NEW_DURATION_SHARE
from rtc_server.pose.pose_slot import MAX_SKIPPED

Waiting = Generator[simpy.Event, Any, None]
WARM_UP_S = 2.0
SLOTS_FACTOR = 4  # of so many times as many sessions those are left that are there
# An excerpt has parts: in each, due times and cameras' frames lie to each other in other ways.
PARTS = 8
LOOKS = 16_000  # in all parts, if one takes no less than SHORTEST_S and no more than LONGEST_S
SHORTEST_S, LONGEST_S = 4.0, 20.0
PACKETS_PER_S = 250  # of one learner, in and out (issue 16)
LOOKS_FLOOR = 0.05  # of the cores: a nice value of 2 never starves the workers altogether
LOOP_FLOOR = 0.02  # of the interpreter that looks get from an event loop without a pause
MAX_LOOP_WAIT_S = 2.0
AGE_BINS_MS = np.arange(0.0, 4001.0, 1.0)


@dataclass(frozen=True, slots=True)
class HostLoad:
    """What decides how a host does."""

    cores: float
    learners: int
    slowdown: float = 1.0  # everything takes so many times as long, because others disturb
    other_cores: float = 0.0  # that other programs take, such as learners on the same machine
    came_together: bool = False  # else others have come and gone, which leaves gaps in the phases


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What was seen in an excerpt."""

    load: HostLoad
    rates: NDArray[np.float64]  # (learners × PARTS,), scores a second, sorted
    ages: NDArray[np.int64]  # scores by age, in bins of 1 ms
    too_old: int  # frames that were skipped because of their age
    missed: int  # samples that came due meanwhile
    server_cores: float

    @property
    def rate(self) -> float:
        return float(self.rates.mean())

    @property
    def slowest(self) -> float:
        return float(self.rates[0])

    def age_ms(self, percent: float) -> float:
        return percentile_of(self.ages, percent)


def percentile_of(ages: NDArray[Any], percent: float) -> float:
    """A percentile of a histogram of ages, in ms; NaN of an empty one."""
    total = ages.sum()
    if total <= 0:
        return math.nan
    return float(AGE_BINS_MS[np.searchsorted(np.cumsum(ages), total * percent / 100)])


def simulate_excerpt(costs: Costs, load: HostLoad, seed: str, looks: int = LOOKS) -> Excerpt:
    """Simulate a host with a constant number of learners, at least one.

    Packets and decoding go first, as a steady stream; looks share the cores that are left. A look
    holds one of as many workers as there are cores, works beside others, and then works alone of
    all looks, with what the event loop leaves of the interpreter.
    """
    wanted_s = looks / (PARTS * load.learners * costs.looks_per_s)
    length_s = min(LONGEST_S, max(SHORTEST_S, wanted_s))
    parts = [_simulate_part(costs, load, f"{seed} {part}", length_s) for part in range(PARTS)]
    return Excerpt(
        load=load,
        rates=np.sort(np.concatenate([part.rates for part in parts])),
        ages=np.sum([part.ages for part in parts], axis=0),
        too_old=sum(part.too_old for part in parts),
        missed=sum(part.missed for part in parts),
        server_cores=float(np.mean([part.server_cores for part in parts])),
    )


def _simulate_part(costs: Costs, load: HostLoad, seed: str, length_s: float) -> Excerpt:
    host = _Host(costs, load, random.Random(seed))
    host.env.run(until=WARM_UP_S)
    host.start_counting()
    host.env.run(until=WARM_UP_S + length_s)
    return host.excerpt(length_s)


class _Host:
    """One process of a server: its cores, its workers and its interpreter."""

    def __init__(self, costs: Costs, load: HostLoad, rng: random.Random) -> None:
        self.env = simpy.Environment()
        self._costs, self._load, self._rng = costs, load, rng
        media = load.learners * load.slowdown * (costs.loop_core + costs.decode_core)
        self._media_cores = min(media, load.cores)
        left = load.cores - load.other_cores - media
        self._cores = SharedCores(self.env, max(LOOKS_FLOOR * load.cores, left))
        self._workers = simpy.Resource(self.env, max(1, int(load.cores)))
        self._interpreter = simpy.Resource(self.env, 1)
        loop = load.learners * load.slowdown * costs.loop_core
        self._interpreter_share = max(LOOP_FLOOR, 1 - loop)
        self._loop_wait_s = loop_wait_s(costs, load)
        self._usual_s = 0.0
        self.start_counting()
        slots = range(load.learners)
        if not load.came_together:
            slots = sorted(rng.sample(range(SLOTS_FACTOR * load.learners), load.learners))
        for number, slot in enumerate(slots):
            self.env.process(self._learner(number, (slot + 1) * GOLDEN_RATIO % 1))

    def start_counting(self) -> None:
        self._scored: list[list[float]] = [[] for _ in range(self._load.learners)]
        self._ages_ms: list[float] = []
        self._too_old = self._missed = 0
        self._used_before_s = self._cores.used_s

    def excerpt(self, length_s: float) -> Excerpt:
        rates = np.sort([_rate(times, length_s) for times in self._scored])
        capped = np.minimum(self._ages_ms, AGE_BINS_MS[-1] - 1)
        looks_cores = (self._cores.used_s - self._used_before_s) / length_s
        return Excerpt(
            load=self._load,
            rates=rates,
            ages=np.histogram(capped, AGE_BINS_MS)[0],
            too_old=self._too_old,
            missed=self._missed,
            server_cores=self._media_cores + looks_cores,
        )

    def _learner(self, number: int, phase: float) -> Waiting:
        """The schedule of `PoseSampler` and the rule of `PoseSlot`, for one learner."""
        env, interval_s = self.env, 1 / self._costs.looks_per_s
        camera = _Camera(self._costs.frames_per_s, self._rng.random())
        due_s = (1 + phase) * interval_s
        skipped = 0
        while True:
            if env.now < due_s:
                yield env.timeout(camera.next_after(due_s) - env.now)
            elif (frame_s := camera.next_unused()) > env.now:
                yield env.timeout(frame_s - env.now)
            with self._workers.request() as turn:
                yield turn
                arrived_s = camera.take_newest(env.now)
                age_s = self._delivery_s()
                waited_s = env.now - arrived_s + age_s
                if waited_s + self._usual_s > MAX_AGE_S and skipped < MAX_SKIPPED:
                    skipped += 1
                    self._too_old += 1
                    self._missed += 1
                else:
                    skipped = 0
                    yield from self._look()
                    self._on_scored(number, env.now - arrived_s + age_s)
            due_s += interval_s
            missed = max(0, int((env.now - due_s) / interval_s))
            self._missed += missed
            due_s += missed * interval_s

    def _look(self) -> Waiting:
        """Work beside others, then with the interpreter, alone of all looks."""
        start_s = self.env.now
        vary = self._load.slowdown * max(0.2, self._rng.gauss(1, self._costs.variation)) / 1000
        yield self._cores.work((self._costs.look_ms - self._costs.python_ms) * vary)
        if self._costs.python_ms:
            python_s = self._costs.python_ms * vary
            with self._interpreter.request() as turn:
                yield turn
                yield self._cores.work(python_s)
                yield self.env.timeout(python_s * (1 / self._interpreter_share - 1))
        self._usual_s += NEW_DURATION_SHARE * (self.env.now - start_s - self._usual_s)

    def _on_scored(self, number: int, age_s: float) -> None:
        self._scored[number].append(self.env.now)
        wait_s = self._rng.expovariate(1 / self._loop_wait_s) if self._loop_wait_s else 0.0
        self._ages_ms.append(1000 * (age_s + wait_s))

    def _delivery_s(self) -> float:
        spread_ms = self._costs.delivery_spread_ms
        late_ms = self._rng.expovariate(1 / spread_ms) if spread_ms else 0.0
        return (self._costs.delivery_ms + late_ms) / 1000


class _Camera:
    """When the frames of one learner arrive: evenly, at a phase of their own."""

    def __init__(self, frames_per_s: float, phase: float) -> None:
        self._interval_s = 1 / frames_per_s
        self._phase_s = phase * self._interval_s
        self._taken = -1

    def next_after(self, now_s: float) -> float:
        """When the first frame arrives from then on."""
        return self._arrival_s(math.ceil((now_s - self._phase_s) / self._interval_s))

    def next_unused(self) -> float:
        """When the first frame arrives after the one that was taken last."""
        return self._arrival_s(self._taken + 1)

    def take_newest(self, now_s: float) -> float:
        """When the newest frame arrived."""
        self._taken = math.floor((now_s - self._phase_s) / self._interval_s + 1e-9)
        return self._arrival_s(self._taken)

    def _arrival_s(self, number: int) -> float:
        return self._phase_s + number * self._interval_s


def loop_wait_s(costs: Costs, load: HostLoad) -> float:
    """How long a packet waits for the event loop on average (Pollaczek-Khinchine).

    Packets, and the parts of looks that need the interpreter, are taken as random arrivals.
    """
    packets = load.learners * PACKETS_PER_S
    packet_s = load.slowdown * costs.loop_core / PACKETS_PER_S
    looks = load.learners * costs.looks_per_s
    python_s = load.slowdown * costs.python_ms / 1000
    busy = packets * packet_s + looks * python_s
    if busy >= 1:
        return MAX_LOOP_WAIT_S
    second_moments = packets * packet_s**2 + looks * python_s**2
    return min(MAX_LOOP_WAIT_S, second_moments / (2 * (1 - busy)))


def _rate(times_s: list[float], length_s: float) -> float:
    """Scores a second, as bench/load.py computes it."""
    if len(times_s) < 2:
        return len(times_s) / length_s
    return (len(times_s) - 1) / (times_s[-1] - times_s[0])
