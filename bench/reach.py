"""Measures each way to the server in turn: UDP, a relay (TURN) alone, no UDP, no WebRTC at all.

    python bench/reach.py [--lesson demo] [--only chromium]

A headless learner and Chromium follow the lesson once by each way. The table has the scores a
second while it played, the time from the click (headless: from the start of the connection) to
the lesson being ready and to the first score, of which the count-down takes 3 s, and the end. The
relay is a real coturn on this machine (skipped where it is not installed). "No UDP" is a setting of
Chromium; "UDP dropped" is a host of its own behind a firewall (nftables), where nobody is told so.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run by its path, a script finds only what lies beside it …

# … so that these can be imported only from here on.
from rtc_server.client.options import LearnerOptions  # noqa: E402
from rtc_server.client.reconnect import ReconnectingLearner  # noqa: E402
from tests.browser.support import camera_film  # noqa: E402
from tests.browser.support.chromium import ALLOWED, FAKE, chromium, film_flag  # noqa: E402
from tests.browser.support.learner import open_learner  # noqa: E402
from tests.browser.support.server_process import run_server  # noqa: E402
from tests.browser.support.strict_networks import NO_UDP, NO_WEBRTC, RELAY_ONLY  # noqa: E402
from tests.integration.webrtc.firewall import has_firewall  # noqa: E402
from tests.integration.webrtc.relay import SECRET, coturn  # noqa: E402

LONGEST_S = 180.0


@dataclass(frozen=True, slots=True)
class Row:
    """What a learner got by one way."""

    client: str
    way: str
    ready_s: float
    first_score_s: float
    scores_per_s: float
    end: str


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--lesson", default="demo", help="the id of the lesson that they follow")
    parser.add_argument("--lessons", type=Path, default=ROOT / "lessons", help="where lessons are")
    parser.add_argument("--only", choices=("headless", "chromium"), help="leave the other out")
    parser.add_argument("--behind-firewall", metavar="URL", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.behind_firewall:
        behind = asyncio.run(follow_behind_firewall(args.behind_firewall, args.lesson, args.only))
        print(json.dumps([asdict(row) for row in behind]))
        return
    rows = asyncio.run(measure(args.lessons, args.lesson, args.only))
    if has_firewall():
        rows += measure_behind_firewall(args.lessons, args.lesson, args.only)
    print("client | way | ready after s | first score after s | scores/s | end")
    for row in rows:
        times = f"{row.ready_s:.1f} | {row.first_score_s:.1f} | {row.scores_per_s:.2f}"
        print(f"{row.client} | {row.way} | {times} | {row.end}")


async def measure(lessons: Path, lesson: str, only: str | None) -> list[Row]:
    """Run one server, and each learner after the other."""
    rows = []
    async with AsyncExitStack() as stack:
        flags: tuple[str, ...] = ()
        if has_relay := shutil.which("turnserver") is not None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            flags = ("--turn", await stack.enter_async_context(coturn(folder)))
            flags += ("--turn-secret", SECRET)
        server = stack.enter_context(run_server(lessons, *flags))
        if only != "chromium":
            ways: dict[str, dict[str, Any]] = {"UDP": {}, "websocket": {"transport": "websocket"}}
            ways |= {"relay": {"relay_only": True}} if has_relay else {}
            for way, options in ways.items():
                rows.append(await follow_headless(server.url, lesson, way, options))
        if only != "headless":
            scripts: dict[str, Path | None] = {
                "UDP": None,
                **({"relay": RELAY_ONLY} if has_relay else {}),
            }
            for way, script in (scripts | {"no WebRTC": NO_WEBRTC}).items():
                rows.append(await follow_in_chromium(server.url, lesson, way, script))
    with run_server(lessons) as server:  # without a relay: nothing but TCP to the server itself
        if only != "headless":
            rows.append(await follow_in_chromium(server.url, lesson, "no UDP", None, NO_UDP))
    return rows


DROPPED = "UDP dropped by a firewall"


def measure_behind_firewall(lessons: Path, lesson: str, only: str | None) -> list[Row]:
    """The same on a host of its own, whose UDP is dropped on the way."""
    arguments = ["--lesson", lesson, *(("--only", only) if only else ())]
    module = ("-m", "tests.integration.webrtc.firewall", "serve", str(lessons.resolve()))
    command = ["unshare", "-rn", sys.executable, *module]
    command += [sys.executable, __file__, *arguments, "--behind-firewall"]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    return [Row(**row) for row in json.loads(said.splitlines()[-1])]


async def follow_behind_firewall(url: str, lesson: str, only: str | None) -> list[Row]:
    """On that host: a headless learner is told to use a WebSocket, the page finds out by itself."""
    rows = []
    if only != "chromium":
        rows.append(await follow_headless(url, lesson, DROPPED, {"transport": "websocket"}))
    if only != "headless":
        allowed = f"--unsafely-treat-insecure-origin-as-secure={url}"
        rows.append(await follow_in_chromium(url, lesson, DROPPED, None, allowed))
    return rows


async def follow_headless(url: str, lesson: str, way: str, options: dict[str, Any]) -> Row:
    """Follow the lesson by aiortc or a WebSocket."""
    began_s = time.monotonic()
    at_s: dict[str, float] = {}

    def on_message(message: dict[str, Any]) -> None:
        kind = message["type"] if message.get("score", 0) is not None else "no score"
        key = f"state {message['state']}" if kind == "state" else kind
        at_s.setdefault(key, time.monotonic() - began_s)

    learner = ReconnectingLearner(
        LearnerOptions(url, lesson, "instructor", mirror="off", **options), on_message
    )
    outcome = await learner.follow()
    return Row(
        *("headless", way, at_s.get("state ready", float("nan"))),
        at_s.get("score", float("nan")),
        rate_of([s["lesson_s"] for s in outcome.scores if s["score"] is not None]),
        f"{outcome.ended}, {outcome.reason}",
    )


async def follow_in_chromium(
    url: str, lesson: str, way: str, script: Path | None, *flags: str
) -> Row:
    """Choose the lesson, start it as soon as that is possible, and wait for the summary."""
    async with chromium(
        ALLOWED, FAKE, film_flag(camera_film.dance_film(camera_film.COMMON_SIZE)), *flags
    ) as browser:
        learner = await open_learner(browser)
        if script:
            await learner.page.add_init_script(path=script)
        await learner.visit(url)
        began_ms = await learner.page.evaluate("performance.now()")
        await learner.choose(lesson)
        await learner.until_phase("ready")
        ready_ms = await learner.page.evaluate("performance.now()")
        await learner.press("start")
        await learner.until_phase("summary", LONGEST_S)
        scores = [one for one in await learner.received("score") if one["score"] is not None]
        (summary,) = await learner.received("summary")
        errors = f", {len(learner.console_errors)} console errors" if learner.console_errors else ""
        first_ms = scores[0]["at_ms"] if scores else float("nan")
        return Row(
            *("Chromium", way, (ready_ms - began_ms) / 1000, (first_ms - began_ms) / 1000),
            rate_of([score["lesson_s"] for score in scores]),
            ("clean" if summary["complete"] else "incomplete") + errors,
        )


def rate_of(positions_s: list[float]) -> float:
    """Scores a second of the lesson."""
    span_s = positions_s[-1] - positions_s[0] if len(positions_s) > 1 else 0.0
    return (len(positions_s) - 1) / span_s if span_s else 0.0


if __name__ == "__main__":
    main()
