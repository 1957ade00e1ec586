"""Adapts the number of places to what the running sessions take, once a second."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from rtc_server.metrics import Metrics
from rtc_server.pose.inference import WORKER_NICENESS
from rtc_server.pose.look_cost import LookCost
from rtc_server.pose.processors import OtherProcesses, available_cores, lower_priority
from rtc_server.session.admission import Admission, Stage
from rtc_server.session.places.capacity import Capacity, CostEstimate, Reading

logger = logging.getLogger(__name__)

INTERVAL_S = 1.0
# Of the thread that judges arithmetics: not more than the workers'. OpenVINO's threads keep the
# priority of the thread that compiles, and poses would have a lower one than after the next start.
JUDGE_NICENESS = WORKER_NICENESS
STOP_TIMEOUT_S = 3.0  # from one checkpoint to the next; compiling takes the longest
# The time after which somebody who found no place shall try again: when a lesson ends, as far as
# that is known. Learners also leave before, so nobody has to wait for long.
CLOSING_S = 3.0  # from a lesson's end until its place is free
MIN_RETRY_S, USUAL_RETRY_S, MAX_RETRY_S = 5, 15, 120


def estimate_capacity(cost: LookCost, pose_fps: float, most: int) -> Capacity:
    """The capacity of this machine before anybody comes.

    :param most: how many sessions there may be for other reasons.
    """
    return Capacity(estimate_cost(cost, pose_fps), most)


def estimate_cost(cost: LookCost, pose_fps: float) -> CostEstimate:
    """What a learner costs on this machine before anybody comes; it is logged."""
    estimate = CostEstimate(available_cores(), cost.cpu_s, cost.python_s, pose_fps)
    logger.info("%s", estimate)
    return estimate


class ExpectsCost(Protocol):
    """Counts places by what a learner is expected to cost."""

    def expect(self, estimate: CostEstimate) -> None: ...

    def note_side_work(self, used_s: float) -> None: ...


async def settle_precision(
    model: MeasuredModel, pose_fps: float, places: ExpectsCost | None
) -> None:
    """Go over to the cheapest arithmetic of poses that is true enough, while learners may come.

    :param places: of which there are more then; None where their number is given.
    """
    note = places.note_side_work if places is not None else _ignore
    if await _run_apart(model.settle_precision, note) and places is not None:
        cost = await asyncio.to_thread(model.measure_look_cost)
        places.expect(estimate_cost(cost, pose_fps))


def _ignore(_used_s: float) -> None:
    """Of a server whose number of places is given."""


class JudgingStopped(Exception):
    """The server ends: what is judged is judged at the next start."""


async def _run_apart(
    work: Callable[[Callable[[], None]], bool], note_used: Callable[[float], None]
) -> bool:
    """Work in a thread of its own. The end of the server waits for its next checkpoint only.

    It may be fetching a file, for which nobody waits. But a library's thread that still computes
    when Python ends brings the process down.

    :param note_used: is called at each checkpoint, in that thread, with its processor time so far.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bool] = loop.create_future()
    stopping = threading.Event()

    def checkpoint() -> None:
        note_used(time.thread_time())
        if stopping.is_set():
            raise JudgingStopped

    def finish(result: bool) -> None:
        if not done.done():
            done.set_result(result)

    def run() -> None:
        lower_priority(JUDGE_NICENESS)
        result = False
        try:
            result = work(checkpoint)
        except JudgingStopped:
            logger.info("the arithmetic of poses is judged at the next start")
        except Exception:  # of a library: poses go on as they are
            logger.exception("the arithmetic of poses cannot be judged")
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(finish, result)

    threading.Thread(target=run, name="precision", daemon=True).start()
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        stopping.set()
        await asyncio.wait({done}, timeout=STOP_TIMEOUT_S)
        raise


class MeasuredModel(Protocol):
    """What is needed of the pose network."""

    def settle_precision(self, checkpoint: Callable[[], None]) -> bool: ...

    def measure_look_cost(self) -> LookCost: ...


class Ending(Protocol):
    """Something that will end."""

    @property
    def remaining_s(self) -> float | None: ...


class MeasuredSession(Ending, Protocol):
    """What is read of a session."""

    @property
    def stage(self) -> Stage: ...

    @property
    def cost(self) -> float: ...

    @property
    def look_delay_s(self) -> float: ...


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
        self._side_s = 0.0
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
        look_s = self._capacity.estimate.look_s
        learners, delay_s = watch_delay(self._sessions(), look_s, self._metrics)
        side_s = self._side_s
        self._capacity.update(Reading(now_s, cpu_s - side_s, learners, delay_s, others_s + side_s))
        self._apply()

    def expect(self, estimate: CostEstimate) -> None:
        """Learners cost something else from now on, because they are looked at otherwise."""
        self._capacity.estimate = estimate
        self._apply()

    def note_side_work(self, used_s: float) -> None:
        """Charge learners with nothing of this: it leaves them less, as other processes do.

        :param used_s: processor time so far of what this process does beside learners. May be
            called in any thread.
        """
        self._side_s = used_s

    def _apply(self) -> None:
        capacity = self._capacity
        set_places(self._admission, capacity.places, capacity.ceiling, self._metrics)
        show_cost(capacity, self._metrics)


def watch_delay(
    sessions: Iterable[MeasuredSession], look_s: float, metrics: Metrics
) -> tuple[float, float]:
    """The number of learners who are connected, and the longest time that one waits for a look.

    Several dancers count by what they cost. A look at them takes longer, which does not show that
    the machine is behind.

    :param look_s: what a look at one learner takes.
    """
    connected = [session for session in sessions if session.stage == "connected"]
    delays_s = (session.look_delay_s - (session.cost - 1) * look_s for session in connected)
    delay_s = max(0.0, max(delays_s, default=0.0))
    metrics.look_delay_seconds.set(delay_s)
    return sum(session.cost for session in connected), delay_s


def set_places(admission: Admission, places: int, ceiling: int | None, metrics: Metrics) -> None:
    """Admit so many learners from now on.

    :param ceiling: how many fit as learners were seen to wait too long; None if they did not.
    """
    if ceiling is not None and admission.ceiling is None:
        logger.warning(
            "learners wait too long for their poses: nobody is admitted beyond %d for now", ceiling
        )
    admission.places, admission.ceiling = places, ceiling
    metrics.places.set(places if ceiling is None else min(places, ceiling))


def show_cost(capacity: Capacity, metrics: Metrics) -> None:
    """Let an operator see what a learner takes."""
    cores = metrics.learner_cores
    cores.labels(how="estimated").set(capacity.estimate.learner_cores)
    cores.labels(how="measured").set(capacity.measured_cores or math.nan)
    cores.labels(how="assumed").set(capacity.learner_cores)


def estimate_retry_s(sessions: Iterable[Ending]) -> int:
    """After how many seconds a place may be free."""
    known = [s.remaining_s for s in sessions if s.remaining_s is not None]
    if not known:
        return USUAL_RETRY_S
    return round(min(max(MIN_RETRY_S, min(known) + CLOSING_S), MAX_RETRY_S))
