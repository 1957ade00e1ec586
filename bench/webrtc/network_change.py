"""Measures for how long a learner gets no score when their network changes.

    python bench/webrtc/network_change.py [--changes 10] [--only chromium|headless] [--json OUT]

A learner on a host of its own (a network namespace) follows the demo lesson. The wire to the server
goes down and another one, in another network, comes up. A gap is the time from the last score
before a change to the first one after it. A session has two changes, so that no limit of restarts
is met. Both hosts share the machine.

Chromium goes through one change more, the first of its life, which is reported apart: until then it
waits longer before it tells WebRTC of a new network (docs/performance.md, "ICE restart").
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))  # run by its path, a script finds only what lies beside it …

# … so that these can be imported only from here on.
from bench.webrtc.wires import Wires  # noqa: E402
from rtc_server.client.learner import Learner as HeadlessLearner  # noqa: E402
from rtc_server.client.options import LearnerOptions  # noqa: E402
from tests.browser.support import camera_film  # noqa: E402
from tests.browser.support.chromium import ALLOWED, FAKE, chromium, film_flag  # noqa: E402
from tests.browser.support.learner import Learner, open_learner  # noqa: E402
from tests.browser.support.network_change import put_browser_inside  # noqa: E402
from tests.integration.webrtc.two_networks import (  # noqa: E402
    LearnersHost,
    serving,
    set_up_server,
)

CHANGES_PER_SESSION = 2
SCORES_BETWEEN = 8  # before the first change, and after each
LATE_S, POLL_S = 30.0, 0.1
CLIENTS = ("headless", "chromium")
FIRST = "chromium, first change of its life"
TIMES = """
() => spy.received.filter(({ message: m }) => m.type === "score" && m.score !== null)
  .map(({ at_ms }) => (performance.timeOrigin + at_ms) / 1000)
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """One change."""

    client: str
    gap_s: float  # infinite: no score came any more
    restarts: int  # that were asked for, until then in that session
    sessions: int


def find_gap_s(times_s: list[float], changed_s: float) -> float:
    """The longest time without a score that began at most half a second before a change."""
    near = [k for k, at_s in enumerate(times_s[:-1]) if at_s > changed_s - 0.5]
    return max((times_s[k + 1] - times_s[k] for k in near), default=float("inf"))


async def measure_session(client: str, wires: Wires, changes: int, session: Any) -> list[Gap]:
    """Change the network so often in one session.

    :param session: what the learner's side says: `scores_s`, `restarts` and `sessions`.
    """
    gaps = []
    if not await _has_scores(session, 0.0):
        raise SystemExit(f"{client}: no scores before any change")
    for _ in range(changes):
        changed_s = await asyncio.to_thread(wires.change)
        goes_on = await _has_scores(session, changed_s)
        gap_s = find_gap_s(await session.scores_s(), changed_s) if goes_on else float("inf")
        gaps.append(Gap(client, gap_s, await session.restarts(), await session.sessions()))
        if not goes_on:
            break
    return gaps


async def _has_scores(session: Any, since_s: float) -> bool:
    """Wait for enough scores after that time; False: they do not come."""
    for _ in range(int(LATE_S / POLL_S)):
        if sum(at_s > since_s for at_s in await session.scores_s()) >= SCORES_BETWEEN:
            return True
        await asyncio.sleep(POLL_S)
    return False


class HeadlessSession:
    """A headless learner in a process of its own, on its host."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._lines: list[dict[str, Any]] = []
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._lines.append(json.loads(line))

    async def scores_s(self) -> list[float]:
        return [line["at_s"] for line in self._lines]

    async def restarts(self) -> int:
        return self._lines[-1]["restarts"] if self._lines else 0

    async def sessions(self) -> int:
        return 1  # it does not reconnect

    async def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):  # the lesson is over
            self._process.kill()
        await self._process.wait()
        await self._reading


class PageSession:
    """A page in Chromium."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner
        self._restarts = 0
        learner.page.on("request", self._on_request)

    def _on_request(self, request: Any) -> None:
        self._restarts += request.method == "PATCH"

    async def scores_s(self) -> list[float]:
        found: list[float] = await self._learner.page.evaluate(TIMES)
        return found

    async def restarts(self) -> int:
        return self._restarts

    async def sessions(self) -> int:
        return len(await self._learner.received("welcome"))


async def follow(url: str) -> None:
    """As the headless learner: print when each score came."""

    def on_message(message: dict[str, Any]) -> None:
        if message["type"] == "score" and message["score"] is not None:
            restarts = learner.outcome.ice_restarts
            print(json.dumps({"at_s": time.time(), "restarts": restarts}), flush=True)

    learner = HeadlessLearner(LearnerOptions(url, "demo", "instructor", mirror="off"), on_message)
    await learner.follow()


async def measure_headless(url: str, host: LearnersHost, wires: Wires, changes: int) -> list[Gap]:
    gaps: list[Gap] = []
    while len(gaps) < changes:
        process = await asyncio.create_subprocess_exec(
            *(*host.inside, sys.executable, __file__, "--follow", url),
            stdout=asyncio.subprocess.PIPE,
        )
        session = HeadlessSession(process)
        count = min(CHANGES_PER_SESSION, changes - len(gaps))
        gaps += await measure_session("headless", wires, count, session)
        await session.close()
    return gaps


async def measure_chromium(url: str, host: LearnersHost, wires: Wires, changes: int) -> list[Gap]:
    allowed = f"--unsafely-treat-insecure-origin-as-secure={url}"
    film = camera_film.dance_film(camera_film.COMMON_SIZE)
    flags = (ALLOWED, FAKE, film_flag(film), allowed)
    with tempfile.TemporaryDirectory() as folder:
        put_browser_inside(host, folder)
        async with chromium(*flags) as browser:
            first = await measure_pages(browser, url, wires, 1)
            others = await measure_pages(browser, url, wires, changes)
    return [*(replace(gap, client=FIRST) for gap in first), *others]


async def measure_pages(browser: Browser, url: str, wires: Wires, changes: int) -> list[Gap]:
    gaps: list[Gap] = []
    while len(gaps) < changes:
        learner = await open_learner(browser)
        await learner.play(url)
        session = PageSession(learner)
        count = min(CHANGES_PER_SESSION, changes - len(gaps))
        gaps += await measure_session("chromium", wires, count, session)
        await learner.page.context.close()
    return gaps


MEASURES: dict[str, Callable[..., Awaitable[list[Gap]]]] = {
    "headless": measure_headless,
    "chromium": measure_chromium,
}


async def measure(clients: tuple[str, ...], changes: int, lessons: Path) -> list[Gap]:
    set_up_server()
    gaps = []
    async with AsyncExitStack() as stack:
        host = LearnersHost()
        stack.callback(host.close)
        wires = Wires(host)
        url, _ = await stack.enter_async_context(serving(str(lessons)))
        for client in clients:
            gaps += await MEASURES[client](url, host, wires, changes)
    return gaps


def report(gaps: list[Gap]) -> None:
    print("client | changes | median s | longest s | over 3 s | restarts asked for | sessions")
    for client in dict.fromkeys(gap.client for gap in gaps):
        own = [gap for gap in gaps if gap.client == client]
        gaps_s = sorted(gap.gap_s for gap in own)
        print(
            f"{client} | {len(own)} | {statistics.median(gaps_s):.2f} | {gaps_s[-1]:.2f} | "
            f"{sum(gap_s > 3 for gap_s in gaps_s)} | {own[-1].restarts} in the last session | "
            f"{max(gap.sessions for gap in own)}"
        )
        print("  all: " + ", ".join(f"{gap.gap_s:.2f}" for gap in own))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--changes", type=int, default=10, help="of the network, for each client")
    parser.add_argument("--only", choices=CLIENTS, help="leave the other out")
    parser.add_argument("--lessons", type=Path, default=ROOT / "lessons", help="where lessons are")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write the figures there")
    parser.add_argument("--follow", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.follow:
        asyncio.run(follow(args.follow))
        return
    if not args.inside:
        command = ["unshare", "-rn", sys.executable, __file__, "--inside", *sys.argv[1:]]
        os.execvp(command[0], command)
    clients = CLIENTS if args.only is None else (args.only,)
    gaps = asyncio.run(measure(clients, args.changes, args.lessons))
    report(gaps)
    if args.json:
        args.json.write_text(json.dumps([asdict(gap) for gap in gaps], indent=1))


if __name__ == "__main__":
    main()
