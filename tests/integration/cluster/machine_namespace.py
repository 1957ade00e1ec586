"""A machine of a cluster as a network namespace, and the server there."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.paths import ROOT
from tests.waiting import PATIENCE_S

NETWORK = "10.77.0"
PORT, CLUSTER_PORT = 8080, 6379
TOKEN = "an operator's token of a test"
WARM_S = 5 * PATIENCE_S
POSE_FPS = 2.5  # looks a second: enough at half the lesson's speed
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
            "TANDEM_POSE_FPS": str(POSE_FPS),
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
