"""What the server believes a learner saw, against the truth that the oracle's picture carries."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import pytest_asyncio

from rtc_server.acting import Act
from rtc_server.client import Learner, Wish
from rtc_server.config import Config
from tests.integration.conftest import Running, serving
from tools import oracle
from tools.probe import Look, Probe, skews_ms

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOT = Path(__file__).resolve().parents[2]
LESSON_S = 9.0
AIM_MS = 33.0
DELAYS_MS = (0.0, 200.0, 400.0)
# After a change one sample may come before the first word of what the screen shows since.
UNTOLD = 1


class Place(NamedTuple):
    server: Running
    probe: Probe


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place() -> AsyncIterator[Place]:
    lessons = oracle.store(duration_s=LESSON_S).folder
    config = Config(lessons=lessons, port=0, countdown_s=1, max_sessions=len(DELAYS_MS))
    async with serving(config) as server:
        with Probe() as probe:
            yield Place(server, probe)


def p95(values: Sequence[float] | np.ndarray) -> float:
    return float(np.percentile(np.abs(values), 95))


TOUR = (
    Act(2.0, {"type": "pause"}),
    Act(2.0, {"type": "resume"}, after_s=0.8),
    Act(3.5, {"type": "seek", "lesson_s": 6.3}),
    Act(7.5, {"type": "seek", "lesson_s": 1.2}),
    Act(2.5, {"type": "rate", "rate": 0.5}),
    Act(3.7, {"type": "rate", "rate": 1}),
    Act(4.5, {"type": "loop", "from_s": 4.0, "to_s": 6.0}),
    Act(0.0, {"type": "loop"}, after_s=4.5),
)


async def test_the_server_knows_what_is_seen_through_pause_seek_rate_and_loop(place: Place) -> None:
    states: list[tuple[float, dict[str, Any]]] = []

    def hear(message: dict[str, Any]) -> None:
        if message["type"] == "state":
            states.append((time.monotonic(), message))

    wish = Wish(place.server.url, oracle.LESSON_ID, "instructor", mirror="off", acts=TOUR)
    outcome = await Learner(wish, hear).follow()
    assert (outcome.ended, outcome.errors) == ("clean", [])
    looks = place.probe.of(place.probe.attempts[-1])
    assert sum(look.true_s is None for look in looks) <= 0.05 * len(looks)
    parts = stretches(looks, [at_s for at_s, state in states if state["state"] == "playing"])
    # play, resume, seek, seek, rate, rate, loop and its laps, loop ended
    assert len(parts) >= 9
    assert {look.rate for look in looks} == {0.5, 1.0}
    for part in parts:
        skews = skews_ms(part[UNTOLD:])
        assert p95(skews) <= AIM_MS, [round(ms) for ms in skews]
    check_what_is_told(looks)


def stretches(looks: Sequence[Look], begins_s: Sequence[float]) -> list[list[Look]]:
    """The looks between one beginning and the next."""
    ends_s = [*begins_s[1:], np.inf]
    return [
        part
        for begin, end in zip(begins_s, ends_s, strict=True)
        if len(part := [look for look in looks if begin <= look.at_s < end]) > UNTOLD + 1
    ]


def check_what_is_told(looks: Sequence[Look]) -> None:
    """`skew_ms` is known, is a measurement, and is of the size of the truth."""
    told = [look.told_ms for look in looks if look.told_ms is not None]
    assert len(told) >= 0.9 * len(looks)
    assert np.mean(np.abs(told) < 0.05) < 0.9
    assert p95(told) <= 2 * AIM_MS


async def test_an_echo_so_late_is_a_learner_so_late(place: Place) -> None:
    """The delay is the learner's own: `lag_ms` has it, the skew and the score's shape do not."""
    before = len(place.probe.attempts)
    await asyncio.gather(*(run_client(place.server.url, delay_ms) for delay_ms in DELAYS_MS))
    attempts = place.probe.attempts[before:]
    assert len(attempts) == len(DELAYS_MS)
    summaries = {attempt: attempt.summary(complete=True) for attempt in attempts}
    attempts.sort(key=lambda attempt: summaries[attempt].lag_ms or 0.0)
    for attempt, delay_ms in zip(attempts, DELAYS_MS, strict=True):
        assert summaries[attempt].lag_ms == pytest.approx(delay_ms, abs=60)
        skews = skews_ms(place.probe.of(attempt)[UNTOLD:], delay_ms)
        assert p95(skews) <= AIM_MS, [round(ms) for ms in skews]
    shapes = [summaries[attempt].shape for attempt in attempts]
    assert max(shapes) - min(shapes) <= 3, shapes


async def run_client(url: str, delay_ms: float) -> None:
    """A learner in a process of its own, as three in this one would be in each other's way."""
    arguments = ["client", "--url", url, "--lesson", oracle.LESSON_ID, "--camera", "instructor"]
    client = await asyncio.create_subprocess_exec(
        *(sys.executable, "run.py", *arguments, "--mirror", "off"),
        *("--echo-delay-ms", str(delay_ms)),
        cwd=ROOT,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert await client.wait() == 0
    finally:
        if client.returncode is None:
            client.kill()
