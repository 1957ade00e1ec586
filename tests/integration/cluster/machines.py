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
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.integration.cluster.hosts import Dancer, finish
from tests.integration.cluster.machine_logs import find_ends
from tests.paths import ROOT
from tests.waiting import PATIENCE_S, wait_until

NETWORK = "10.77.0"
PORT, CLUSTER_PORT = 8080, 6379
TOKEN = "an operator's token of a test"
WARM_S = 5 * PATIENCE_S
DANCED_S = 10 * PATIENCE_S  # for a lesson, on a machine that other work keeps busy
LEARNERS = 9
MAX_RECONNECTS = 100  # a learner who waits for a processor loses the connection now and then
ONLY_ON_FIRST = "moves"  # a lesson that the first machine alone has
LISTENING = "0A"  # include/net/tcp_states.h


def ip(command: str, inside: tuple[str, ...] = ()) -> None:
    subprocess.run([*inside, "ip", *command.split()], check=True)


@dataclass
class MachineNamespace:
    """One machine: its network namespace, and the server there."""

    number: int
    holder: subprocess.Popen[bytes]
    namespace: Path = Path()  # as the kernel names it
    server: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        return f"{NETWORK}.{self.number}"

    @property
    def url(self) -> str:
        return f"http://{self.address}:{PORT}"

    @property
    def inside(self) -> tuple[str, ...]:
        return ("nsenter", f"--net={self._namespace}")

    @property
    def _namespace(self) -> Path:
        return Path(f"/proc/{self.holder.pid}/ns/net")

    @classmethod
    def add(cls, number: int) -> MachineNamespace:
        """Make a machine, and plug it in."""
        machine = cls(number, subprocess.Popen(["unshare", "-n", "sleep", "3600"]))
        own = Path("/proc/self/ns/net").readlink()
        while machine._namespace.readlink() == own:
            time.sleep(0.01)
        machine.namespace = machine._namespace.readlink()
        ip(f"link add name wire{number} type veth peer name machine{number}")
        ip(f"link set machine{number} netns {machine.holder.pid}")
        ip(f"link set wire{number} master bridge0")
        ip(f"link set wire{number} up")
        ip("link set lo up", machine.inside)
        ip(f"addr add {machine.address}/24 dev machine{number}", machine.inside)
        ip(f"link set machine{number} up", machine.inside)
        return machine

    async def serve(self, lessons: Path, folder: Path) -> None:
        """Start its server, and wait until it is ready."""
        settings = {
            "TANDEM_CLUSTER": f"{NETWORK}.1:{CLUSTER_PORT}",
            "TANDEM_CLUSTER_TOKEN": "the secret that the machines of a test share",
            "TANDEM_WORKERS": "1",
            "TANDEM_TOKEN": TOKEN,
            "TANDEM_HISTORY": "",
            "TANDEM_LESSON_COPIES": str(folder / f"copies{self.number}"),
            "TANDEM_COUNTDOWN_S": "0",
            "TANDEM_MAX_SESSIONS": "100",  # three machines share the processors of one here
            "PYTHONUNBUFFERED": "1",
        }
        self.server = await asyncio.create_subprocess_exec(
            *(*self.inside, sys.executable, "run.py", "serve", "--host", self.address),
            *("--port", str(PORT), "--lessons", str(lessons), "--udp-port", "50000"),
            cwd=ROOT,
            env=os.environ | settings,
            stdout=asyncio.subprocess.PIPE,
            stderr=(folder / f"machine{self.number}.log").open("wb"),
        )
        assert self.server.stdout is not None
        async with asyncio.timeout(WARM_S):
            while b"Tandem is ready: " not in (line := await self.server.stdout.readline()):
                assert line, f"machine {self.number} did not start"

    def lose_power(self) -> None:
        """Nothing of it is heard any more, and all of it ends."""
        ip(f"link set wire{self.number} down")
        for pid in self.list_processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def list_processes(self) -> list[int]:
        """Those that run there, without the one that holds the namespace."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (path / "ns" / "net").readlink() == self.namespace:
                    found.append(int(path.name))
        return [pid for pid in found if pid != self.holder.pid]

    def list_listeners(self) -> list[tuple[str, int]]:
        """Address and port of each TCP socket that listens there, as the kernel writes them."""
        tables = (
            Path(f"/proc/{self.holder.pid}/net/{name}").read_text() for name in ("tcp", "tcp6")
        )
        lines = [line.split() for table in tables for line in table.splitlines()[1:]]
        places = [line[1].split(":") for line in lines if line[3] == LISTENING]
        return [(address, int(port, 16)) for address, port in places]

    async def stop(self) -> None:
        """End its server as an operator does."""
        if self.server is not None and self.server.returncode is None:
            self.server.send_signal(signal.SIGINT)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await self.server.wait()
        for pid in self.list_processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.holder.kill()
        self.holder.wait()


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
            await machines[-1].serve(own, folder)
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


def join(front: MachineNamespace, number: int, lesson: str) -> Dancer:
    name = f"Learner {number}"
    return Dancer(front.url, name, lesson=lesson, max_reconnects=MAX_RECONNECTS)


async def begin(front: MachineNamespace, count: int, lesson: str = "demo") -> list[Dancer]:
    """Learners who have danced for some seconds."""
    dancers = [join(front, k, lesson) for k in range(count)]
    await wait_until_danced(dancers)
    return dancers


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


async def lose_machine(
    front: MachineNamespace, lost: MachineNamespace, count: int, folder: Path
) -> dict[str, Any]:
    """A machine loses its power during a lesson; the learners know the front of another one."""
    dancers = await begin(front, count, ONLY_ON_FIRST)
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
    async with cluster(lessons, folder, 3) as machines:
        first, second, third = machines
        report: dict[str, Any] = {"status": await run_command(second, "status")}
        report["listeners"] = second.list_listeners()
        dancers = await begin(third, 4)
        await run_command(first, "restart")
        report["restart"] = await describe(dancers, folder)
        await wait_for_machines(machines)
        report["lost"] = await lose_machine(second, third, LEARNERS, folder)
        report["leader_lost"] = await lose_machine(second, first, 2, folder)
        report["status_alone"] = await run_command(second, "status")
        print(json.dumps(report))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
