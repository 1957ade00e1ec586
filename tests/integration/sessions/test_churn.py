"""Two hundred learners come and go in every way there is, and the server is as it was before."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.integration.conftest import WARM_S
from tests.paths import ROOT

LEARNERS, AT_ONCE, WARM_UP = 200, 8, 28
# Those who are gone without a word are given up sooner than usual, so that the test does not wait.
SETTINGS = {
    "TANDEM_CONNECT_TIMEOUT_S": "5",
    "TANDEM_SILENCE_TIMEOUT_S": "2",
    "TANDEM_COUNTDOWN_S": "0",
    "TANDEM_MAX_SESSIONS": "64",
}
FIGURES = {
    "sessions": "tandem_sessions",
    "tasks": "tandem_tasks",
    "threads": 'tandem_threads{of="all"}',
    "session threads": 'tandem_threads{of="sessions"}',
    "descriptors": "process_open_fds",
    "memory": "process_resident_memory_bytes",
}
LATE_THREADS = 3  # pools begin a thread when it is first needed, up to their bound

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(sys.platform != "linux", reason="the figures are read from /proc"),
]


@asynccontextmanager
async def a_server(lessons: Path, folder: Path) -> AsyncIterator[str]:
    """`run.py serve` with the real estimator; its address. Its log is free of tracebacks."""
    history, log = folder / "history.sqlite3", folder / "server.log"
    command = [sys.executable, "run.py", "serve", "--port", "0", "--lessons", str(lessons)]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=os.environ | SETTINGS | {"TANDEM_HISTORY": str(history), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=log.open("wb"),
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(WARM_S):
            while b"Tandem is ready: " not in (line := await process.stdout.readline()):
                assert line, "the server ended without a word"
        yield line.decode().split("ready: ")[1].strip()
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(10):
            assert await process.wait() == 0
        said = log.read_text()
        assert "Traceback" not in said and "never retrieved" not in said, said
    finally:
        if process.returncode is None:
            process.kill()


async def crowd(url: str, learners: int, seed: int) -> None:
    """So many come and go; each of them got what it came for."""
    command = [sys.executable, "-m", "tests.integration.sessions.crowd", url]
    process = await asyncio.create_subprocess_exec(
        *command, str(learners), str(AT_ONCE), str(seed), cwd=ROOT, stdout=subprocess.DEVNULL
    )
    assert await process.wait() == 0


async def figures(url: str) -> dict[str, float]:
    async with aiohttp.ClientSession() as http, http.get(f"{url}/metrics") as response:
        lines = (await response.text()).splitlines()
    told = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(told[metric]) for name, metric in FIGURES.items()}


async def at_rest(url: str, like: dict[str, float] | None = None) -> dict[str, float]:
    """The figures when everybody is gone, and what they left is swept up."""
    async with asyncio.timeout(30):
        while (now := await figures(url))["sessions"]:
            await asyncio.sleep(0.2)
    for _ in range(20):
        await asyncio.sleep(0.25)
        now = await figures(url)
        if like and all(now[name] <= like[name] for name in ("tasks", "descriptors")):
            break
    return now


@pytest.mark.timeout(600)  # about half a minute on two cores that have nothing else to do
async def test_two_hundred_learners_leave_nothing_behind(
    store_with_demo: Path, tmp_path: Path
) -> None:
    async with a_server(store_with_demo, tmp_path) as url:
        await crowd(url, WARM_UP, seed=0)
        before = await at_rest(url)
        await crowd(url, LEARNERS, seed=1)
        after = await at_rest(url, like=before)
    print(before, after, sep="\n")
    assert (before["sessions"], after["sessions"]) == (0, 0)
    assert after["session threads"] == 0
    assert after["threads"] <= before["threads"] + LATE_THREADS
    assert after["tasks"] <= before["tasks"]
    assert after["descriptors"] <= before["descriptors"]
    assert after["memory"] <= 1.1 * before["memory"]
