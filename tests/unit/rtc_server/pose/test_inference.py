"""The inference service: fair turns, fresh frames, and one session does not affect another."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter

import numpy as np
import pytest

from rtc_server.metrics import Metrics
from rtc_server.pose import inference
from rtc_server.pose.inference import InferenceService
from tests.unit.rtc_server.pose.inference_harness import FPS, Harness, open_harness


async def run_ready_tasks() -> None:
    """Let every task run that waits for nothing outside the loop."""
    for _ in range(20):
        await asyncio.sleep(0)


async def cancel(task: asyncio.Task[object]) -> None:
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def run_turns(harness: Harness, tasks: list[asyncio.Task[None]], turns: int) -> list[str]:
    """Run so many turns of equal length; return the learners in the order of their turns."""
    by_name = {learner.name: learner for learner in harness.learners}
    order: list[str] = []
    for turn in range(turns):
        order.append(await harness.next())
        oldest = turn + 1 - harness.workers
        if oldest >= 0:
            by_name[order[oldest]].release()
    for task in tasks:
        task.cancel()
    for learner in harness.learners:
        learner.release(5)
    await asyncio.gather(*tasks, return_exceptions=True)
    return order


async def test_nobody_waits_more_than_one_round(one_worker: Harness) -> None:
    learners = [one_worker.learner(name) for name in "abcde"]
    tasks = [asyncio.create_task(learner.estimate_forever()) for learner in learners]
    order = await run_turns(one_worker, tasks, 40)
    for name in "abcde":
        turns = [k for k, other in enumerate(order) if other == name]
        assert turns[0] < 5
        assert max(np.diff(turns)) <= 5


@pytest.mark.parametrize("count", [3, 5, 8])
async def test_over_capacity_everybody_gets_the_same(two_workers: Harness, count: int) -> None:
    learners = [two_workers.learner(str(k)) for k in range(count)]
    tasks = [asyncio.create_task(learner.estimate_forever()) for learner in learners]
    share = Counter(await run_turns(two_workers, tasks, 50))
    assert len(share) == count
    assert max(share.values()) - min(share.values()) <= 1


async def test_a_slow_learner_starves_nobody(two_workers: Harness) -> None:
    slow, *others = [two_workers.learner(name) for name in ("slow", "a", "b", "c")]
    tasks = [asyncio.create_task(learner.estimate_forever()) for learner in (slow, *others)]
    by_name = {learner.name: learner for learner in others}
    share: Counter[str] = Counter()
    while sum(share.values()) < 30:
        name = await two_workers.next()
        share[name] += name != "slow"
        if name != "slow":  # whose estimate never ends
            by_name[name].release()
    assert len(slow.followed_s) == 1
    assert sorted(share[name] for name in by_name) == [10, 10, 10]
    for task in tasks:
        await cancel(task)


async def test_the_frame_is_the_newest_as_the_turn_begins(one_worker: Harness) -> None:
    first, second = one_worker.learner("first"), one_worker.learner("second")
    first.send_frames()
    second.send_frames()
    busy = asyncio.create_task(first.estimate())
    assert await one_worker.next() == "first"
    waiting = asyncio.create_task(second.estimate())
    await run_ready_tasks()
    second.send_frames(3)
    first.release()
    assert await one_worker.next() == "second"
    second.send_frames()  # too late for this turn
    second.release()
    pose = await waiting
    assert pose is not None and (second.followed_s, pose.captured_s) == ([4 / FPS], 4 / FPS)
    assert second.frames.dropped == 3
    await busy


async def test_no_more_frames_are_processed_at_once_than_there_are_workers(
    two_workers: Harness,
) -> None:
    learners = [two_workers.learner(name) for name in "abcd"]
    for learner in learners:
        learner.send_frames()
    tasks = [asyncio.create_task(learner.estimate()) for learner in learners]
    assert {await two_workers.next(), await two_workers.next()} == {"a", "b"}
    await run_ready_tasks()
    assert two_workers.started.empty()
    for learner in learners:
        learner.release()
    await asyncio.gather(*tasks)


async def test_a_session_cancelled_while_waiting_takes_no_turn(one_worker: Harness) -> None:
    first, leaving, last = (one_worker.learner(name) for name in ("first", "leaving", "last"))
    for learner in (first, leaving, last):
        learner.send_frames()
    tasks = [asyncio.create_task(learner.estimate()) for learner in (first, leaving, last)]
    await one_worker.next()
    await cancel(tasks[1])
    first.release()
    assert await one_worker.next() == "last"
    last.release()
    await asyncio.gather(tasks[0], tasks[2])
    assert leaving.followed_s == []


async def test_a_session_cancelled_as_its_turn_comes_hands_it_on(one_worker: Harness) -> None:
    first, leaving, last = (one_worker.learner(name) for name in ("first", "leaving", "last"))
    for learner in (first, leaving, last):
        learner.send_frames()
    tasks = [asyncio.create_task(learner.estimate()) for learner in (first, leaving, last)]
    await one_worker.next()
    first.release()
    await tasks[0]  # the turn is given to `leaving`, which has not run yet
    await cancel(tasks[1])
    assert await one_worker.next() in ("leaving", "last")
    leaving.release()
    last.release()
    await tasks[2]
    assert len(last.followed_s) == 1


async def test_a_session_cancelled_at_work_keeps_the_worker_until_it_is_done(
    one_worker: Harness,
) -> None:
    leaving, next_one = one_worker.learner("leaving"), one_worker.learner("next")
    leaving.send_frames()
    next_one.send_frames()
    tasks = [asyncio.create_task(learner.estimate()) for learner in (leaving, next_one)]
    assert await one_worker.next() == "leaving"
    await cancel(tasks[0])
    await run_ready_tasks()
    next_one.send_frames()  # still fresh when the worker is truly free
    leaving.release()
    assert await one_worker.next() == "next"
    next_one.release()
    await tasks[1]
    assert next_one.followed_s == [2 / FPS]


async def test_many_cancelled_sessions_take_no_worker_with_them(two_workers: Harness) -> None:
    for k in range(10):
        leaving = two_workers.learner(f"leaving {k}")
        leaving.send_frames()
        task = asyncio.create_task(leaving.estimate())
        await two_workers.next()
        await cancel(task)
        leaving.release()
    stayed = [two_workers.learner(name) for name in "ab"]
    for learner in stayed:
        learner.send_frames()
    tasks = [asyncio.create_task(learner.estimate()) for learner in stayed]
    assert {await two_workers.next(), await two_workers.next()} == {"a", "b"}  # at once
    for learner in stayed:
        learner.release()
    await asyncio.gather(*tasks)


async def test_closing_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    async for harness in open_harness(2):
        learner = harness.learner("a")
        learner.send_frames()
        learner.release()
        await learner.estimate()
        assert new_workers(before)
    assert not new_workers(before)


async def test_closing_does_not_wait_for_ever_for_an_engine_that_hangs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(inference, "CLOSE_TIMEOUT_S", 0.0)
    service, go_on = InferenceService(Metrics(), 1), threading.Event()

    async def estimate() -> None:
        async with service.wait_for_turn() as turn:
            await turn.run(go_on.wait)

    task = asyncio.create_task(estimate())
    await asyncio.sleep(0)  # the turn begins
    service.close()
    assert caplog.messages == ["the pose engine hangs: 1 frames were left unfinished"]
    assert inference.has_hung_workers()
    go_on.set()
    await task


def new_workers(before: set[threading.Thread]) -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t not in before and t.name.startswith("inference")]
