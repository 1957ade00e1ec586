"""Runs the pose estimator off the event loop, fairly: one slot a session, turns in order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from rtc_server.mailbox import Mailbox
from rtc_server.metrics import Metrics
from rtc_server.values import Pose
from rtc_server.webcam import WebcamFrame
from tf_pose.draw import draw_pose
from tf_pose.human import Human

Picture = NDArray[np.uint8]  # (H, W, 3) BGR
LONGEST_SIDE = 1280  # a larger webcam picture is made smaller before anyone looks at it
# Learners who begin together would all come due at once and wait for each other; steps of the
# golden ratio spread any number of them evenly.
GOLDEN = 0.618034
NICE = 2  # the media path goes first: a score may be a little later, a packet may not


class Tracker(Protocol):
    """Follows one person over time (`tf_pose.tracking.PersonTracker`)."""

    def follow(self, image_bgr: Picture, t_s: float) -> Human | None: ...


@dataclass(frozen=True, slots=True)
class Posed:
    """A frame with what was seen in it."""

    frame: WebcamFrame
    pose: Pose
    drawn: Picture | None  # the picture with the skeleton on it, where that is wanted


class PosingService:
    """Workers that share one estimator. Sessions wait in line, so none waits more than a round."""

    def __init__(self, metrics: Metrics, workers: int) -> None:
        self._metrics = metrics
        self._turns = asyncio.Semaphore(workers)
        self._slots = 0
        self._pool = ThreadPoolExecutor(workers, "posing", initializer=_step_back)

    def open_slot(self, tracker: Tracker, *, draw: bool) -> PoseSlot:
        """A place in line for one session, at a time of its own between the others'."""
        self._slots += 1
        return PoseSlot(self, tracker, draw, phase=self._slots * GOLDEN % 1)

    async def run(self, work: Callable[[], Posed]) -> Posed:
        """Do one piece of work on a worker; the caller holds a turn."""
        started_s = time.perf_counter()
        done = await asyncio.get_running_loop().run_in_executor(self._pool, work)
        self._metrics.inference.observe(time.perf_counter() - started_s)
        return done

    def turn(self) -> asyncio.Semaphore:
        """First come, first served."""
        return self._turns

    def close(self) -> None:
        """Let the workers go; one at work is waited for."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class PoseSlot:
    """One session's way to the workers: at most one frame of it is ever at work."""

    def __init__(self, service: PosingService, tracker: Tracker, draw: bool, phase: float) -> None:
        self.phase = phase  # of a sample's interval, 0..1
        self._service = service
        self._tracker = tracker
        self._draw = draw

    async def newest(self, frames: Mailbox[WebcamFrame], captured: CapturedAt) -> Posed:
        """Wait for a frame and a turn, then look at the newest frame there is by then.

        :raises mailbox.Closed: the webcam has ended.
        """
        await frames.ready()
        async with self._service.turn():
            frame = await frames.take()
            return await self._service.run(lambda: self._look(frame, captured(frame)))

    def _look(self, frame: WebcamFrame, captured_s: float) -> Posed:
        """On a worker: colours, size, pose."""
        picture = to_bgr(frame)
        human = self._tracker.follow(picture, captured_s)
        pose = Pose.nobody(captured_s)
        if human is not None:
            xy, score = human.arrays()
            pose = Pose(captured_s, xy, score, aspect=picture.shape[1] / picture.shape[0])
        if self._draw:
            draw_pose(picture, pose.xy, pose.score)
        return Posed(frame, pose, picture if self._draw else None)


CapturedAt = Callable[[WebcamFrame], float]  # on the server's clock


def to_bgr(frame: WebcamFrame) -> Picture:
    """The frame's picture, upright, no side longer than LONGEST_SIDE."""
    picture = np.asarray(frame.picture.to_ndarray(format="bgr24"), np.uint8)
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
