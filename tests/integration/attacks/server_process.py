"""`run.py serve` as a user runs it, watched from outside while it is attacked."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import aiohttp

from tests.integration.conftest import WARM_S
from tests.paths import ROOT
from tests.waiting import PATIENCE_S

STOP_WITHIN_S = 30.0
QUICK_SERVER = ("-m", "tests.quick_server")


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A running server: where it listens, and what an operator sees of it."""

    url: str
    log: Path  # everything that it wrote on stderr
    process: asyncio.subprocess.Process

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    @property
    def is_alive(self) -> bool:
        return self.process.returncode is None

    def memory_mb(self) -> float:
        """The resident memory (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def processor_s(self) -> float:
        """User and system time so far (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def metrics(self) -> dict[str, float]:
        """The samples of `/metrics` by name, labels included: `tandem_threads{of="all"}`."""
        async with asyncio.timeout(PATIENCE_S), aiohttp.ClientSession() as http:
            while True:
                async with http.get(f"{self.url}/metrics") as response:
                    status, lines = response.status, (await response.text()).splitlines()
                # For a moment, while an attacker of this address has all its connections, or asks
                # more often whose connection one is than the kernel is asked.
                if status != HTTPStatus.SERVICE_UNAVAILABLE:
                    break
                await asyncio.sleep(0.1)
        pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    async def wait_for_metric(self, name: str, at_least: float) -> None:
        """Wait until a metric has reached a value; one that does not exist yet counts as 0."""
        async with asyncio.timeout(PATIENCE_S):
            while (await self.metrics()).get(name, 0.0) < at_least:
                await asyncio.sleep(0.1)

    async def wait_for_sessions(self, count: int) -> None:
        """Wait until exactly so many sessions are open."""
        async with asyncio.timeout(PATIENCE_S):
            while (await self.metrics())["tandem_sessions"] != count:
                await asyncio.sleep(0.1)


@asynccontextmanager
async def server_process(
    lessons: Path,
    folder: Path,
    settings: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
    program: Sequence[str] = QUICK_SERVER,
) -> AsyncIterator[ServerProcess]:
    """Run a server until the block ends; it must then stop cleanly and have logged no traceback.

    :param lessons: a lesson store with the demo lesson (the fixture `store_with_demo`).
    :param folder: for its log.
    :param settings: environment variables, as `{"TANDEM_MAX_SESSIONS": "4"}`.
    :param prefix: a command that runs the server's.
    """
    async with running_server(lessons, folder, settings, program, prefix) as server:
        yield server
        process, log = server.process, server.log
        assert server.is_alive, f"the server has exited: {log.read_text()[-2000:]}"
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(STOP_WITHIN_S):
            assert await process.wait() == 0, log.read_text()[-2000:]
        assert (excerpt := find_traceback(log)) is None, excerpt


def find_traceback(log: Path) -> str | None:
    """The part of a server's log around the first traceback; None where there is none."""
    lines = log.read_text().splitlines()
    signs = ("Traceback", "never retrieved")
    for k, line in enumerate(lines):
        if any(sign in line for sign in signs):
            return "\n".join(lines[max(0, k - 5) : k + 40])
    return None


@asynccontextmanager
async def running_server(
    lessons: Path,
    folder: Path,
    settings: Mapping[str, str] | None = None,
    program: Sequence[str] = QUICK_SERVER,
    prefix: Sequence[str] = (),
) -> AsyncIterator[ServerProcess]:
    """Run a server, which may end in the block in any way; afterwards it is gone."""
    log = folder / "server.log"
    process = await asyncio.create_subprocess_exec(
        *(*prefix, sys.executable, *program, "serve", "--port", "0", "--lessons", str(lessons)),
        cwd=ROOT,
        env=os.environ
        | {"TANDEM_COUNTDOWN_S": "0", "PYTHONUNBUFFERED": "1"}
        | dict(settings or {}),
        stdout=subprocess.PIPE,
        stderr=log.open("wb"),
    )
    try:
        yield ServerProcess(await _read_url(process), log, process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _read_url(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(WARM_S):
        while b"Tandem is ready: " not in (line := await process.stdout.readline()):
            assert line, "the server ended before it was ready"
    return line.decode().split("ready: ")[1].strip()
