"""The clock jumps or the pose engine hangs while a learner dances."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rtc_server.config import Config
from tests import live_pose
from tests.integration.attacks.server_process import running_server
from tests.integration.conftest import serving
from tests.integration.scripted_learner import ScriptedLearner
from tests.reliability.dancer import dancing, finish, score_rate
from tests.reliability.report import Report
from tests.reliability.server import make_store, serving_store
from tests.waiting import wait_until
from tf_pose.tracking.person_tracker import PersonTracker

MEASURE_S = 5.0
STALLED_S = 10.0
HOUR_S = 3600
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"  # as Debian installs it
HANGING = """
import sys, threading
from rtc_server.cli import main
from rtc_server.pose.live_model import LiveModel
create = LiveModel.create_tracker
def create_hanging(self):
    tracker = create(self)
    tracker.follow = lambda *_: threading.Event().wait()
    return tracker
LiveModel.create_tracker = create_hanging
sys.exit(main(sys.argv[1:]))
"""
HAS_FAKETIME = Path(FAKETIME).exists()


async def clock_set_back(report: Report, folder: Path) -> str:
    """The wall clock goes back by an hour during a lesson.

    :raises NotImplementedError: there is no libfaketime.
    """
    if not HAS_FAKETIME:
        raise NotImplementedError("there is no libfaketime (Debian: apt install faketime)")
    offset = folder / "offset"
    offset.write_text("+0")
    settings = {
        "LD_PRELOAD": FAKETIME,
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    async with serving_store(folder, settings) as server, dancing(server.url, "Ann") as ann:
        before = await score_rate(ann, MEASURE_S)
        offset.write_text(f"-{HOUR_S}")
        after = await score_rate(ann, MEASURE_S)
        summary = await finish(ann)
    report.require(
        after >= 0.9 * before, f"clock set back: {after:.1f} scores/s after {before:.1f}"
    )
    return f"{before:.1f} scores/s before, {after:.1f} after; {summary['samples']} samples counted"


async def pose_engine_stalled(report: Report, folder: Path) -> str:
    """Every inference hangs for a while; the rest of the server goes on, and scores come back."""
    config = Config(lessons=make_store(folder), port=0, history="", **live_pose.SETTINGS)
    with _stallable_engine() as go_on:
        async with serving(config) as server, dancing(server.url, "Ann") as ann:
            before = await score_rate(ann, MEASURE_S)
            go_on.clear()
            pong_ms = await _ping_ms(ann)
            async with ScriptedLearner(server.url) as other:
                other.send("bye")
                await asyncio.wait_for(other.closed.wait(), STALLED_S)
            await wait_until(lambda: len(server.sessions) == 1)
            during = await score_rate(ann, STALLED_S)
            go_on.set()
            await ann.wait_for_score()
            after = await score_rate(ann, MEASURE_S)
            await finish(ann)
    report.require(
        after >= 0.8 * before, f"engine stalled: {after:.1f} scores/s after {before:.1f}"
    )
    return (
        f"{before:.1f} scores/s before, {during:.1f} during, {after:.1f} after; meanwhile a ping "
        f"was answered in {pong_ms:.0f} ms, and another learner came and went"
    )


async def stopped_while_stalled(report: Report, folder: Path) -> str:
    """SIGTERM comes while every inference hangs: the server stops all the same."""
    store = make_store(folder)
    async with (
        running_server(store, folder, program=("-c", HANGING)) as server,
        ScriptedLearner(server.url) as learner,
    ):
        learner.send("start")
        await server.wait_for_metric("tandem_webcam_frames_total", 1)
        await asyncio.sleep(STALLED_S / 5)  # a frame is at work
        began_s = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        await learner.wait_for(type="summary")
        async with asyncio.timeout(STALLED_S):
            status = await server.process.wait()
        took_s = time.monotonic() - began_s
    report.require(status == 0, f"stopped while stalled: exit status {status}")
    return f"the learner got the summary, and the server exited with {status} after {took_s:.1f} s"


async def _ping_ms(learner: ScriptedLearner) -> float:
    began_s = time.monotonic()
    learner.send("ping", t0_ms=1.0)
    await learner.wait_for(type="pong", t0_ms=1.0)
    return 1000 * (time.monotonic() - began_s)


@contextmanager
def _stallable_engine() -> Iterator[threading.Event]:
    """An event; while it is not set, no tracker of this process gets on with a frame."""
    go_on = threading.Event()
    go_on.set()
    follow = PersonTracker.follow

    def follow_later(self: PersonTracker, image: Any, t_s: float) -> Any:
        go_on.wait()
        return follow(self, image, t_s)

    PersonTracker.follow = follow_later  # type: ignore[method-assign]
    try:
        yield go_on
    finally:
        go_on.set()
        PersonTracker.follow = follow  # type: ignore[method-assign]
