"""The server gets SIGTERM or SIGKILL at random moments: what a learner was told is stored."""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp

from rtc_server.errors import UnknownResult
from rtc_server.history.database_url import parse_database_url
from rtc_server.history.store import ResultStore
from rtc_server.progress import show_progress
from tests.integration.attacks.server_process import ServerProcess, find_traceback, running_server
from tests.integration.scripted_learner import ScriptedLearner
from tests.reliability.report import Report
from tests.reliability.server import SETTINGS, make_store

LEARNERS = 2
KILLED_WITHIN_S = 4.0  # after the first learner is scored
EXITS_WITHIN_S = 15.0

Summaries = dict[str, dict[str, Any]]  # by session


async def run(args: argparse.Namespace, folder: Path) -> Report:
    """`--kills` servers, on one database and one lesson store."""
    report = Report(f"{args.kills} servers killed at random moments")
    chance = random.Random(args.seed)
    store, history = make_store(folder), folder / "history.sqlite3"
    settings = SETTINGS | {"TANDEM_HISTORY": str(history)}
    received: Summaries = {}
    counts: Counter[str] = Counter()
    with show_progress() as progress:
        for k in range(args.kills):
            how = chance.choice((signal.SIGTERM, signal.SIGKILL))
            async with running_server(store, folder, settings) as server:
                new = await _kill_at_work(server, how, chance.uniform(0, KILLED_WITHIN_S))
                status = server.process.returncode
            counts[how.name] += 1
            counts["summaries received"] += len(new)
            received |= new
            if how is signal.SIGTERM:
                report.require(status == 0, f"server {k} exited with {status} after SIGTERM")
            excerpt = find_traceback(folder / "server.log")
            report.require(excerpt is None, f"server {k} logged a traceback:\n{excerpt}")
            progress("kills", k + 1, args.kills)
    _check_stored(report, history, received)
    report.rows = [dict(counts)]
    report.require(bool(received), "no learner received a summary: the run shows nothing")
    return report


async def _kill_at_work(server: ServerProcess, how: signal.Signals, after_s: float) -> Summaries:
    """Send a signal while learners dance; return the summaries that they received."""
    received: Summaries = {}
    scored = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        learners = [
            group.create_task(_dance(server.url, f"Learner {k}", received, scored))
            for k in range(LEARNERS)
        ]
        await scored.wait()
        await asyncio.sleep(after_s)
        server.process.send_signal(how)
        async with asyncio.timeout(EXITS_WITHIN_S):
            await server.process.wait()
        await asyncio.sleep(0.2)  # the last packets are read
        for learner in learners:
            learner.cancel()
    return received


async def _dance(url: str, name: str, received: Summaries, scored: asyncio.Event) -> None:
    """Dance short lessons one after the other until cancelled."""
    while True:
        learner = ScriptedLearner(url, learner=name)
        with suppress(aiohttp.ClientError, AssertionError, TimeoutError, ConnectionError):
            async with learner:
                try:
                    learner.send("hello", protocol=1, client="kills")
                    learner.send("start")
                    await learner.wait_for_score()
                    scored.set()
                    learner.send("seek", lesson_s=4.5)
                    await learner.wait_for(type="summary")
                finally:
                    for message in learner.messages:
                        if message["type"] == "summary":
                            received[learner.id] = message
        await asyncio.sleep(0.1)


def _check_stored(report: Report, history: Path, received: Summaries) -> None:
    store = ResultStore(parse_database_url(str(history)), create=False)
    for session, summary in received.items():
        if summary["samples"] == 0:
            continue  # nothing was scored, and so nothing is stored
        try:
            stored = store.get_by_session(session).summary
        except UnknownResult:
            report.problems.append(f"the result of session {session[:8]} is lost")
            continue
        report.require(stored == summary, f"the result of session {session[:8]} has changed")
    store.close()
