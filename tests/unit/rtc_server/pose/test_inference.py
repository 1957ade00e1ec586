"""The pose service keeps its promises: in line, fresh, and whatever happens to one session."""

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
PATIENCE_S = 20  # before a test that hangs says so; no test waits for it


class Studio:
    """A pose service and learners whose pictures are looked at when the test says so."""

    def __init__(self, workers: int) -> None:
        self.metrics = Metrics()
        self.workers = workers
        self.service = InferenceService(self.metrics, workers)
        self.begun: asyncio.Queue[tuple[str, float]] = asyncio.Queue()  # who, captured_s
        self.loop = asyncio.get_running_loop()
        self.learners: list[Learner] = []

    def learner(self, name: str) -> Learner:
        self.learners.append(Learner(self, name))
        return self.learners[-1]

    async def next(self) -> str:
        """Who is looked at next; a learner whose turn it is not yet is not."""
        async with asyncio.timeout(PATIENCE_S):
            return (await self.begun.get())[0]

    def metric(self, name: str) -> float:
        return self.metrics.registry.get_sample_value(name) or 0.0


class Learner:
    """Somebody before a camera, and the tracker that follows them."""

    def __init__(self, studio: Studio, name: str) -> None:
        self.name = name
        self.frames: Latest[WebcamFrame] = Latest()
        self.slot: PoseSlot = PoseSlot(studio.service, self, draw=False)
        self.errors: list[Exception] = []
        self.seen: list[float] = []
        self.human: Human | None = None
        self.waited_s = 0.0
        self._studio = studio
        self._filmed = 0
        self._may_end = threading.Semaphore(0)

    def film(self, frames: int = 1) -> None:
        for _ in range(frames):
            self._filmed += 1
            self.frames.put(WebcamFrame(av.VideoFrame(16, 16, "bgr24"), self._filmed, 0.0))

    def follow(self, _picture: object, t_s: float) -> Human | None:
        """On a worker: tell the test, and wait until it lets go."""
        self.seen.append(t_s)
        studio = self._studio
        studio.loop.call_soon_threadsafe(studio.begun.put_nowait, (self.name, t_s))
        assert self._may_end.acquire(timeout=PATIENCE_S)
        if self.errors:
            raise self.errors.pop()
        return self.human

    def let_go(self, times: int = 1) -> None:
        self._may_end.release(times)

    async def look(self) -> Pose | None:
        posed = await self.slot.estimate_newest(
            self.frames, lambda frame: (frame.rtp / FPS, self.waited_s)
        )
        return posed.pose if posed else None

    async def look_on(self) -> None:
        """Look again and again, always with a frame to look at: more than there is room for."""
        while True:
            self.film()
            await self.look()


@pytest.fixture
async def one_worker() -> AsyncIterator[Studio]:
    async for studio in opened(1):
        yield studio


@pytest.fixture
async def two_workers() -> AsyncIterator[Studio]:
    async for studio in opened(2):
        yield studio


async def opened(workers: int) -> AsyncIterator[Studio]:
    studio = Studio(workers)
    yield studio
    for learner in studio.learners:
        learner.let_go(1000)
    studio.service.close()


async def settled() -> None:
    """Let everything run that can without the outside."""
    for _ in range(20):
        await asyncio.sleep(0)


async def cancelled(task: asyncio.Task[object]) -> None:
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def rounds(studio: Studio, tasks: list[asyncio.Task[None]], turns: int) -> list[str]:
    """So many turns in the order in which they began, where each takes as long as another."""
    by_name = {learner.name: learner for learner in studio.learners}
    order: list[str] = []
    for turn in range(turns):
        order.append(await studio.next())
        oldest = turn + 1 - studio.workers
        if oldest >= 0:
            by_name[order[oldest]].let_go()
    for task in tasks:
        task.cancel()
    for learner in studio.learners:
        learner.let_go(5)
    await asyncio.gather(*tasks, return_exceptions=True)
    return order


async def test_nobody_waits_more_than_one_round(one_worker: Studio) -> None:
    learners = [one_worker.learner(name) for name in "abcde"]
    tasks = [asyncio.create_task(learner.look_on()) for learner in learners]
    order = await rounds(one_worker, tasks, 40)
    for name in "abcde":
        turns = [k for k, other in enumerate(order) if other == name]
        assert turns[0] < 5
        assert max(np.diff(turns)) <= 5


@pytest.mark.parametrize("count", [3, 5, 8])
async def test_over_capacity_everybody_gets_the_same(two_workers: Studio, count: int) -> None:
    learners = [two_workers.learner(str(k)) for k in range(count)]
    tasks = [asyncio.create_task(learner.look_on()) for learner in learners]
    share = Counter(await rounds(two_workers, tasks, 50))
    assert len(share) == count
    assert max(share.values()) - min(share.values()) <= 1


async def test_a_slow_learner_starves_nobody(two_workers: Studio) -> None:
    slow, *others = [two_workers.learner(name) for name in ("slow", "a", "b", "c")]
    tasks = [asyncio.create_task(learner.look_on()) for learner in (slow, *others)]
    by_name = {learner.name: learner for learner in others}
    share: Counter[str] = Counter()
    while sum(share.values()) < 30:
        name = await two_workers.next()
        share[name] += name != "slow"
        if name != "slow":  # whose picture is never done
            by_name[name].let_go()
    assert len(slow.seen) == 1
    assert sorted(share[name] for name in by_name) == [10, 10, 10]
    for task in tasks:
        await cancelled(task)


async def test_the_frame_is_the_newest_as_the_turn_begins(one_worker: Studio) -> None:
    first, second = one_worker.learner("first"), one_worker.learner("second")
    first.film()
    second.film()
    busy = asyncio.create_task(first.look())
    assert await one_worker.next() == "first"
    waiting = asyncio.create_task(second.look())
    await settled()
    second.film(3)
    first.let_go()
    assert await one_worker.next() == "second"
    second.film()  # too late for this turn
    second.let_go()
    pose = await waiting
    assert pose is not None and (second.seen, pose.captured_s) == ([4 / FPS], 4 / FPS)
    assert second.frames.dropped == 3
    await busy


async def test_no_more_are_looked_at_at_once_than_there_are_workers(two_workers: Studio) -> None:
    learners = [two_workers.learner(name) for name in "abcd"]
    for learner in learners:
        learner.film()
    tasks = [asyncio.create_task(learner.look()) for learner in learners]
    assert {await two_workers.next(), await two_workers.next()} == {"a", "b"}
    await settled()
    assert two_workers.begun.empty()
    two_workers.service.raise_concurrency(3)
    assert await two_workers.next() == "c"
    await settled()
    assert two_workers.begun.empty()
    for learner in learners:
        learner.let_go()
    await asyncio.gather(*tasks)


async def test_who_leaves_while_waiting_takes_no_turn(one_worker: Studio) -> None:
    first, leaving, last = (one_worker.learner(name) for name in ("first", "leaving", "last"))
    for learner in (first, leaving, last):
        learner.film()
    tasks = [asyncio.create_task(learner.look()) for learner in (first, leaving, last)]
    await one_worker.next()
    await cancelled(tasks[1])
    first.let_go()
    assert await one_worker.next() == "last"
    last.let_go()
    await asyncio.gather(tasks[0], tasks[2])
    assert leaving.seen == []


async def test_who_leaves_as_their_turn_comes_hands_it_on(one_worker: Studio) -> None:
    first, leaving, last = (one_worker.learner(name) for name in ("first", "leaving", "last"))
    for learner in (first, leaving, last):
        learner.film()
    tasks = [asyncio.create_task(learner.look()) for learner in (first, leaving, last)]
    await one_worker.next()
    first.let_go()
    await tasks[0]  # the turn is given to `leaving`, which has not run yet
    await cancelled(tasks[1])
    assert await one_worker.next() in ("leaving", "last")
    leaving.let_go()
    last.let_go()
    await tasks[2]
    assert len(last.seen) == 1


async def test_who_leaves_at_work_keeps_the_worker_until_it_is_done(one_worker: Studio) -> None:
    leaving, next_one = one_worker.learner("leaving"), one_worker.learner("next")
    leaving.film()
    next_one.film()
    tasks = [asyncio.create_task(learner.look()) for learner in (leaving, next_one)]
    assert await one_worker.next() == "leaving"
    await cancelled(tasks[0])
    await settled()
    next_one.film()  # still fresh when the worker is truly free
    leaving.let_go()
    assert await one_worker.next() == "next"
    next_one.let_go()
    await tasks[1]
    assert next_one.seen == [2 / FPS]


async def test_many_who_leave_take_no_worker_with_them(two_workers: Studio) -> None:
    for k in range(10):
        leaving = two_workers.learner(f"leaving {k}")
        leaving.film()
        task = asyncio.create_task(leaving.look())
        await two_workers.next()
        await cancelled(task)
        leaving.let_go()
    stayed = [two_workers.learner(name) for name in "ab"]
    for learner in stayed:
        learner.film()
    tasks = [asyncio.create_task(learner.look()) for learner in stayed]
    assert {await two_workers.next(), await two_workers.next()} == {"a", "b"}  # at once
    for learner in stayed:
        learner.let_go()
    await asyncio.gather(*tasks)


async def test_closing_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    async for studio in opened(2):
        learner = studio.learner("a")
        learner.film()
        learner.let_go()
        await learner.look()
        assert workers_beside(before)
    assert not workers_beside(before)


def workers_beside(before: set[threading.Thread]) -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t not in before and t.name.startswith("inference")]


async def test_a_failure_is_counted_and_logged_and_the_session_goes_on(
    one_worker: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    learner = one_worker.learner("a")
    learner.errors = [RuntimeError("the engine fell over"), RuntimeError("the engine fell over")]
    learner.let_go(3)
    failures = []
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            learner.film()
            failures.append((await learner.look() is None, learner.slot.failures))
    assert failures == [(True, 1), (True, 2), (False, 0)]
    assert one_worker.metric("tandem_pose_failures_total") == 2
    assert [str(record.exc_info[1]) for record in caplog.records if record.exc_info] == [
        "the engine fell over"  # a row of failures is told once
    ]


async def test_what_waited_too_long_is_counted_and_not_looked_at(one_worker: Studio) -> None:
    late, fresh = one_worker.learner("late"), one_worker.learner("fresh")
    late.waited_s = 0.5
    late.film()
    assert await late.look() is None
    assert (late.seen, late.slot.frames_too_old) == ([], 1)
    fresh.film()
    fresh.let_go()
    assert await fresh.look() is not None  # the turn is not kept by the one who did not need it
    assert one_worker.metric("tandem_webcam_frames_too_old_total") == 1


async def test_where_looks_take_long_a_picture_may_wait_less(one_worker: Studio) -> None:
    service = one_worker.service
    assert service.is_in_time(0.4)
    for _ in range(20):
        service.record_duration(0.3)
    assert service.is_in_time(0.1) and not service.is_in_time(0.2)


async def test_who_is_always_late_is_looked_at_now_and_then(one_worker: Studio) -> None:
    learner = one_worker.learner("far away")
    learner.waited_s = 0.5
    learner.let_go(10)
    looked = []
    for _ in range(12):
        learner.film()
        looked.append(await learner.look() is not None)
    assert looked == [*[False] * 5, True] * 2


async def test_a_webcam_that_ends_is_told(one_worker: Studio) -> None:
    learner = one_worker.learner("a")
    learner.frames.close()
    with pytest.raises(Closed):
        await learner.look()


async def test_waiting_and_work_are_measured_apart(one_worker: Studio) -> None:
    learners = [one_worker.learner(name) for name in "ab"]
    for learner in learners:
        learner.film()
        learner.let_go()
    await asyncio.gather(*(learner.look() for learner in learners))
    assert one_worker.metric("tandem_pose_wait_seconds_count") == 2
    assert one_worker.metric("tandem_pose_seconds_count") == 2


async def test_poses_are_smoothed_as_offline(one_worker: Studio) -> None:
    learner, smoother = one_worker.learner("a"), Smoother()
    for x in (0.5, 0.501, 0.52, 0.7):
        learner.film()
        learner.let_go()
        learner.human = Human({4: BodyPart("0-4", 4, x, 0.4, 0.9)}, 0.9)
        pose = await learner.look()
        assert pose is not None
        expected = smoother.smooth(Pose(pose.captured_s, *learner.human.arrays()))
        np.testing.assert_array_equal(pose.xy, expected.xy)
    assert pose.xy[4, 0] < 0.7  # there was something to smooth
