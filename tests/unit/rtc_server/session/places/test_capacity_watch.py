"""The places of the admission follow what the server reads of itself."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from rtc_server.errors import ServerFull
from rtc_server.metrics import Metrics
from rtc_server.pose.inference import WORKER_NICENESS
from rtc_server.pose.look_cost import LookCost
from rtc_server.session.admission import Admission, Stage
from rtc_server.session.places import capacity_watch
from rtc_server.session.places.capacity import BEHIND_AFTER_S, Capacity, CostEstimate
from rtc_server.session.places.capacity_watch import (
    CLOSING_S,
    MAX_RETRY_S,
    MIN_RETRY_S,
    USUAL_RETRY_S,
    CapacityWatch,
    estimate_capacity,
    estimate_retry_s,
    settle_precision,
)

ESTIMATE = CostEstimate(cores=2.0, look_s=0.012, python_s=0.002, pose_fps=5.0)


@dataclass
class FakeSession:
    stage: Stage = "connected"
    look_delay_s: float = 0.01
    remaining_s: float | None = None
    cost: float = 1.0

    def end(self, _: str) -> None: ...


class Server:
    def __init__(self) -> None:
        self.metrics = Metrics()
        self.sessions: list[FakeSession] = []
        self.admission = Admission(1, 0, 0, lambda: 0.0)
        self.watch = CapacityWatch(
            Capacity(ESTIMATE, 1000), self.admission, lambda: self.sessions, self.metrics
        )
        self.now_s, self.cpu_s, self.side_s = 0.0, 0.0, 0.0

    def join(self, address: str, stage: Stage = "connected", *, resumes: bool = False) -> None:
        claim, _ = self.admission.admit(address, resumes=resumes)
        claim.session = FakeSession(stage)
        self.sessions.append(claim.session)

    def run(self, seconds: float, *, cores: float = 0.0, side: float = 0.0) -> None:
        for _ in range(round(seconds)):
            self.now_s += 1
            self.cpu_s += cores + side
            self.side_s += side
            self.watch.note_side_work(self.side_s)
            self.watch.update(self.now_s, self.cpu_s, 0.0)

    def metric(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(f"tandem_{name}", labels)


def test_there_are_places_from_the_beginning() -> None:
    server = Server()
    assert server.admission.places == ESTIMATE.count_places() == server.metric("places")
    assert server.metric("learner_cores", how="estimated") == ESTIMATE.learner_cores


def test_costly_learners_take_places_and_keep_their_own() -> None:
    server = Server()
    for k in range(ESTIMATE.count_places()):
        server.join(f"192.0.2.{k}")
    server.run(20, cores=8.0)
    assert 1 <= server.admission.places < len(server.admission)
    assert server.metric("learner_cores", how="measured") == pytest.approx(8 / len(server.sessions))
    with pytest.raises(ServerFull, match=f"all {server.admission.places} places are taken"):
        server.join("203.0.113.9")


def test_several_dancers_count_by_what_they_cost_and_their_looks_may_take_longer() -> None:
    server = Server()
    server.join("192.0.2.1")
    (session,) = server.sessions
    session.cost, session.look_delay_s = 2.8, 0.01 + 1.8 * ESTIMATE.look_s
    server.run(20, cores=1.4)
    assert server.metric("learner_cores", how="measured") == pytest.approx(0.5)
    assert server.metric("look_delay_seconds") == pytest.approx(0.01)


def test_a_machine_that_is_behind_takes_only_who_comes_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server()
    server.join("192.0.2.1")
    server.join("192.0.2.2")
    server.sessions.append(FakeSession("offered", look_delay_s=9.0))  # nobody waits there
    server.run(2 * BEHIND_AFTER_S)
    assert server.admission.ceiling is None
    server.sessions[0].look_delay_s = 0.15  # the slowest learner counts
    with caplog.at_level(logging.WARNING):
        server.run(2 * BEHIND_AFTER_S)
    assert caplog.text.count("nobody is admitted beyond 2 for now") == 1
    assert server.metric("places") == 2 and server.metric("look_delay_seconds") == 0.15
    with pytest.raises(ServerFull, match="no time for more than the 2 learners"):
        server.join("203.0.113.9")
    server.join("203.0.113.9", resumes=True)


def test_the_estimate_is_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capacity_watch, "available_cores", lambda: 2.0)
    with caplog.at_level(logging.INFO):
        capacity = estimate_capacity(LookCost(cpu_s=0.012, network_s=0.010), 5.0, 1000)
    assert capacity.estimate == ESTIMATE
    assert f"room for {capacity.places} learners: a look takes 12.0 ms" in caplog.text


@pytest.mark.parametrize(
    ("remaining_s", "retry_s"),
    [
        ([], USUAL_RETRY_S),
        ([None, None], USUAL_RETRY_S),
        ([None, 40.0, 20.0], round(20 + CLOSING_S)),
        ([0.5], MIN_RETRY_S),
        ([3600.0], MAX_RETRY_S),
    ],
)
def test_try_again_when_a_lesson_ends(remaining_s: list[float | None], retry_s: int) -> None:
    sessions = [FakeSession(remaining_s=left_s) for left_s in remaining_s]
    assert estimate_retry_s(sessions) == retry_s


class FakeModel:
    """A pose network that may get cheaper."""

    def __init__(self, settles: bool | Exception) -> None:
        self.settles = settles

    def settle_precision(self, checkpoint: Callable[[], None]) -> bool:
        checkpoint()
        if isinstance(self.settles, Exception):
            raise self.settles
        return self.settles

    def measure_look_cost(self) -> LookCost:
        return LookCost(0.006, 0.004)


async def test_the_end_of_the_server_waits_for_the_next_checkpoint_of_what_is_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A thread inside a library when Python ends brings the process down."""
    monkeypatch.setattr(capacity_watch, "STOP_TIMEOUT_S", 600.0)  # the machine may be busy
    begun, cancelled, left = threading.Event(), threading.Event(), threading.Event()

    class Model(FakeModel):
        def settle_precision(self, checkpoint: Callable[[], None]) -> bool:
            begun.set()
            cancelled.wait()
            try:
                checkpoint()
            finally:
                left.set()
            return True

    server = Server()
    settling = asyncio.create_task(settle_precision(Model(True), 5.0, server.watch))
    await asyncio.to_thread(begun.wait)
    settling.cancel()
    asyncio.get_running_loop().call_soon(cancelled.set)
    with pytest.raises(asyncio.CancelledError):
        await settling
    assert left.is_set()


async def test_what_is_judged_has_the_priority_of_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that OpenVINO starts for it keep that priority, and poses are found in them."""
    lowered: dict[int, int] = {}  # niceness by thread
    monkeypatch.setattr(
        capacity_watch,
        "lower_priority",
        lambda niceness: lowered.update({threading.get_native_id(): niceness}),
    )

    class Model(FakeModel):
        def settle_precision(self, checkpoint: Callable[[], None]) -> bool:
            checkpoint()
            self.thread = threading.get_native_id()
            return False

    model = Model(False)
    await settle_precision(model, 5.0, None)
    assert lowered == {model.thread: WORKER_NICENESS}
    assert model.thread != threading.get_native_id()


@pytest.mark.parametrize(("settles", "more"), [(True, True), (False, False), (OSError(), False)])
async def test_there_are_more_places_once_looks_are_cheaper(
    settles: bool | Exception, more: bool
) -> None:
    server = Server()
    before = server.admission.places
    await settle_precision(FakeModel(settles), 5.0, server.watch)
    assert (server.admission.places > before) is more


def test_learners_are_not_charged_for_what_the_server_does_beside_them() -> None:
    server = Server()
    learners, each = 5, ESTIMATE.learner_cores
    for k in range(learners):
        server.join(f"192.0.2.{k}")
    server.run(20, cores=learners * each, side=0.75)
    assert server.metric("learner_cores", how="measured") == pytest.approx(each)
    assert server.admission.places == ESTIMATE.count_places(others_cores=0.75)
    server.run(20, cores=learners * each)
    assert server.admission.places == ESTIMATE.count_places()


async def test_what_is_judged_tells_its_processor_time() -> None:
    """That of its thread: it may also wait, for a file or for a processor."""
    noted: list[tuple[float, float]] = []

    class Places:
        def expect(self, estimate: CostEstimate) -> None: ...

        def note_side_work(self, used_s: float) -> None:
            noted.append((used_s, time.thread_time()))

    class Model(FakeModel):
        def settle_precision(self, checkpoint: Callable[[], None]) -> bool:
            checkpoint()
            sum(range(100_000))
            checkpoint()
            return False

    await settle_precision(Model(False), 5.0, Places())
    (first, _), (second, now) = noted
    assert 0 <= first < second <= now


async def test_a_given_number_of_places_stays() -> None:
    await settle_precision(FakeModel(True), 5.0, None)
