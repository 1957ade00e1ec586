"""Learners who vanish, cameras that stop, servers that are stopped: nothing is left behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiortc import RTCPeerConnection, VideoStreamTrack, rtcrtpreceiver

from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from rtc_server.config import Config
from rtc_server.errors import TandemError
from rtc_server.session import heartbeat
from rtc_server.session.session import Session
from tests.integration.conftest import WARM_S, serving
from tests.integration.scripted_learner import ScriptedLearner
from tests.paths import ROOT
from tests.waiting import PATIENCE_S, wait_until


def session_threads() -> list[str]:
    """Threads that a session of aiortc leaves when it is not closed."""
    return [t.name for t in threading.enumerate() if t.name.endswith("-decoder")]


def test_by_default_the_place_of_who_vanished_is_free_within_ten_seconds() -> None:
    assert Config().silence_timeout_s + heartbeat.CHECK_S < 10


async def test_a_learner_who_vanishes_frees_the_place(configured: Callable[..., Config]) -> None:
    async with serving(configured(silence_timeout_s=2.0), empty_room=True) as server:
        async with ScriptedLearner(server.url) as learner:
            await learner.wait_for(type="state", state="ready")
            (session,) = server.sessions
            learner.go_silent()
            await server.wait_until_empty()
        assert session.end_reason == "vanished"
        assert (await server.sessions.result(learner.id)).summary["samples"] == 0
    assert session_threads() == []


async def test_without_a_camera_pings_keep_the_place(configured: Callable[..., Config]) -> None:
    """The session's clock is set forward, so that a busy machine's own delays are small beside."""
    async with (
        serving(configured(silence_timeout_s=30.0), empty_room=True) as server,
        ScriptedLearner(server.url) as learner,
    ):
        await learner.wait_for(type="score")
        (session,) = server.sessions
        clock = SessionClock(session)
        learner.camera.stop()
        for k in range(3):
            learner.send("ping", t0_ms=k)
            await learner.wait_for(type="pong", t0_ms=k)
            clock.ahead_s += 15.0
            await clock.wait_for_check()
        assert session.describe()["state"] == "ready"
        clock.ahead_s += 15.0
        await server.wait_until_empty()  # its reports on what it receives still come
        assert session.end_reason == "vanished"


class SessionClock:
    """The clock by which a session finds out that its learner is gone, and its checks."""

    def __init__(self, session: Session) -> None:
        self.ahead_s = 0.0
        self._checks = 0
        now, check = session._player.now, session._heartbeat._check

        def counted() -> None:
            check()
            self._checks += 1

        session._player.now = lambda: now() + self.ahead_s
        session._heartbeat._check = counted  # type: ignore[method-assign]

    async def wait_for_check(self) -> None:
        """Wait until the session has looked twice: once for certain since the clock was set."""
        before = self._checks
        await wait_until(lambda: self._checks >= before + 2)


async def test_who_never_connects_frees_the_place(configured: Callable[..., Config]) -> None:
    async with serving(configured(connect_timeout_s=0.5, max_sessions=1)) as server:
        connection = RTCPeerConnection()
        connection.addTrack(VideoStreamTrack())
        connection.createDataChannel("control")
        sdp = (await connection.createOffer()).sdp
        async with aiohttp.ClientSession() as http:
            body = {"type": "offer", "lesson": "short", "sdp": sdp}
            assert (await http.post(f"{server.url}/offer", json=body)).status == 201
        await server.wait_until_empty()
        await connection.close()
    assert session_threads() == []


async def test_a_camera_that_stops_is_told_once_and_ends_nothing(
    configured: Callable[..., Config],
) -> None:
    async with (
        serving(configured(), empty_room=True) as server,
        ScriptedLearner(server.url) as learner,
    ):
        await learner.wait_for(type="score")
        learner.camera.stop()
        await learner.wait_for(type="error", code="no_camera")
        learner.send("start", lesson_s=2.0)
        await learner.wait_for(type="state", state="ended", reason="finished")
        summary = await learner.wait_for(type="summary")
        assert summary["grade"] is None and summary["score"] == 0
        assert sum(m["type"] == "error" for m in learner.messages) == 1


async def test_a_server_that_stops_says_so_to_everybody(
    configured: Callable[..., Config],
) -> None:
    async with serving(configured(), empty_room=True) as server:
        learner = ScriptedLearner(server.url)
        async with learner:
            await learner.wait_for(type="state", state="ready")
            closing = asyncio.create_task(server.sessions.drain("server stopping"))
            await learner.wait_for(type="state", state="ended", reason="server stopping")
            await learner.wait_for(type="summary")
            await closing
            assert len(server.sessions) == 0
    assert session_threads() == []


async def test_sessions_leave_no_tasks_or_threads(configured: Callable[..., Config]) -> None:
    async with serving(configured(), empty_room=True) as server:
        async with ScriptedLearner(server.url) as learner:
            await learner.wait_for(type="score")
        await server.wait_until_empty()
        before = {t.get_name() for t in asyncio.all_tasks()}
        for _ in range(3):
            async with ScriptedLearner(server.url) as learner:
                await learner.wait_for(type="score")
                learner.send("bye")
                await server.wait_until_empty()
        # aiortc's own last callbacks may still be under way.
        await wait_until(lambda: len(asyncio.all_tasks()) <= len(before) + 2)
        assert session_threads() == []


async def test_ctrl_c_ends_every_session_cleanly_and_exits_0(store_with_demo: Path) -> None:
    command = [sys.executable, "run.py", "serve", "--port", "0"]
    command += ["--lessons", str(store_with_demo)]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = await _address(process)
        learners = [
            Learner(LearnerOptions(url, "short", "instructor", mirror="off")) for _ in range(2)
        ]
        following = [asyncio.create_task(learner.follow()) for learner in learners]
        await wait_until(lambda: all(learner.outcome.scores for learner in learners))
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(PATIENCE_S):
            assert await process.wait() == 0
        outcomes = await asyncio.gather(*following)
        assert [o.ended for o in outcomes] == ["clean", "clean"]
        assert {o.reason for o in outcomes} == {"server stopping"}
    finally:
        if process.returncode is None:
            process.kill()


async def _address(process: asyncio.subprocess.Process) -> str:
    """Wait for the ready line, then for the models."""
    assert process.stdout is not None
    async with asyncio.timeout(WARM_S):
        while b"Tandem is ready: " not in (line := await process.stdout.readline()):
            assert line, "the server ended without a word"
        url = line.decode().split("ready: ")[1].strip()
        async with aiohttp.ClientSession() as http:
            while (await http.get(f"{url}/readyz")).status != 200:
                await asyncio.sleep(0.1)
    return url


async def test_a_learner_hears_an_unclean_end_as_unclean(store_with_demo: Path) -> None:
    """The server is killed: no summary, so the report says unclean."""
    script = (
        "import asyncio, json, sys\n"
        "from rtc_server.client.learner import Learner\n"
        "from rtc_server.client.options import LearnerOptions\n"
        "learner = Learner(LearnerOptions(sys.argv[1], 'short', 'instructor'))\n"
        "print(json.dumps(asyncio.run(learner.follow()).report()['ended']))\n"
    )
    command = [sys.executable, "run.py", "serve", "--port", "0"]
    command += ["--lessons", str(store_with_demo)]
    server = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    client = None
    try:
        url = await _address(server)
        client = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", script, url), cwd=ROOT, stdout=subprocess.PIPE
        )
        async with aiohttp.ClientSession() as http, asyncio.timeout(PATIENCE_S):
            while b"tandem_scores_sent_total 0.0" in await _metrics(http, url):
                await asyncio.sleep(0.1)
        server.kill()
        async with asyncio.timeout(PATIENCE_S):
            out, _ = await client.communicate()
        assert json.loads(out) == "unclean"
    finally:
        for process in (server, client):
            if process is not None and process.returncode is None:
                process.kill()


@pytest.mark.parametrize(
    ("lesson", "camera", "sentence"),
    [
        ("none", "instructor", "the server answers 404"),
        ("short", "nothing.mp4", "nothing.mp4: expected a video"),
    ],
)
async def test_a_client_that_cannot_begin_says_why_in_one_sentence(
    configured: Callable[..., Config], lesson: str, camera: str, sentence: str
) -> None:
    async with serving(configured()) as server:
        with pytest.raises(TandemError, match=sentence):
            await Learner(LearnerOptions(server.url, lesson, camera)).follow()
    with pytest.raises(TandemError, match="expected an answer, got none"):
        await Learner(LearnerOptions(server.url, lesson, "instructor")).follow()


async def _metrics(http: Any, url: str) -> bytes:
    return bytes(await (await http.get(f"{url}/metrics")).read())


def test_the_list_of_decoder_threads_is_what_aiortc_names_them() -> None:
    """`session_threads` would see nothing if aiortc named its threads otherwise."""
    source = Path(rtcrtpreceiver.__file__).read_text("utf-8")
    assert 'name=self.__kind + "-decoder"' in source
