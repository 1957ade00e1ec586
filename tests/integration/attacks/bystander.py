"""A good learner in the middle of a lesson while somebody else attacks the server.

    python -m tests.integration.attacks.bystander URL [--timed]

A process of its own, so that the attacker is not in its way. It plays a lesson over and over, asks
for /healthz, and prints one line for each score ("score") and for each answer of /healthz ("health"
and its milliseconds), with the time (CLOCK_MONOTONIC). --timed: with a camera as large as a page's,
and asks for /healthz twenty times a second.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiortc import VideoStreamTrack

from tests.integration.scripted_learner import ScriptedLearner
from tests.paths import ROOT
from tests.waiting import PATIENCE_S, wait_until

TIMED_EVERY_S, USUAL_EVERY_S = 0.05, 1.0
HEALTH_TIMEOUT_S = 10.0


@dataclass(slots=True)
class Bystander:
    """What a good learner has received so far."""

    scores_s: list[float] = field(default_factory=list)  # when each came
    health: list[tuple[float, float]] = field(default_factory=list)  # (when, milliseconds)

    def scores_per_second(self, begin_s: float, end_s: float) -> float:
        return sum(begin_s <= at_s < end_s for at_s in self.scores_s) / (end_s - begin_s)

    def health_p99_ms(self, begin_s: float, end_s: float) -> float:
        values = sorted(ms for at_s, ms in self.health if begin_s <= at_s < end_s)
        return values[min(int(0.99 * len(values)), len(values) - 1)] if values else float("inf")

    async def wait_for_scores(self, count: int = 3) -> None:
        """Wait until so many more scores have come."""
        wanted = len(self.scores_s) + count
        await wait_until(lambda: len(self.scores_s) >= wanted)


@asynccontextmanager
async def bystander(url: str, *, timed: bool) -> AsyncIterator[Bystander]:
    """A good learner on that server, who is being scored, until the block ends.

    :param timed: whether the times of /healthz are asked for.
    """
    flags = ["--timed"] if timed else []
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.attacks.bystander", url, *flags),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    seen = Bystander()
    reader = asyncio.create_task(_read(process, seen))
    try:
        await seen.wait_for_scores()
        yield seen
    finally:
        assert process.stdin is not None
        process.stdin.close()  # ends it
        async with asyncio.timeout(PATIENCE_S):
            await process.wait()
        await reader


async def _read(process: asyncio.subprocess.Process, seen: Bystander) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        kind, *values = line.decode().split()
        if kind == "score":
            seen.scores_s.append(float(values[0]))
        else:
            seen.health.append((float(values[0]), float(values[1])))


class _GoodLearner(ScriptedLearner):
    def __init__(self, url: str, *, timed: bool) -> None:
        super().__init__(url)
        if timed:
            self.camera = VideoStreamTrack()

    def _on_message(self, text: str) -> None:
        super()._on_message(text)
        if self.messages[-1]["type"] == "score":
            print("score", time.monotonic(), flush=True)
            self.messages.clear()


async def _probe(url: str, every_s: float) -> None:
    timeout = aiohttp.ClientTimeout(total=HEALTH_TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        while True:
            began_s = time.monotonic()
            try:
                async with http.get(f"{url}/healthz") as response:
                    await response.read()
                took_ms = 1000 * (time.monotonic() - began_s)
            except (TimeoutError, aiohttp.ClientError):
                took_ms = 1000 * HEALTH_TIMEOUT_S
            print("health", began_s, took_ms, flush=True)
            await asyncio.sleep(every_s)


async def _main(url: str, *, timed: bool) -> None:
    async with asyncio.TaskGroup() as group:
        probe = group.create_task(_probe(url, TIMED_EVERY_S if timed else USUAL_EVERY_S))
        async with _GoodLearner(url, timed=timed) as learner:
            learner.send("hello", protocol=1, client="bystander")
            learner.send("loop", from_s=0, to_s=5)
            learner.send("start")
            pings = group.create_task(_ping(learner))
            await asyncio.to_thread(sys.stdin.read)
            pings.cancel()
            learner.send("bye")
            await asyncio.wait_for(learner.closed.wait(), PATIENCE_S)
        probe.cancel()


async def _ping(learner: ScriptedLearner) -> None:
    while True:
        learner.send("ping", t0_ms=1000 * time.monotonic())
        await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], timed="--timed" in sys.argv[2:]))
