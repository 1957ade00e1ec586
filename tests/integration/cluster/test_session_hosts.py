"""Sessions on two processes: nobody's lesson ends because a process does."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import sys
from pathlib import Path

import pytest

from rtc_server.client.outcome import Outcome
from tests.integration.attacks.server_process import ServerProcess
from tests.integration.cluster.conftest import HISTORY
from tests.integration.cluster.hosts import (
    Dancer,
    begin,
    busiest_host,
    finish,
    kill_host,
    list_hosts,
    wait_for_hosts,
)
from tests.paths import ROOT
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")

BACK_WITHIN_S = 5.0
LISTENING = "0A"  # include/net/tcp_states.h
LOOPBACK = re.compile(r"0100007F|0{24}01000000|0{16}FFFF00000100007F")


def check_clean(outcome: Outcome) -> None:
    assert (outcome.ended, outcome.reason) == ("clean", "finished")
    assert outcome.summary is not None and outcome.summary["complete"]
    assert outcome.summary["score"] >= 85  # an echo of the instructor


async def run_command(server: ServerProcess, *words: str) -> str:
    """What `run.py cluster` prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "run.py", "cluster", *words, "--url", server.url),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    return printed.decode()


async def test_learners_of_a_host_that_is_killed_go_on_with_another(
    server: ServerProcess, request: pytest.FixtureRequest
) -> None:
    """At the same place, with the score so far, and with one result each."""
    dancers = await begin(server.url, 4)
    hosts = {each.host for each in dancers}
    assert len(hosts) == 2
    killed = busiest_host(dancers)
    moved = [each for each in dancers if each.host == killed]
    before = {each.name: each.samples for each in moved}
    await kill_host(server.url, killed)
    await wait_until(lambda: all(each.resumed for each in moved), 2 * PATIENCE_S)
    for each in moved:
        (resumed,) = each.resumed
        assert resumed["samples"] >= before[each.name] - 10  # what two seconds bring
        assert abs(resumed["lesson_s"] - before[each.name] / 5) < 4
        assert each.host != killed
    outcomes = await finish(dancers)
    for each, outcome in zip(dancers, outcomes, strict=True):
        check_clean(outcome)
        assert outcome.reconnects == (1 if each in moved else 0)
    gaps_s = [round(each.longest_gap_s, 2) for each in moved]
    print(f"\nwithout a score after a host was killed: {gaps_s} s")
    if request.config.getoption("--timed"):
        assert max(gaps_s) <= BACK_WITHIN_S
    await wait_for_hosts(server.url, 2)
    with sqlite3.connect(server.log.parent / HISTORY) as database:
        kept = database.execute("select learner, session from tandem_results").fetchall()
    assert sorted(kept) == sorted((each.name, each.sessions[-1]) for each in dancers)


async def test_a_restart_of_all_hosts_ends_no_session(server: ServerProcess) -> None:
    old = {host["name"] for host in await list_hosts(server.url)}
    dancers = await begin(server.url, 4, samples=5)
    await run_command(server, "restart")
    late = Dancer(server.url, "Late")
    outcomes = await finish([*dancers, late])
    for outcome in outcomes:
        check_clean(outcome)
        assert outcome.reconnects == 0
    assert {each.host for each in dancers} <= old and late.host not in old
    await wait_for_hosts(server.url, 2)
    assert not old & {host["name"] for host in await list_hosts(server.url)}


async def test_a_session_without_webrtc_runs_on_a_host_and_outlives_it(
    server: ServerProcess,
) -> None:
    dancer = Dancer(server.url, "Tunnel", transport="websocket")
    await wait_until(lambda: dancer.samples >= 15, 2 * PATIENCE_S)
    killed = dancer.host
    assert killed is not None
    await kill_host(server.url, killed)
    (outcome,) = await finish([dancer])
    check_clean(outcome)
    assert outcome.reconnects == 1 and dancer.host != killed
    await wait_for_hosts(server.url, 2)


async def test_the_operator_sees_the_hosts_and_all_their_metrics(server: ServerProcess) -> None:
    names = [host["name"] for host in await list_hosts(server.url)]
    printed = await run_command(server, "status")
    assert [line.split()[0] for line in printed.splitlines()[1:-1]] == names
    metrics = await server.metrics()
    assert {f'tandem_scores_sent_total{{host="{name}"}}' for name in names} <= metrics.keys()
    assert metrics['tandem_hosts_lost_total{host="front"}'] >= 1


async def test_hosts_are_as_important_as_their_server(server: ServerProcess) -> None:
    """Ray makes its processes nice."""
    pids = [host["pid"] for host in await list_hosts(server.url)]
    nice = {os.getpriority(os.PRIO_PROCESS, pid) for pid in (server.process.pid, *pids)}
    assert len(nice) == 1


async def test_nothing_of_ray_listens_beyond_this_machine(server: ServerProcess) -> None:
    """The kernel lists where each process of the server listens."""
    processes = _descendants(server.process.pid)
    assert len(processes) > 4  # Ray's, and the hosts
    addresses = _list_listeners({inode for pid in processes for inode in _sockets(pid)})
    assert len(addresses) > 4
    assert [address for address in addresses if not LOOPBACK.fullmatch(address)] == []


def _list_listeners(inodes: set[str]) -> list[str]:
    """The local addresses of those TCP sockets that listen, as the kernel writes them."""
    tables = (Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6"))
    lines = [line.split() for table in tables for line in table.splitlines()[1:]]
    return [line[1].split(":")[0] for line in lines if line[3] == LISTENING and line[9] in inodes]


def _descendants(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        children = (task / "children").read_text().split()
        found += [each for child in children for each in _descendants(int(child))]
    return found


def _sockets(pid: int) -> set[str]:
    links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    return {link[8:-1] for link in links if link.startswith("socket:[")}
