"""The headless learner comes back by itself, and its report covers all of its parts."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import Outcome
from rtc_server.client.reconnect import ReconnectingLearner
from rtc_server.config import Config
from tests.integration.conftest import RunningServer, serving
from tests.paths import ROOT
from tools.lossy_proxy import open_lossy_proxy
from tools.udp_relay import NetworkConditions

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(configured: Callable[..., Config]) -> AsyncIterator[RunningServer]:
    async with serving(configured(max_sessions=1)) as running:
        yield running


async def half_way(follower: ReconnectingLearner, following: asyncio.Task[Outcome]) -> None:
    """Until some passages are scored, well before the lesson's end."""
    async with asyncio.timeout(30):
        while sum(s["score"] is not None for s in follower.outcome.scores) < 6:
            assert not following.done(), following.result()
            await asyncio.sleep(0.02)


def check(outcome: Outcome) -> None:
    """The lesson was followed to its end in two parts, and nothing lies between them."""
    assert (outcome.ended, outcome.reason, outcome.reconnects) == ("clean", "finished", 1)
    scored = [s for s in outcome.scores if s["score"] is not None]
    part = next(k for k in range(1, len(scored)) if scored[k]["seq"] < scored[k - 1]["seq"])
    assert part >= 6 and len(scored) - part >= 6
    assert -1.0 < scored[part]["lesson_s"] - scored[part - 1]["lesson_s"] < 1.0
    assert scored[0]["lesson_s"] < 1 and scored[-1]["lesson_s"] > 4
    assert outcome.summary is not None and outcome.summary["complete"]
    assert len(scored) <= outcome.summary["samples"] <= len(scored) + 6  # a few were on their way
    assert outcome.summary["score"] > 70


async def test_a_connection_that_is_closed_without_a_word_is_made_again(
    server: RunningServer,
) -> None:
    told: list[str] = []
    follower = ReconnectingLearner(
        LearnerOptions(server.url, "short", "instructor", mirror="off"),
        on_status=told.append,
        max_reconnects=1,
    )
    following = asyncio.create_task(follower.follow())
    await half_way(follower, following)
    (session,) = server.sessions
    await session._peer._connection.close()
    check(await following)
    assert told == ["the connection was lost; connecting again in 1 s, 1 of 1"]
    await server.wait_until_empty()


async def test_a_wire_that_is_cut_is_noticed_and_another_one_found(server: RunningServer) -> None:
    async with open_lossy_proxy(server.url, NetworkConditions(), NetworkConditions()) as proxy:
        follower = ReconnectingLearner(
            LearnerOptions(proxy.url, "short", "instructor", mirror="off")
        )
        following = asyncio.create_task(follower.follow())
        await half_way(follower, following)
        proxy.relays[0].interrupt(for_s=600)
        check(await following)
        assert len(proxy.relays) == 2
    await server.wait_until_empty()


async def test_without_reconnecting_the_end_is_unclean(server: RunningServer) -> None:
    follower = ReconnectingLearner(
        LearnerOptions(server.url, "short", "instructor"), max_reconnects=0
    )
    following = asyncio.create_task(follower.follow())
    await half_way(follower, following)
    (session,) = server.sessions
    await session._peer._connection.close()
    outcome = await following
    assert (outcome.ended, outcome.reconnects, outcome.summary) == ("unclean", 0, None)
    await server.wait_until_empty()


async def test_the_command_tells_how_it_went(server: RunningServer, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = [sys.executable, "run.py", "client", "--url", server.url, "--lesson", "short"]
    command += ["--camera", "instructor", "--mirror", "off", "--report", str(report)]
    client = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=os.environ, stderr=subprocess.PIPE
    )
    try:
        async with asyncio.timeout(30):
            while not (here := list(server.sessions)) or here[0].attempt.samples < 6:
                await asyncio.sleep(0.05)
        await here[0]._peer._connection.close()
        async with asyncio.timeout(30):
            _, said = await client.communicate()
    finally:
        if client.returncode is None:
            client.kill()
    assert client.returncode == 0
    assert b"the connection was lost; connecting again in 1 s, 1 of 3" in said
    assert json.loads(report.read_text())["stats"]["reconnects"] == 1
