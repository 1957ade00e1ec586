"""A server, and a learner who goes from one network to another in the middle of the lesson.

    unshare -rn python -m tests.integration.webrtc.two_networks LESSONS

The server's network namespace is this process's; the learner gets one of their own, with a wire to
the server (`first`), and then another one (`second`). Prints what came of the learner as JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from rtc_server.client import learner as learner_module
from rtc_server.client.options import LearnerOptions
from rtc_server.client.reconnect import ReconnectingLearner
from tests.paths import ROOT
from tests.waiting import PATIENCE_S

SERVER = "10.0.0.1"  # on no wire: it is reached by either
UDP_PORT = 50_000
SCORES_BEFORE, SCORES_AFTER = 3, 3


def ip(command: str) -> None:
    subprocess.run(["ip", *command.split()], check=True)


def set_up_server() -> None:
    """Give this namespace the server's address."""
    ip("link set lo up")
    ip(f"addr add {SERVER}/32 dev lo")


class LearnersHost:
    """The learner's network namespace."""

    def __init__(self) -> None:
        self._holder = subprocess.Popen(["unshare", "-n", "sleep", "600"])
        own = Path("/proc/self/ns/net").readlink()
        while self._namespace.readlink() == own:
            time.sleep(0.01)
        self.inside = ("nsenter", f"--net={self._namespace}")
        self._ip("link set lo up")

    @property
    def _namespace(self) -> Path:
        return Path(f"/proc/{self._holder.pid}/ns/net")

    def plug_in(self, wire: str, network: str) -> None:
        """Connect the two hosts by another wire."""
        ip(f"link add {wire} type veth peer name learner-{wire}")
        ip(f"link set learner-{wire} netns {self._holder.pid}")
        ip(f"addr add {network}.1/24 dev {wire}")
        ip(f"link set {wire} up")
        self._ip(f"link set learner-{wire} up")
        self._ip(f"addr add {network}.2/24 dev learner-{wire}")
        self._ip(f"route replace {SERVER}/32 via {network}.1")

    def pull_out(self, wire: str) -> None:
        self._ip(f"link set learner-{wire} down")

    def _ip(self, command: str) -> None:
        subprocess.run([*self.inside, "ip", *command.split()], check=True)

    def close(self) -> None:
        self._holder.kill()
        self._holder.wait()


@contextlib.asynccontextmanager
async def serving(lessons: str) -> AsyncIterator[tuple[str, int]]:
    """A server at SERVER; its URL and its process id."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.quick_server", "serve", "--host", SERVER, "--port", "0"),
        *("--lessons", lessons, "--udp-port", str(UDP_PORT)),
        cwd=ROOT,
        env=os.environ | {"TANDEM_SILENCE_TIMEOUT_S": "600"},
        stdout=asyncio.subprocess.PIPE,
    )
    assert program.stdout is not None
    try:
        async for line in program.stdout:
            if found := re.search(rb"ready: (http\S+)", line):
                yield found[1].decode(), program.pid
                return
        raise SystemExit("the server did not start")
    finally:
        with contextlib.suppress(ProcessLookupError):
            program.terminate()
        await program.wait()


def count_udp_sockets(pid: int) -> int:
    """Those of a process, in its network namespace."""
    tables = "".join(Path(f"/proc/{pid}/net/{name}").read_text() for name in ("udp", "udp6"))
    known = {line.split()[9] for line in tables.splitlines() if ":" in line.split()[1]}
    links = [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    return sum(f"socket:[{inode}]" in links for inode in known)


async def follow(url: str) -> None:
    """As the learner: say goodbye at a line on stdin; print for each score the restarts so far."""
    # On a machine that is very busy, nobody is to give up meanwhile.
    learner_module.CONNECT_TIMEOUT_S = learner_module.SILENCE_TIMEOUT_S = PATIENCE_S
    options = LearnerOptions(url, "demo", "instructor", mirror="off")
    sessions: set[str | None] = set()

    def on_message(message: dict[str, object]) -> None:
        if message["type"] == "score" and message["score"] is not None:
            sessions.add(learner._learner.session)
            print(learner.outcome.ice_restarts, flush=True)

    learner = ReconnectingLearner(options, on_message)

    async def leave_when_told() -> None:
        await asyncio.to_thread(sys.stdin.readline)
        learner.leave()

    leaving = asyncio.create_task(leave_when_told())
    outcome = await learner.follow()
    await leaving
    report = {
        "sessions": len(sessions),
        "order": [score["seq"] for score in outcome.scores],
        "reason": outcome.reason,
        "ice_restarts": outcome.ice_restarts,
        "reconnects": outcome.reconnects,
    }
    print(json.dumps(report), flush=True)


async def watch(lessons: str) -> None:
    set_up_server()
    host = LearnersHost()
    try:
        host.plug_in("first", "10.1.0")
        async with serving(lessons) as (url, pid):
            sockets = count_udp_sockets(pid)
            learner = await asyncio.create_subprocess_exec(
                *(*host.inside, sys.executable, "-m", __spec__.name, "--learner", url),
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            assert learner.stdin is not None and learner.stdout is not None
            for _ in range(SCORES_BEFORE):
                restarts = int(await learner.stdout.readline())
            before = count_udp_sockets(pid) - sockets
            host.pull_out("first")
            host.plug_in("second", "10.2.0")
            after = 0
            while after < SCORES_AFTER and (line := await learner.stdout.readline()):
                after += int(line) > restarts
            later = count_udp_sockets(pid) - sockets - 1  # that of the second wire's address
            learner.stdin.write(b"leave\n")
            lines = (await learner.communicate())[0].splitlines()
        found = json.loads(lines[-1])
        found |= {"scores_after": after, "descriptors": {"before": before, "after": later}}
        print(json.dumps(found))
    finally:
        host.close()


if __name__ == "__main__":
    if sys.argv[1] == "--learner":
        asyncio.run(follow(sys.argv[2]))
    else:
        asyncio.run(watch(sys.argv[1]))
