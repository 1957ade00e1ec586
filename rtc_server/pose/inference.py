"""Runs the pose estimator off the event loop, fairly: one slot a session, turns in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from rtc_server.metrics import Metrics
from rtc_server.pose.positioning import Surroundings
from rtc_server.pose.scene import Lookout, Others
from rtc_server.pose.smoothing import Smoother
from rtc_server.types import Pose
from rtc_server.webrtc.latest import Latest
from rtc_server.webrtc.uplink import WebcamFrame
from tf_pose.draw import draw_pose
from tf_pose.human import Human

logger = logging.getLogger(__name__)

T = TypeVar("T")
Picture = NDArray[np.uint8]  # (H, W, 3) BGR
LONGEST_SIDE = 1280  # a larger webcam picture is made smaller before anyone looks at it
# Learners who begin together would all come due at once and wait for each other; steps of the
# golden ratio spread any number of them evenly.
GOLDEN = 0.618034
TELL_WITHIN_S = 0.45  # of a frame's coming: what would be told later is of no use any more
LOOK_MEMORY = 0.2  # the part of the newest look in how long they usually take
OLD_IN_A_ROW = 5  # and then it is looked at after all: it may be the network that has become slow
MOST_WORKERS_TIMES = 4  # threads there may be for each that there is at first
NICE = 2  # the media path goes first: a score may be a little later, a packet may not


class Tracker(Others, Protocol):
    """Follows one person over time (`tf_pose.tracking.PersonTracker`)."""

    def follow(self, image_bgr: Picture, t_s: float) -> Human | None: ...


@dataclass(frozen=True, slots=True)
class FramePose:
    """A frame with what was seen in it."""

    frame: WebcamFrame
    pose: Pose
    drawn: Picture | None  # the picture with the skeleton on it, where that is wanted
    around: Surroundings | None = None  # where that is wanted


class InferenceService:
    """Workers that share one estimator. Sessions wait in line, so none waits more than a round.

    A session has at most one frame in line and goes to its end each time, so that under overload
    the rate of all falls alike.
    """

    def __init__(self, metrics: Metrics, workers: int) -> None:
        """`workers` pictures are looked at at once, at most MOST_WORKERS_TIMES as many later."""
        self._metrics = metrics
        self._width = workers
        self._most = workers * MOST_WORKERS_TIMES
        self._turns = asyncio.Semaphore(workers)  # wakes those who wait in their order
        self._slots = 0
        self._usual_look_s = 0.0  # from the beginning of a turn until the loop has the pose
        self._pool = ThreadPoolExecutor(self._most, "posing", initializer=_step_back)

    def open_slot(self, tracker: Tracker, *, draw: bool) -> PoseSlot:
        """A place in line for one session, at a time of its own between the others'."""
        self._slots += 1
        return PoseSlot(self, tracker, draw, phase=self._slots * GOLDEN % 1)

    def widen(self, workers: int) -> None:
        """Look at so many pictures at once from now on, where the engine takes them together."""
        while self._width < min(workers, self._most):
            self._width += 1
            self._turns.release()

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """Wait in line for a worker: first come, first served.

        It goes to the next when the block is left and its work is done: a session that is cut off
        meanwhile does not take the thread with it.
        """
        came_s = time.perf_counter()
        await self._turns.acquire()
        self._metrics.pose_wait_seconds.observe(time.perf_counter() - came_s)
        turn = Turn(self._pool)
        try:
            yield turn
        finally:
            turn.when_done(self._turns.release)
            if turn.took_s is not None:
                self._metrics.pose_seconds.observe(turn.took_s)

    def in_time(self, waited_s: float) -> bool:
        """Whether a picture that has waited so long can still be told of, as looks go now."""
        return waited_s + self._usual_look_s <= TELL_WITHIN_S

    def looked(self, took_s: float) -> None:
        """Learn how long a look takes, on a worker and on the way there and back."""
        self._usual_look_s += LOOK_MEMORY * (took_s - self._usual_look_s)

    def too_old(self) -> None:
        """Count a picture that was not looked at because it had waited too long."""
        self._metrics.webcam_frames_too_old.inc()

    def failed(self) -> None:
        """Count a picture that could not be looked at."""
        self._metrics.pose_failures.inc()

    def close(self) -> None:
        """Let the workers go; one at work is waited for."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class Turn:
    """A worker that waits for one piece of work."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._doing: Future[Any] | None = None
        self.took_s: float | None = None  # once the work is done, waiting excluded

    async def do(self, work: Callable[[], T]) -> T:
        """Give what `work` gives, done off the loop."""
        self._doing = self._pool.submit(self._timed, work)
        done: T = await asyncio.wrap_future(self._doing)
        return done

    def when_done(self, then: Callable[[], None]) -> None:
        """Call `then` on the loop: at once, or when the worker is free again."""
        if self._doing is None or self._doing.done():
            then()
            return
        loop = asyncio.get_running_loop()
        self._doing.add_done_callback(lambda _: loop.call_soon_threadsafe(then))

    def _timed(self, work: Callable[[], T]) -> T:
        began_s = time.perf_counter()
        try:
            return work()
        finally:
            self.took_s = time.perf_counter() - began_s


class PoseSlot:
    """One session's way to the workers: at most one frame of it is ever at work."""

    def __init__(
        self, service: InferenceService, tracker: Tracker, draw: bool, phase: float
    ) -> None:
        self.phase = phase  # of a sample's interval, 0..1
        self.failures = 0  # one after the other, up to now
        self.too_old = 0  # frames that were not looked at
        self._old_in_a_row = 0
        self._service = service
        self._tracker = tracker
        self._smoother = Smoother()
        self._draw = draw
        self._lookout = Lookout(tracker)

    async def newest(
        self, frames: Latest[WebcamFrame], captured: Captured, *, around: bool = False
    ) -> FramePose | None:
        """Wait for a turn, then look at the newest frame there is by then; there has to be one.

        :param around: look at what is around the learner, too.

        None where that frame is too old by then, or looking failed; both are counted, failures
        logged. One picture that the estimator cannot take need not end a session.

        :raises mailbox.Closed: the webcam has ended.
        """
        async with self._service.turn() as turn:
            frame = frames.take_nowait()
            captured_s, waited_s = captured(frame)
            if self._is_too_old(waited_s):
                return None
            began_s = time.perf_counter()
            try:
                posed = await turn.do(lambda: self._look(frame, captured_s, around))
            except Exception:  # of whatever kind: decoder, tracker and engine have many
                self._fail()
                return None
        self.failures = 0
        self._service.looked(time.perf_counter() - began_s)
        return posed

    def _is_too_old(self, waited_s: float) -> bool:
        if self._service.in_time(waited_s) or self._old_in_a_row == OLD_IN_A_ROW:
            self._old_in_a_row = 0
            return False
        self._old_in_a_row += 1
        self.too_old += 1
        self._service.too_old()
        return True

    def _fail(self) -> None:
        self._service.failed()
        self.failures += 1
        if self.failures == 1:  # the rest of a row of them says the same
            logger.exception("a picture could not be looked at")

    def _look(self, frame: WebcamFrame, captured_s: float, around: bool) -> FramePose:
        """On a worker: colours, size, pose."""
        picture = to_bgr(frame)
        human = self._tracker.follow(picture, captured_s)
        pose = Pose.nobody(captured_s)
        if human is not None:
            xy, confidence = human.arrays()
            pose = Pose(captured_s, xy, confidence, aspect=picture.shape[1] / picture.shape[0])
        pose = self._smoother.smooth(pose)
        seen = self._lookout.around(picture, human, captured_s) if around else None
        if self._draw:
            draw_pose(picture, pose.xy, pose.confidence)
        return FramePose(frame, pose, picture if self._draw else None, seen)


# When a frame was captured on the server's clock, and how long it has been waiting here; both in s.
Captured = Callable[[WebcamFrame], tuple[float, float]]


def to_bgr(frame: WebcamFrame) -> Picture:
    """The frame's picture, upright, no side longer than LONGEST_SIDE."""
    picture = np.asarray(frame.video_frame.to_ndarray(format="bgr24"), np.uint8)
    longest = max(picture.shape[:2])
    if longest > LONGEST_SIDE:
        scale = LONGEST_SIDE / longest
        size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    return picture


def _step_back() -> None:
    """Give the event loop's thread the right of way, where the system allows it."""
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
