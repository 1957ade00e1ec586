"""The session hosts of a server as its operator sees them, and learners who are on them."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from rtc_server.client.options import LearnerOptions, Transport
from rtc_server.client.outcome import Outcome
from rtc_server.client.reconnect import MAX_RECONNECTS, ReconnectingLearner
from rtc_server.client.script import Cue
from rtc_server.cluster.session_ids import parse_host_name
from tests.waiting import PATIENCE_S, wait_until


async def list_hosts(url: str) -> list[dict[str, Any]]:
    async with (
        aiohttp.ClientSession(raise_for_status=True) as http,
        http.get(f"{url}/api/cluster") as response,
    ):
        hosts: list[dict[str, Any]] = (await response.json())["hosts"]
    return hosts


async def wait_for_hosts(url: str, count: int) -> None:
    """Wait until so many take learners, and no others are left."""
    async with asyncio.timeout(2 * PATIENCE_S):
        while [host["state"] for host in await list_hosts(url)] != ["ready"] * count:
            await asyncio.sleep(0.2)


async def kill_host(url: str, name: str) -> None:
    """Kill its process, as the kernel does when there is no memory left."""
    (pid,) = (host["pid"] for host in await list_hosts(url) if host["name"] == name)
    os.kill(pid, signal.SIGKILL)


LOOP = Cue(0.5, {"type": "loop", "from_s": 0.5, "to_s": 20.0})


@dataclass
class Dancer:
    """A headless learner who follows the whole demo lesson, and what it was told."""

    url: str
    name: str
    transport: Transport = "webrtc"
    lesson: str = "demo"
    rate: float = 1.0
    loops: bool = False  # again and again, until `end_loop`
    max_reconnects: int = MAX_RECONNECTS
    sessions: list[str] = field(default_factory=list)
    resumed: list[dict[str, Any]] = field(default_factory=list)
    welcomed_s: list[float] = field(default_factory=list)  # when each session began
    scored_s: float = 0.0  # when the last score came
    longest_gap_s: float = 0.0  # without a score, after the first one
    samples: int = 0  # that were scored

    def __post_init__(self) -> None:
        options = LearnerOptions(
            *(self.url, self.lesson, "instructor"),
            mirror="off",
            learner=self.name,
            transport=self.transport,
            rate=self.rate,
            script=(LOOP,) if self.loops else (),
        )
        self._learner = ReconnectingLearner(
            options, self._on_message, max_reconnects=self.max_reconnects
        )
        self.following = asyncio.create_task(self._learner.follow())

    @property
    def host(self) -> str | None:
        return parse_host_name(self.sessions[-1]) if self.sessions else None

    async def end_loop(self) -> None:
        """Dance the lesson to its end, however often the connection breaks off meanwhile."""
        while not self.following.done():
            self._learner._learner._send({"type": "loop"})
            await asyncio.sleep(1.0)

    def _on_message(self, message: dict[str, Any]) -> None:
        if message["type"] == "welcome":
            self.sessions.append(message["session"])
            self.welcomed_s.append(time.monotonic())
            if message["resumed"]:
                self.resumed.append(message["resumed"])
        if message["type"] == "score":
            now_s = time.monotonic()
            if self.scored_s:
                self.longest_gap_s = max(self.longest_gap_s, now_s - self.scored_s)
            self.scored_s = now_s
            self.samples += message["score"] is not None


async def begin(url: str, count: int, samples: int = 20) -> list[Dancer]:
    """Learners who have danced for some seconds."""
    dancers = [Dancer(url, f"Learner {k}") for k in range(count)]
    await wait_until(lambda: all(each.samples >= samples for each in dancers), 2 * PATIENCE_S)
    return dancers


async def finish(dancers: list[Dancer], within_s: float = 2 * PATIENCE_S) -> list[Outcome]:
    async with asyncio.timeout(within_s):
        return list(await asyncio.gather(*(each.following for each in dancers)))


def busiest_host(dancers: list[Dancer]) -> str:
    (name, _), *_ = Counter(each.host for each in dancers).most_common()
    assert name is not None
    return name
