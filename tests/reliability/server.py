"""A server process with the demo and the short lesson, and what can be seen of it from outside."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests import made
from tests.integration.attacks.server_process import ServerProcess, server_process
from tests.paths import ROOT

# Those who are gone without a word are given up sooner than usual, so that a run takes less time.
SETTINGS = {
    "TANDEM_CONNECT_TIMEOUT_S": "5",
    "TANDEM_SILENCE_TIMEOUT_S": "2",
    "TANDEM_MAX_SESSIONS": "64",
}
FIGURES = {
    "tasks": "tandem_tasks",
    "threads": 'tandem_threads{of="all"}',
    "session threads": 'tandem_threads{of="sessions"}',
    "descriptors": "process_open_fds",
}
QUIET_S = 3.0  # the garbage of the last session is collected by then
SETTLES_WITHIN_S = 60.0


def make_store(folder: Path) -> Path:
    """A lesson store of its own, with the lessons "demo" and "short"."""
    store = Path(shutil.copytree(made.demo_lessons(), folder / "lessons"))
    shutil.copytree(made.short_lessons() / "short", store / "short")
    return store


@asynccontextmanager
async def serving_store(
    folder: Path, settings: Mapping[str, str] | None = None
) -> AsyncIterator[ServerProcess]:
    """A server with results in a database of its own, which stops cleanly at the end."""
    history = {"TANDEM_HISTORY": str(folder / "history.sqlite3")}
    merged = SETTINGS | history | dict(settings or {})
    async with server_process(make_store(folder), folder, merged) as server:
        yield server


async def run_crowd(url: str, count: int, at_once: int, seed: int, *ways: str) -> dict[str, int]:
    """Have so many learners come and go; return how many came each way.

    :raises AssertionError: one of them did not get what it came for.
    """
    process = await start_crowd(url, count, at_once, seed, *ways)
    return await wait_for_crowd(process)


async def start_crowd(
    url: str, count: int, at_once: int, seed: int, *ways: str
) -> asyncio.subprocess.Process:
    """Start learners that come and go; with a count of 0, until the process gets SIGTERM."""
    words = ["-m", "tests.integration.sessions.crowd", url, str(count), str(at_once), str(seed)]
    return await asyncio.create_subprocess_exec(
        sys.executable, *words, *ways, cwd=ROOT, stdout=subprocess.PIPE
    )


async def wait_for_crowd(process: asyncio.subprocess.Process) -> dict[str, int]:
    out, _ = await process.communicate()
    assert process.returncode == 0, "a learner did not get what it came for"
    came: dict[str, int] = json.loads(out)
    return came


async def figures_at_rest(server: ServerProcess) -> dict[str, float]:
    """The server's figures once nobody is connected and garbage is collected."""
    await server.wait_for_sessions(0)
    await asyncio.sleep(QUIET_S)
    metrics = await server.metrics()
    figures = {name: metrics[metric] for name, metric in FIGURES.items()}
    return figures | {"memory MB": round(server.memory_mb(), 1)}
