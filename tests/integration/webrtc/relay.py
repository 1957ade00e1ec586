"""A real coturn on a free port of the loopback, with the configuration that is shipped."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aioice.ice import get_host_addresses

from rtc_server.ice_servers import issue_credentials
from rtc_server.webrtc.relay_check import find_relay_problem
from tests.integration.proxies.real_proxies import free_port, replace_places
from tests.paths import ROOT
from tests.waiting import PATIENCE_S

SECRET = "a-secret-of-the-relay"
FLAGS = ("--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--allow-loopback-peers")


@asynccontextmanager
async def coturn(folder: Path) -> AsyncIterator[str]:
    """Run the relay; its URL. Skips the test where coturn is not installed."""
    program = shutil.which("turnserver")
    if program is None:
        pytest.skip("there is no coturn: apt-get install coturn")
    port = free_port()
    shipped = (ROOT / "deploy" / "turnserver.conf").read_text()
    file = folder / "turnserver.conf"
    file.write_text(
        replace_places(
            shipped,
            {
                "REPLACE_ME": SECRET,
                "listening-port=3478": f"listening-port={port}",
                # The servers of tests are at all addresses of this machine.
                "allowed-peer-ip=203.0.113.10": "\n".join(
                    f"allowed-peer-ip={address}" for address in get_host_addresses(True, True)
                ),
            },
        )
    )
    with (folder / "coturn.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(program, "-c", str(file), *FLAGS, f"--pidfile={folder / 'pid'}"),
            stdout=log,
            stderr=log,
            cwd=folder,
        )
    url = f"turn:127.0.0.1:{port}"
    try:
        async with asyncio.timeout(PATIENCE_S):
            await _wait_until_it_relays(url)
        yield url
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _wait_until_it_relays(url: str) -> None:
    while await find_relay_problem(issue_credentials((url,), SECRET, time.time()), url) is not None:
        await asyncio.sleep(0.05)
