"""Ray's processes on this machine: the head of the cluster where it leads, else a node that joins.

Ray's command line starts them, which is its public way in; they end with the block.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from rtc_server.cluster.machines.ray_ports import RayPorts
from rtc_server.cluster.machines.settings import ClusterSettings
from rtc_server.config import ROOT
from rtc_server.errors import BadConfig

logger = logging.getLogger(__name__)

OBJECT_STORE_BYTES = 80 << 20  # the least that Ray takes; a part of a lesson is 4 MB
LEADER_WAIT_S = 120.0  # for the machine that leads to be there: all may start at once
START_TIMEOUT_S = 120.0  # on a slow machine
TRIES = 3  # Ray gives up on itself where its helpers take 15 s to start
STOP_TIMEOUT_S = 10.0
POLL_S, PAUSE_S = 0.2, 2.0
STARTED = "ray_current_cluster"  # Ray writes this file once it runs
REFUSED = "AuthenticationError"  # in what it prints where the token is another one


def build_command(settings: ClusterSettings, folder: str) -> list[str]:
    """What starts Ray here.

    :param folder: for its files and sockets; its name is short.
    """
    role = ["--address", f"{settings.leader}:{settings.port}"]
    if settings.leads:
        role = ["--head", "--port", str(settings.port), "--include-dashboard", "false"]
        role += ["--no-monitor"]  # the number of machines is the operator's
    return [
        *(sys.executable, "-m", "rtc_server.cluster.machines.ray_command"),
        *("start", "--block", "--disable-usage-stats", *role),
        *("--node-ip-address", settings.own_address, "--temp-dir", folder),
        *("--object-store-memory", str(OBJECT_STORE_BYTES), "--num-cpus", str(os.cpu_count() or 1)),
        *("--include-log-monitor", "false", *RayPorts(settings.port).build_flags()),
    ]


@contextlib.asynccontextmanager
async def running_ray_node(settings: ClusterSettings, folder: str) -> AsyncIterator[None]:
    """Run Ray here until the block is left.

    :raises BadConfig: nobody leads at that address, or Ray does not start.
    """
    if not settings.leads:
        await _wait_for_leader(settings)
    process = await _start(settings, folder)
    watching = asyncio.create_task(_end_with(process))
    try:
        yield
    finally:
        watching.cancel()
        await _stop(process)


async def _end_with(process: asyncio.subprocess.Process) -> None:
    """Stop the server when Ray ends here: the head has given this machine up, or is another one."""
    await process.wait()
    logger.error("Ray has ended on this machine; the server stops, and joins anew when it starts")
    os.kill(os.getpid(), signal.SIGTERM)


async def _wait_for_leader(settings: ClusterSettings) -> None:
    """
    :raises BadConfig: nobody answers at its address.
    """
    where = f"{settings.leader}:{settings.port}"
    logger.info("joins the cluster that %s leads, as %s", where, settings.own_address)
    loop = asyncio.get_running_loop()
    until_s = loop.time() + LEADER_WAIT_S
    while not await _answers(settings.leader, settings.port):
        if loop.time() > until_s:
            raise BadConfig(
                f"cluster: expected a machine that leads at {where}, none answered within "
                f"{LEADER_WAIT_S:.0f} s; start that one first, and let its firewall pass the ports "
                "in docs/deploy.md"
            )
        await asyncio.sleep(PAUSE_S)


async def _answers(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(PAUSE_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def _start(settings: ClusterSettings, folder: str) -> asyncio.subprocess.Process:
    """
    :raises BadConfig: it does not start.
    """
    command, printed = build_command(settings, folder), Path(folder) / "ray_start.log"
    for _ in range(TRIES):
        process = await _spawn(command, printed)
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                while process.returncode is None:
                    if (Path(folder) / STARTED).exists():
                        return process
                    await asyncio.sleep(POLL_S)
        except BaseException as error:
            await _stop(process)
            if not isinstance(error, TimeoutError):
                raise
        text = await asyncio.to_thread(printed.read_text, "utf-8", "replace")
        if REFUSED in text:
            raise BadConfig("cluster_token: expected that of the machine that leads, got another")
        logger.warning("Ray did not start, and is started again: %s", _last_line(text))
    raise BadConfig(f"cluster: expected Ray to start on this machine: {_last_line(text)}")


async def _spawn(command: Sequence[str], printed: Path) -> asyncio.subprocess.Process:
    with printed.open("wb") as output:
        return await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,  # where -m finds this package
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the server, which ends its sessions first
        )


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it printed nothing"
