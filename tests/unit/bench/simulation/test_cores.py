"""Cores that are shared: exact schedules, and the waiting times of queueing theory."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest
import simpy

from bench.simulation.cores import SharedCores

ARRIVALS = 20_000
BUSY = 0.7
Waiting = Generator[simpy.Event, Any, None]


def ends_of(cores: float, work: list[tuple[float, float]]) -> list[float]:
    """When each piece of work, given as its start and its length, is done."""
    env = simpy.Environment()
    shared = SharedCores(env, cores)
    ends = [0.0] * len(work)

    def run(number: int, start_s: float, work_s: float) -> Waiting:
        yield env.timeout(start_s)
        yield shared.work(work_s)
        ends[number] = env.now

    for number, (start_s, work_s) in enumerate(work):
        env.process(run(number, start_s, work_s))
    env.run()
    assert shared.used_s == pytest.approx(sum(work_s for _, work_s in work))
    return ends


def test_one_piece_takes_no_more_than_one_core() -> None:
    assert ends_of(8, [(1, 3)]) == pytest.approx([4])


def test_pieces_get_equal_parts_from_when_they_come() -> None:
    # Alone for 1 s, then half a core each: the second is done after 1 s of work, the first later.
    assert ends_of(1, [(0, 3), (1, 1)]) == pytest.approx([4, 3])


def test_three_pieces_share_two_cores() -> None:
    assert ends_of(2, [(0, 2), (0, 2), (0, 2)]) == pytest.approx([3, 3, 3])


def test_half_a_core_takes_twice_as_long() -> None:
    assert ends_of(0.5, [(0, 1)]) == pytest.approx([2])


def sojourns(
    serve: Callable[[simpy.Environment], Callable[[], Waiting]],
) -> float:
    """The mean time of pieces of 1 s that arrive at random, in s."""
    env = simpy.Environment()
    visit = serve(env)
    rng = random.Random(7)
    times: list[float] = []

    def piece() -> Waiting:
        start_s = env.now
        yield from visit()
        times.append(env.now - start_s)

    def arrive() -> Waiting:
        for _ in range(ARRIVALS):
            yield env.timeout(rng.expovariate(BUSY))
            env.process(piece())

    env.process(arrive())
    env.run()
    assert len(times) == ARRIVALS
    return float(np.mean(times))


def test_one_worker_waits_as_an_m_d_1_queue() -> None:
    def serve(env: simpy.Environment) -> Callable[[], Waiting]:
        cores, worker = SharedCores(env, 1), simpy.Resource(env, 1)

        def visit() -> Waiting:
            with worker.request() as turn:
                yield turn
                yield cores.work(1)

        return visit

    mean_s = sojourns(serve)
    assert mean_s - 1 == pytest.approx(BUSY / (2 * (1 - BUSY)), rel=0.05)


def test_a_shared_core_takes_as_long_as_an_m_g_1_queue_with_processor_sharing() -> None:
    def serve(env: simpy.Environment) -> Callable[[], Waiting]:
        cores = SharedCores(env, 1)

        def visit() -> Waiting:
            yield cores.work(1)

        return visit

    mean_s = sojourns(serve)
    assert mean_s == pytest.approx(1 / (1 - BUSY), rel=0.05)
