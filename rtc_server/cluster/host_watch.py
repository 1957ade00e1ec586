"""How busy a session host is, for its reports, and what that costs the machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from rtc_server.cluster.reports import HostCost, HostLoad
from rtc_server.metrics import Metrics
from rtc_server.pose.processors import OtherProcesses
from rtc_server.session.places.capacity import CostEstimate
from rtc_server.session.places.capacity_watch import MeasuredSession, watch_delay
from rtc_server.session.session import Session

MIN_SPAN_S = 0.5  # of a rate: a session that ends brings a report forward


class HostLoadMeter:
    """Processor time and score rates between two reports."""

    def __init__(self) -> None:
        self._at_s = time.monotonic()
        self._used_s = time.process_time()
        self._samples: dict[str, int] = {}  # of sessions that were playing
        self._load = HostLoad(0.0, 0, None)

    def measure(self, sessions: Iterable[Session]) -> HostLoad:
        """The load since the last call; of a call too soon after it, that of the last one."""
        playing: dict[str, int] = {}
        remaining_s: list[float] = []
        count = 0
        for session in sessions:
            count += 1
            if (left_s := session.remaining_s) is not None:
                remaining_s.append(left_s)
            if session.is_playing:
                playing[session.id] = session.attempt.samples
        now_s, used_s = time.monotonic(), time.process_time()
        span_s = now_s - self._at_s
        if span_s >= MIN_SPAN_S:
            both = playing.keys() & self._samples.keys()
            rates = [(playing[id] - self._samples[id]) / span_s for id in both]
            cores = (used_s - self._used_s) / span_s
            self._load = HostLoad(round(cores, 3), count, min(rates, default=None))
            self._at_s, self._used_s, self._samples = now_s, used_s, playing
        return HostLoad(
            self._load.cores, count, self._load.slowest_per_s, min(remaining_s, default=None)
        )


class HostCostMeter:
    """What the front needs to count places."""

    def __init__(self, estimate: CostEstimate, metrics: Metrics) -> None:
        self._estimate = estimate
        self._metrics = metrics
        self._others = OtherProcesses()
        self._side_s = 0.0

    def expect(self, estimate: CostEstimate) -> None:
        """Learners cost something else from now on, because they are looked at otherwise."""
        self._estimate = estimate

    def note_side_work(self, used_s: float) -> None:
        """As `CapacityWatch.note_side_work`."""
        self._side_s = used_s

    async def measure(self, sessions: Iterable[MeasuredSession]) -> HostCost:
        learners, delay_s = watch_delay(sessions, self._estimate.look_s, self._metrics)
        others_s = await asyncio.to_thread(self._others.used_s)
        plain_s = await asyncio.to_thread(self._others.own_s)
        side_s = self._side_s
        cpu_s = time.process_time() - side_s
        return HostCost(self._estimate, cpu_s, plain_s, others_s, learners, delay_s, side_s)
