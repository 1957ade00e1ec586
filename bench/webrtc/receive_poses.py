"""Measures when a learner's poses resume on a real server after one packet was lost for good."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from rtc_server.app import create_app
from rtc_server.authoring.build import DEMO_VIDEO
from rtc_server.client.options import LearnerOptions
from rtc_server.config import Config
from rtc_server.http import sessions
from rtc_server.webrtc import aiortc_decoder
from tools.film_learner import FilmLearner, ReceivedPose, read_film
from tools.loopback_peers import BITRATE_ESTIMATOR
from tools.packet_dropper import PacketDropper

FPS, FILM_S = 30.0, 8.0
BEFORE_S, AFTER_S, TIMEOUT_S = 3.0, 5.0, 20.0
READY_TIMEOUT_S = 120.0


async def poses_after_a_loss(use_aiortc_buffer: bool) -> dict[str, int | None]:
    """Lose one packet for good of a learner who sends 30 frames/s.

    `resumed_ms` is the time from the loss to the first pose of a later frame; `age_…_ms` are the
    medians of the scores' ages before the loss, and 5 s after poses resumed. A value is None if
    poses did not resume within 20 s.
    """
    ours = aiortc_decoder.replace_jitter_buffer
    if use_aiortc_buffer:
        aiortc_decoder.replace_jitter_buffer = lambda *_: None  # type: ignore[assignment]
    try:
        async with open_server() as (app, url):
            return await _measure(
                app, FilmLearner(options(url), read_film(DEMO_VIDEO, FILM_S), FPS)
            )
    finally:
        aiortc_decoder.replace_jitter_buffer = ours  # type: ignore[assignment]


def options(url: str) -> LearnerOptions:
    return LearnerOptions(url, "demo", camera="", mirror="off")


async def _measure(app: web.Application, learner: FilmLearner) -> dict[str, int | None]:
    following = asyncio.create_task(learner.follow())
    await _wait_until(lambda: bool(learner.session and learner.received_poses))
    webcam = app[sessions.SESSIONS].find(learner.session)._peer.webcam_receiver
    if webcam is None:
        raise RuntimeError("expected a session with a webcam, got one without")
    setattr(webcam, BITRATE_ESTIMATOR, None)  # see tools/loopback_peers.py
    lost: list[float] = []
    dropper = PacketDropper(webcam, on_first_drop=lambda: lost.append(time.monotonic()))
    await asyncio.sleep(BEFORE_S)
    dropper.arm()
    await _wait_until(lambda: bool(lost) and learner.pose_after(lost[0]) is not None)
    again = learner.pose_after(lost[0])
    if again is not None:
        await asyncio.sleep(AFTER_S)
    learner.leave()
    await following
    return {
        "resumed_ms": None if again is None else round(1000 * (again.received_s - lost[0])),
        "age_before_ms": _median_age_ms(
            [p for p in learner.received_poses if p.received_s < lost[0]]
        ),
        "age_after_ms": _median_age_ms(
            [p for p in learner.received_poses[-5:] if p.captured_s > lost[0]]
        ),
    }


def _median_age_ms(poses: list[ReceivedPose]) -> int | None:
    ages = [pose.received_s - pose.captured_s for pose in poses]
    return round(1000 * statistics.median(ages)) if ages else None


async def _wait_until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds, for TIMEOUT_S at most."""
    deadline_s = time.monotonic() + TIMEOUT_S
    while not condition() and time.monotonic() < deadline_s:  # noqa: ASYNC110  only a peer knows
        await asyncio.sleep(0.02)


@asynccontextmanager
async def open_server() -> AsyncIterator[tuple[web.Application, str]]:
    """Open a server in this process, and wait until it is ready."""
    runner = web.AppRunner(create_app(Config(port=0, countdown_s=1)), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with asyncio.timeout(READY_TIMEOUT_S):
            await runner.app[sessions.READINESS].settled
        yield runner.app, url
    finally:
        await runner.cleanup()
