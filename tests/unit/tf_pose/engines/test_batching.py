"""Images that wait together share a batch where that saves time; each gets its own result."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from tf_pose.engines import Engine, open_engine
from tf_pose.engines.batching import BatchingEngine
from tf_pose.networks import get_graph_path
from tf_pose.tensors import STAGES

PATIENCE_S = 20
SMALL, LARGE = (1, 16, 8), (1, 32, 24)


class FakeEngine:
    """An engine whose calls end when the test opens a gate; a result is its image's first byte."""

    name, precision = "inner", "f32"

    def __init__(self, cost_s: Callable[[int], float] = lambda _: 1.0) -> None:
        self.cost_s = cost_s  # of a call for n images
        self.spent_s = 0.0
        self.calls: list[tuple[int, int]] = []  # images, stage
        self.warmed: list[tuple[int, int, int]] = []
        self.error: Exception | None = None
        self.gate = threading.Semaphore(0)
        self.open = True

    def run(self, batch: np.ndarray, stage: int = STAGES) -> np.ndarray:
        self.calls.append((len(batch), stage))
        self.spent_s += self.cost_s(len(batch))
        if not self.open:
            assert self.gate.acquire(timeout=PATIENCE_S)
        if self.error is not None:
            raise self.error
        return np.repeat(batch[:, :1, :1, :1], 57, axis=3).astype(np.float32)

    def warm_up(self, shapes: Iterable[tuple[int, int, int]], _stage: int = STAGES) -> None:
        self.warmed += shapes


class Rig:
    """A warm batching engine with a closed gate behind it, and threads to call it."""

    def __init__(
        self, lanes: int = 1, max_batch: int = 4, cost_s: Callable[[int], float] | None = None
    ):
        self.inner = FakeEngine(cost_s or (lambda _: 1.0))  # 4 for the price of one
        self.engine = BatchingEngine(
            self.inner, lanes=lanes, max_batch=max_batch, clock=lambda: self.inner.spent_s
        )
        for stage in (4, 6):
            self.engine.warm_up([SMALL, LARGE], stage)
        self.inner.calls.clear()
        self.inner.open = False
        self.threads = ThreadPoolExecutor(8)

    def call(self, value: int, shape: tuple[int, int, int] = SMALL, stage: int = 4) -> Future:
        """Call from a thread of its own; returns once the call is at work or in line."""
        before = self._known()
        image = np.full((*shape, 3), value, np.uint8)
        future = self.threads.submit(self.engine.run, image, stage)
        until(lambda: self._known() > before)
        return future

    def _known(self) -> int:
        return self.engine.waiting + sum(images for images, _ in self.inner.calls)

    def open_gate(self) -> None:
        self.inner.open = True
        self.inner.gate.release(100)


def until(true: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline_s
        time.sleep(0)


def values(futures: list[Future]) -> list[float]:
    return [float(future.result(PATIENCE_S)[0, 0, 0, 0]) for future in futures]


@pytest.fixture
def rigs() -> Iterator[Callable[..., Rig]]:
    made: list[Rig] = []

    def make(**options: object) -> Rig:
        made.append(Rig(**options))
        return made[-1]

    yield make
    for rig in made:
        rig.open_gate()
        rig.threads.shutdown()


def test_waiting_calls_share_a_batch_and_get_their_own_results(rigs) -> None:
    rig = rigs()
    futures = [rig.call(value) for value in (10, 20, 30, 40, 50)]
    rig.open_gate()
    assert values(futures) == [10, 20, 30, 40, 50]
    assert rig.inner.calls == [(1, 4), (4, 4)]


def test_no_call_waits_for_others(rigs) -> None:
    rig = rigs(lanes=2)
    futures = [rig.call(value) for value in (1, 2)]
    assert rig.inner.calls == [(1, 4), (1, 4)]  # both at work, behind the closed gate
    rig.open_gate()
    assert values(futures) == [1, 2]


def test_a_call_without_a_partner_runs_alone(rigs) -> None:
    rig = rigs(max_batch=2)
    futures = [rig.call(value) for value in (1, 2, 3, 4)]
    rig.open_gate()
    assert values(futures) == [1, 2, 3, 4]
    assert rig.inner.calls == [(1, 4), (2, 4), (1, 4)]


def test_only_calls_of_the_same_shape_and_stage_share_a_batch(rigs) -> None:
    rig = rigs()
    futures = [
        rig.call(1),
        rig.call(2, SMALL, stage=4),
        rig.call(3, LARGE, stage=4),
        rig.call(4, SMALL, stage=6),
        rig.call(5, SMALL, stage=4),
    ]
    rig.open_gate()
    assert values(futures) == [1, 2, 3, 4, 5]
    assert rig.inner.calls == [(1, 4), (2, 4), (1, 4), (1, 6)]
    assert [future.result().shape[0] for future in futures] == [1] * 5


def test_an_error_reaches_the_whole_batch_and_later_calls_succeed(rigs) -> None:
    rig = rigs()
    first = rig.call(1)
    together = [rig.call(value) for value in (2, 3)]
    rig.inner.error = RuntimeError("the engine fell over")
    rig.open_gate()
    for future in (first, *together):
        with pytest.raises(RuntimeError, match="fell over"):
            future.result(PATIENCE_S)
    rig.inner.error = None
    assert values([rig.call(7)]) == [7]


@pytest.mark.parametrize(
    ("cost_s", "useful"),
    [
        (lambda n: float(n), 2),  # a batch saves nothing
        (lambda n: 0.1 + 0.9 * n, 2),  # too little to be worth it
        (lambda n: 0.5 + 0.5 * n, 8),
        (lambda n: n * (0.5 if n == 2 else 1.5 if n > 2 else 1.0), 4),  # only two together
    ],
)
def test_batches_are_used_only_where_they_save_time(rigs, cost_s, useful) -> None:
    rig = rigs(lanes=2, cost_s=cost_s)
    assert rig.engine.useful_calls == useful
    futures = [rig.call(value) for value in (1, 2, 3, 4)]
    at_work_at_once = sum(images for images, _ in rig.inner.calls)
    rig.open_gate()
    assert values(futures) == [1, 2, 3, 4]
    assert (at_work_at_once == 4) == (useful == 2)  # else two of them waited for each other
    assert max(images for images, _ in rig.inner.calls) == (1 if useful == 2 else 2)


def test_larger_shapes_are_not_measured_if_the_smallest_gains_nothing() -> None:
    inner = FakeEngine(lambda n: float(n))
    engine = BatchingEngine(inner, lanes=1, clock=lambda: inner.spent_s)
    engine.warm_up([LARGE, SMALL], 4)
    assert {shape for shape in inner.warmed if shape[0] > 1} == {(2, *SMALL[1:])}


def test_larger_shapes_are_not_measured_later_either() -> None:
    inner = FakeEngine(lambda n: float(n))
    engine = BatchingEngine(inner, lanes=1, clock=lambda: inner.spent_s)
    engine.warm_up([SMALL], 4)
    engine.warm_up([LARGE], 6)
    assert {shape for shape in inner.warmed if shape[0] > 1} == {(2, *SMALL[1:])}


def test_a_largest_batch_of_one_uses_the_engine_directly() -> None:
    inner = FakeEngine()
    engine = BatchingEngine(inner, lanes=2, max_batch=1, clock=lambda: inner.spent_s)
    engine.warm_up([SMALL])
    assert (inner.warmed, inner.calls, engine.useful_calls) == ([SMALL], [], 2)
    assert engine.run(np.ones((3, 16, 8, 3), np.uint8)).shape[0] == 3
    assert (engine.name, engine.precision) == ("inner", "f32")


class GatedEngine:
    """A real engine behind a gate, for which every call costs the same."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.calls, self.gate = engine, [], threading.Event()
        self.name, self.precision, self.warm_up = engine.name, engine.precision, engine.warm_up
        self.gate.set()

    def run(self, batch: np.ndarray, stage: int = STAGES) -> np.ndarray:
        self.calls.append(len(batch))
        assert self.gate.wait(PATIENCE_S)
        return self.engine.run(batch, stage)


@pytest.mark.parametrize("name", ["openvino", "tensorflow"])
def test_a_batch_gives_the_same_as_single_calls_with_real_weights(name, balancer, walker) -> None:
    graph = Path(get_graph_path("mobilenet_thin"))
    inner = GatedEngine(open_engine(name, graph, threads=1, precision="f32"))
    engine = BatchingEngine(inner, lanes=1, clock=lambda: float(len(inner.calls)))
    engine.warm_up([(1, 96, 64)], 4)
    inner.calls.clear()
    inner.gate.clear()
    images = [cv2.resize(p, (64, 96)) for p in (balancer, walker, balancer[::-1], walker[::-1])]
    with ThreadPoolExecutor(5) as threads:
        first = threads.submit(engine.run, images[0][None], 4)
        until(lambda: len(inner.calls) == 1)
        futures = []
        for k, image in enumerate(images, 1):
            futures.append(threads.submit(engine.run, image[None], 4))
            until(lambda k=k: engine.waiting == k)
        inner.gate.set()
        together = [future.result(PATIENCE_S) for future in futures]
        first.result(PATIENCE_S)
    assert inner.calls == [1, 4]
    for image, answer in zip(images, together, strict=True):
        assert np.abs(answer - inner.engine.run(image[None], 4)).max() < 1e-4
