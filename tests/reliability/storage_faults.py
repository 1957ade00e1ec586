"""The place where results are stored fails while a learner dances."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import aiohttp

from rtc_server.errors import TandemError
from rtc_server.history.database_url import parse_database_url
from rtc_server.history.store import ResultStore
from tests.integration.history.postgres import as_root, running_postgres
from tests.reliability.dancer import dancing, finish
from tests.reliability.report import Report
from tests.reliability.server import serving_store
from tests.waiting import wait_until

GONE_S = 10.0
DISK_BYTES = 2 << 20


async def database_gone(report: Report, folder: Path) -> str:
    """PostgreSQL is killed while a learner dances, and starts again after the summary."""
    with running_postgres() as postgres:
        url = postgres.url()
        async with serving_store(folder, {"TANDEM_HISTORY": url}) as server:
            async with dancing(server.url, "Ann") as ann:
                await asyncio.to_thread(postgres.stop, signal.SIGQUIT)
                summary = await finish(ann)
            query = await _status(f"{server.url}/api/history?learner=Ann")
            health = await _status(f"{server.url}/healthz")
            await asyncio.sleep(GONE_S)
            waiting = (await server.metrics())["tandem_results_waiting"]
            await asyncio.to_thread(postgres.start)
            back_s = time.monotonic()
            await wait_until(lambda: _stored_summary(url, ann.id) == summary)
            took_s = time.monotonic() - back_s
    report.require(query == 503, f"database gone: a query got {query}, expected 503")
    report.require(health == 200, f"database gone: /healthz got {health}")
    return (
        f"a query got {query}; {waiting:.0f} result waited, and was stored {took_s:.1f} s after "
        "the database was back"
    )


async def disk_full(report: Report, folder: Path) -> str:
    """The disk of the results is full when a learner ends, and has room again later.

    :raises NotImplementedError: this user cannot mount a small disk.
    """
    if not as_root():
        raise NotImplementedError("only root can mount a small disk")
    disk = folder / "disk"
    disk.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(disk))
    try:
        history = str(disk / "history.sqlite3")
        async with serving_store(folder, {"TANDEM_HISTORY": history}) as server:
            async with dancing(server.url, "Ann") as ann:
                filler = _fill(disk)
                summary = await finish(ann)
            health = await _status(f"{server.url}/healthz")
            waiting = (await server.metrics())["tandem_results_waiting"]
            filler.unlink()
            room_s = time.monotonic()
            await wait_until(lambda: _stored_summary(history, ann.id) == summary)
            took_s = time.monotonic() - room_s
    finally:
        _run("umount", "--lazy", str(disk))
    report.require(health == 200, f"disk full: /healthz got {health}")
    return f"{waiting:.0f} result waited, and was stored {took_s:.1f} s after there was room"


def _run(*words: str) -> None:
    subprocess.run(words, check=True)


def _fill(disk: Path) -> Path:
    """Use all that is free on a disk."""
    path = disk / "filler"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return path


def _stored_summary(url: str, session: str) -> Any:
    """The summary that is stored of a session; None as long as there is none."""
    try:
        store = ResultStore(parse_database_url(url), create=False)
    except TandemError:
        return None
    try:
        return store.get_by_session(session).summary
    except TandemError:
        return None
    finally:
        store.close()


async def _status(url: str) -> int:
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        return response.status
