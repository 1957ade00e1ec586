"""Machines of a cluster: network namespaces on one bridge, each with a server of its own.

    unshare -rn python -m tests.integration.cluster.machines LESSONS FOLDER

The learners are in the network namespace of this process, which is the bridge's. What came of them
is printed as JSON, for `test_several_machines`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

from tests.integration.cluster.hosts import Dancer, finish
from tests.integration.cluster.light_learner import use_light_learners
from tests.integration.cluster.machine_logs import find_ends
from tests.integration.cluster.machine_namespace import (
    NETWORK,
    TOKEN,
    WARM_S,
    MachineNamespace,
    ip,
)
from tests.paths import ROOT
from tests.waiting import PATIENCE_S, wait_until

DANCED_S = 10 * PATIENCE_S  # for a lesson, on a machine that other work keeps busy
LEARNERS = 9
RATE = 0.5  # so nine learners and three pose networks fit two processors
MAX_RECONNECTS = 100  # a learner who waits for a processor loses the connection now and then
ONLY_ON_FIRST = "moves"  # a lesson that the first machine alone has


@contextlib.asynccontextmanager
async def cluster(lessons: Path, folder: Path, count: int) -> AsyncIterator[list[MachineNamespace]]:
    """So many machines, of which the first leads; each has lessons of its own."""
    ip("link set lo up")
    ip("link add name bridge0 type bridge")
    ip(f"addr add {NETWORK}.254/24 dev bridge0")
    ip("link set bridge0 up")
    machines: list[MachineNamespace] = []
    try:
        for number in range(1, count + 1):
            machines.append(MachineNamespace.add(number))
            own = folder / f"lessons{number}"
            shutil.copytree(lessons / "demo", own / "demo")
            if number == 1:
                shutil.copytree(lessons / "demo", own / ONLY_ON_FIRST)
            await machines[-1].serve(own, folder)  # one by one: so they are numbered
        await wait_for_machines(machines)
        yield machines
    finally:
        for machine in reversed(machines):
            await machine.stop()


async def list_hosts(front: MachineNamespace) -> list[dict[str, Any]]:
    """The hosts of all machines, as one front sees them."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        aiohttp.ClientSession(raise_for_status=True, headers=headers) as http,
        http.get(f"{front.url}/api/cluster") as response,
    ):
        hosts: list[dict[str, Any]] = (await response.json())["hosts"]
    return hosts


async def wait_for_machines(machines: list[MachineNamespace]) -> None:
    """Wait until each front has one host of each machine, and no other."""
    async with asyncio.timeout(WARM_S):
        for front in machines:
            while True:
                hosts = await list_hosts(front)
                if sorted(h["state"] for h in hosts) == ["ready"] * len(machines):
                    break
                await asyncio.sleep(0.3)


async def run_command(front: MachineNamespace, *words: str) -> str:
    """What `run.py cluster` prints, asked of that front."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "run.py", "cluster", *words, "--url", front.url),
        cwd=ROOT,
        env=os.environ | {"TANDEM_TOKEN": TOKEN},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed
    return printed.decode()


def join(front: MachineNamespace, number: int, lesson: str, *, loops: bool = False) -> Dancer:
    return Dancer(
        *(front.url, f"Learner {number}"),
        lesson=lesson,
        rate=RATE,
        loops=loops,
        max_reconnects=MAX_RECONNECTS,
    )


async def wait_until_danced(dancers: list[Dancer]) -> None:
    await wait_until(
        lambda: all(each.samples >= 5 or each.following.done() for each in dancers), DANCED_S
    )


async def describe(
    dancers: list[Dancer], folder: Path, lost: str | None = None
) -> list[dict[str, Any]]:
    """What came of them, and what the machines wrote of their sessions' ends.

    :param lost: how the names of hosts begin that write nothing any more.
    """
    outcomes = await finish(dancers, DANCED_S)
    hosts = {session: session.rpartition(".")[2] for each in dancers for session in each.sessions}
    heard = [session for session, host in hosts.items() if not (lost and host.startswith(lost))]
    ends = await find_ends(folder, heard)
    return [
        {
            "hosts": [hosts[session] for session in each.sessions],
            "ends": [ends.get(session, "lost with its machine") for session in each.sessions],
            "ended": f"{outcome.ended}, {outcome.reason}",
            "score": outcome.summary and outcome.summary["score"],
            "reconnects": outcome.reconnects,
            "resumed": each.resumed,
            "gap_s": round(each.longest_gap_s, 2),
        }
        for each, outcome in zip(dancers, outcomes, strict=True)
    ]


async def restart_hosts(
    asked: MachineNamespace, front: MachineNamespace, folder: Path
) -> list[dict[str, Any]]:
    """All hosts are restarted during lessons, which go on until that is done."""
    dancers = [join(front, k, "demo", loops=True) for k in range(4)]
    await wait_until_danced(dancers)
    await run_command(asked, "restart")
    async with asyncio.TaskGroup() as ending:
        for each in dancers:
            ending.create_task(each.end_loop())
    return await describe(dancers, folder)


async def lose_machine(
    front: MachineNamespace, lost: MachineNamespace, count: int, folder: Path
) -> dict[str, Any]:
    """A machine loses its power during a lesson; the learners know the front of another one."""
    dancers = [join(front, k, ONLY_ON_FIRST) for k in range(count)]
    await wait_until_danced(dancers)
    prefix = f"m{lost.number}w"
    while not (moved := [k for k, each in enumerate(dancers) if is_on(each, prefix)]):
        dancers.append(join(front, len(dancers), ONLY_ON_FIRST))
        await wait_until_danced(dancers)
    lost_s = time.monotonic()
    lost.lose_power()
    learners = await describe(dancers, folder, prefix)
    back_s = [
        next((round(at_s - lost_s, 2) for at_s in dancers[k].welcomed_s if at_s > lost_s), None)
        for k in moved
    ]
    return {"moved": moved, "back_s": back_s, "learners": learners}


def is_on(dancer: Dancer, prefix: str) -> bool:
    """Whether the learner dances on a host whose name begins so."""
    return not dancer.following.done() and (dancer.host or "").startswith(prefix)


async def main(lessons: Path, folder: Path) -> None:
    use_light_learners()
    async with cluster(lessons, folder, 3) as machines:
        first, second, third = machines
        report: dict[str, Any] = {"status": await run_command(second, "status")}
        report["listeners"] = second.list_listeners()
        report["restart"] = await restart_hosts(first, third, folder)
        await wait_for_machines(machines)
        report["lost"] = await lose_machine(second, third, LEARNERS, folder)
        report["leader_lost"] = await lose_machine(second, first, 2, folder)
        report["status_alone"] = await run_command(second, "status")
        print(json.dumps(report))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
