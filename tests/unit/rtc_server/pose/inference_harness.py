"""An inference service whose learners' estimates end when a test says so."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import av

from rtc_server.latest import Latest
from rtc_server.metrics import Metrics
from rtc_server.pose.inference import InferenceService
from rtc_server.pose.pose_slot import PoseSlot
from rtc_server.types import Pose
from rtc_server.webcam.webcam_frame import WebcamFrame
from tf_pose.human import Human

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
            self.frames, lambda frame: (frame.timestamp / FPS, self.waited_s)
        )
        return posed.pose if posed else None

    async def estimate_forever(self) -> None:
        """Estimate again and again, always with a new frame: more than there is capacity for."""
        while True:
            self.send_frames()
            await self.estimate()


async def open_harness(workers: int) -> AsyncIterator[Harness]:
    harness = Harness(workers)
    yield harness
    for learner in harness.learners:
        learner.release(1000)
    harness.service.close()
