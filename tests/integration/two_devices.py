"""A television and a phone that films it, each with a clock of its own, in one process."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from rtc_server.client.cameras import EchoCameraTrack
from rtc_server.client.device import Device
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import Outcome
from rtc_server.client.phone_camera import PhoneCamera, PhoneOutcome, split_camera_link
from rtc_server.client.television import Television

HOUR_S = 3600.0
BEGAN_S = time.monotonic()


@dataclass(frozen=True, slots=True)
class DriftingClock:
    """A clock that was set wrong, and is too fast or too slow."""

    ahead_s: float  # of 0, in the beginning; a clock that is behind is negative
    ppm: float

    def __call__(self) -> float:
        return self.ahead_s + (time.monotonic() - BEGAN_S) * (1 + self.ppm * 1e-6)


async def follow_with_phone(
    options: LearnerOptions,
    on_message: Callable[[dict[str, Any]], None] = lambda _: None,
) -> tuple[Outcome, PhoneOutcome]:
    """Follow a lesson on a television that a phone films, `echo_delay_ms` late.

    :param options: with `screen_only`.
    :param on_message: called with what the server says to the television.
    """
    phone_clock = DriftingClock(ahead_s=7 * HOUR_S, ppm=50)
    track = EchoCameraTrack(phone_clock, options.echo_delay_ms / 1000)
    pairings: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    television = Television(
        options,
        Device(on_message, DriftingClock(ahead_s=-5 * HOUR_S, ppm=-50)),
        on_pairing=pairings.put_nowait,
        filmed_by=track,
    )

    async def be_the_camera() -> PhoneOutcome:
        _, secret = split_camera_link((await pairings.get())["url"])
        return await PhoneCamera(options.url, secret, track, Device(now=phone_clock)).follow()

    async with asyncio.TaskGroup() as group:
        watching = group.create_task(television.follow())
        filming = group.create_task(be_the_camera())
    return watching.result(), filming.result()


async def follow_in_process(options: LearnerOptions) -> Outcome:
    """As `follow_with_phone`, in a process of their own; what came of the television."""
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return await loop.run_in_executor(pool, _follow, options)


def _follow(options: LearnerOptions) -> Outcome:
    seen, _ = asyncio.run(follow_with_phone(options))
    return seen
