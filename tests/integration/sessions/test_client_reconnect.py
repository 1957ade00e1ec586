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
from rtc_server.protocol.client_messages import Seek
from rtc_server.session.session import Session
from tests.integration.conftest import RunningServer, serving
from tests.paths import ROOT
from tests.waiting import PATIENCE_S, wait_until
from tools.lossy_proxy import open_lossy_proxy
from tools.udp_relay import NetworkConditions

pytestmark = pytest.mark.asyncio(loop_scope="module")

LESSON = "demo"  # 24 s long: it does not end before enough is scored, on a slow machine either
LESSON_S = 24.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(
    configured: Callable[..., Config], store_with_demo: Path
) -> AsyncIterator[RunningServer]:
    async with serving(configured(lessons=store_with_demo, max_sessions=1)) as running:
        yield running


async def play_until_scored(
    follower: ReconnectingLearner, following: asyncio.Task[Outcome]
) -> None:
    """Wait for a few scores, well before the lesson's end."""

    def has_scores() -> bool:
        assert not following.done(), following.result()
        return sum(score["score"] is not None for score in follower.outcome.scores) >= 2

    await wait_until(has_scores)


async def check_both_parts(
    server: RunningServer, first: Session, following: asyncio.Task[Outcome]
) -> None:
    """The lesson is followed to its end in two parts, and nothing lies between them."""
    await wait_until(lambda: [s for s in server.sessions if s is not first])
    (second,) = (session for session in server.sessions if session is not first)
    resumed = second.describe()["resumed"]
    await finish(second)
    outcome = await following
    assert (outcome.ended, outcome.reason, outcome.reconnects) == ("clean", "finished", 1)
    order = [score["seq"] for score in outcome.scores]
    restart = next(k for k in range(1, len(order)) if order[k] < order[k - 1])
    scored = [score for score in outcome.scores if score["score"] is not None]
    part = sum(score["score"] is not None for score in outcome.scores[:restart])
    # What the server judged last may not have come any more: then it goes on behind it.
    on_their_way = resumed["samples"] - part
    assert 0 <= on_their_way <= 6
    last_s = scored[part - 1]["lesson_s"]
    assert resumed["lesson_s"] == pytest.approx(last_s, abs=0.001) or on_their_way
    assert resumed["lesson_s"] >= last_s - 0.001
    assert scored[part]["lesson_s"] >= resumed["lesson_s"] - 0.1
    summary = outcome.summary
    assert summary is not None and summary["complete"]
    assert len(scored) + on_their_way <= summary["samples"]
    assert summary["shape"] > 70  # the score is lower for how little of the lesson was danced


async def finish(session: Session) -> None:
    """Once some more is scored, go to the end of the lesson as if the learner had sought it."""
    before = session.attempt.samples
    await wait_until(lambda: session.attempt.samples >= before + 2)
    session._playback.handle(Seek(LESSON_S - 0.5))


async def test_a_connection_that_is_closed_without_a_word_is_made_again(
    server: RunningServer,
) -> None:
    told: list[str] = []
    follower = ReconnectingLearner(
        LearnerOptions(server.url, LESSON, "instructor", mirror="off"),
        on_status=told.append,
        max_reconnects=1,
    )
    following = asyncio.create_task(follower.follow())
    await play_until_scored(follower, following)
    (session,) = server.sessions
    await session._peer._connection.close()
    await check_both_parts(server, session, following)
    assert told == ["the connection was lost; connecting again in 1 s, 1 of 1"]
    await server.wait_until_empty()


async def test_a_wire_that_is_cut_is_noticed_and_another_one_found(server: RunningServer) -> None:
    async with open_lossy_proxy(server.url, NetworkConditions(), NetworkConditions()) as proxy:
        follower = ReconnectingLearner(
            LearnerOptions(proxy.url, LESSON, "instructor", mirror="off")
        )
        following = asyncio.create_task(follower.follow())
        await play_until_scored(follower, following)
        (session,) = server.sessions
        proxy.relays[0].interrupt(for_s=600)
        await check_both_parts(server, session, following)
        assert len(proxy.relays) == 2
    await server.wait_until_empty()


async def test_without_reconnecting_the_end_is_unclean(server: RunningServer) -> None:
    follower = ReconnectingLearner(
        LearnerOptions(server.url, LESSON, "instructor"), max_reconnects=0
    )
    following = asyncio.create_task(follower.follow())
    await play_until_scored(follower, following)
    (session,) = server.sessions
    await session._peer._connection.close()
    outcome = await following
    assert (outcome.ended, outcome.reconnects, outcome.summary) == ("unclean", 0, None)
    await server.wait_until_empty()


async def test_the_command_reports_how_it_went(server: RunningServer, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = [sys.executable, "run.py", "client", "--url", server.url, "--lesson", LESSON]
    command += ["--camera", "instructor", "--mirror", "off", "--report", str(report)]
    client = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=os.environ, stderr=subprocess.PIPE
    )
    try:
        await wait_until(lambda: any(session.attempt.samples >= 2 for session in server.sessions))
        (session,) = server.sessions
        await session._peer._connection.close()
        await wait_until(lambda: [s for s in server.sessions if s is not session])
        (second,) = (s for s in server.sessions if s is not session)
        await finish(second)
        async with asyncio.timeout(PATIENCE_S):
            _, said = await client.communicate()
    finally:
        if client.returncode is None:
            client.kill()
    assert client.returncode == 0
    assert b"the connection was lost; connecting again in 1 s, 1 of 3" in said
    assert json.loads(report.read_text())["stats"]["reconnects"] == 1
