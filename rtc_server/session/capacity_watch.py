"""Adapts the number of places to what the running sessions take, once a second."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from rtc_server.metrics import Metrics
from rtc_server.pose.look_cost import LookCost
from rtc_server.pose.processors import OtherProcesses, available_cores
from rtc_server.session.admission import Admission, Stage
from rtc_server.session.capacity import Capacity, CostEstimate, Reading

logger = logging.getLogger(__name__)

INTERVAL_S = 1.0
# The time after which somebody who found no place shall try again: when a lesson ends, as far as
# that is known. Learners also leave before, so nobody has to wait for long.
CLOSING_S = 3.0  # from a lesson's end until its place is free
MIN_RETRY_S, USUAL_RETRY_S, MAX_RETRY_S = 5, 15, 120


def estimate_capacity(cost: LookCost, pose_fps: float, most: int) -> Capacity:
    """The capacity of this machine before anybody comes; it is logged.

    :param most: how many sessions there may be for other reasons.
    """
    estimate = CostEstimate(available_cores(), cost.cpu_s, cost.python_s, pose_fps)
    logger.info("%s", estimate)
    return Capacity(estimate, most)


class MeasuredSession(Protocol):
    """What is read of a session."""

    @property
    def stage(self) -> Stage: ...

    @property
    def cost(self) -> float: ...

    @property
    def look_delay_s(self) -> float: ...

    @property
    def remaining_s(self) -> float | None: ...


class CapacityWatch:
    """Reads what the server takes, and sets the places of the admission."""

    def __init__(
        self,
        capacity: Capacity,
        admission: Admission,
        sessions: Callable[[], Sequence[MeasuredSession]],
        metrics: Metrics,
    ) -> None:
        self._capacity = capacity
        self._admission = admission
        self._sessions = sessions
        self._metrics = metrics
        self._others = OtherProcesses()
        self._apply()

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            await asyncio.sleep(INTERVAL_S)
            others_s = await asyncio.to_thread(self._others.used_s)
            self.update(time.monotonic(), time.process_time(), others_s)

    def update(self, now_s: float, cpu_s: float, others_s: float) -> None:
        """Read once.

        :param cpu_s: processor time of this process so far, and of the others.
        """
        connected = [session for session in self._sessions() if session.stage == "connected"]
        # Looks at several dancers take longer, and that does not show that the machine is behind.
        look_s = self._capacity.estimate.look_s
        delays_s = [one.look_delay_s - (one.cost - 1) * look_s for one in connected]
        delay_s = max(0.0, *delays_s) if delays_s else 0.0
        self._metrics.look_delay_seconds.set(delay_s)
        learners = sum(session.cost for session in connected)
        self._capacity.update(Reading(now_s, cpu_s, learners, delay_s, others_s))
        self._apply()

    def _apply(self) -> None:
        capacity, admission = self._capacity, self._admission
        if capacity.ceiling is not None and admission.ceiling is None:
            logger.warning(
                "learners wait too long for their poses: nobody is admitted beyond %d for now",
                capacity.ceiling,
            )
        admission.places, admission.ceiling = capacity.places, capacity.ceiling
        places = capacity.places if capacity.ceiling is None else capacity.ceiling
        self._metrics.places.set(min(places, capacity.places))
        cores = self._metrics.learner_cores
        cores.labels(how="estimated").set(capacity.estimate.learner_cores)
        cores.labels(how="measured").set(capacity.measured_cores or math.nan)
        cores.labels(how="assumed").set(capacity.learner_cores)


def estimate_retry_s(sessions: Iterable[MeasuredSession]) -> int:
    """After how many seconds a place may be free."""
    known = [s.remaining_s for s in sessions if s.remaining_s is not None]
    if not known:
        return USUAL_RETRY_S
    return round(min(max(MIN_RETRY_S, min(known) + CLOSING_S), MAX_RETRY_S))
