"""FFmpeg's WHIP muxer, an encoder that is not ours, teaches a live class."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from rtc_server.client.classes.requests import ask
from rtc_server.config import Config
from rtc_server.http.app_keys import CLASSES
from rtc_server.webrtc.live import source
from tests import made, whip_encoder
from tests.certificates import make_certificate
from tests.integration.conftest import RunningServer, serving
from tests.integration.http_checks import build_offer, check_problem
from tests.integration.sessions.test_class import Member, Teacher
from tests.paths import ROOT
from tests.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")
needs_ffmpeg = pytest.mark.skipif(
    not whip_encoder.can_encode(), reason="this FFmpeg has no WHIP muxer, or no x264 and Opus"
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(configured: Callable[..., Config]) -> AsyncIterator[RunningServer]:
    async with serving(configured(max_sessions=8)) as running:
        yield running


@asynccontextmanager
async def encoding(
    server: RunningServer, opened: dict[str, Any], folder: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """FFmpeg sends the short film to the class."""
    url = f"{server.url}/api/classes/{opened['code']}/whip"
    files = made.short_film(), *make_certificate(folder)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.whip_encoder", url, opened["token"], *map(str, files)),
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


@needs_ffmpeg
async def test_a_foreign_encoder_teaches_a_class(
    server: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "NO_VIDEO_S", 0.5)
    opened = await ask("POST", server.url, "/api/classes", body={"live": True})
    (room,) = server.app[CLASSES]
    live: Any = room._room.live
    await wait_until(lambda: live.problem == "no_picture")
    async with (
        Member(server, opened["code"], "Ann") as ann,
        Teacher(server, opened) as teacher,
        encoding(server, opened, tmp_path),
    ):
        teacher.send("start")
        await ann.wait_for(type="state", state="playing")
        await wait_until(lambda: live.statistics()["streams"] == 2)  # the teacher's, then FFmpeg's
        before = ann.frames
        await wait_until(lambda: ann.frames > before + 5 and len(live.reference) > 5)
        assert live.source.gop.frames[0].codec == "H264"
        assert live.statistics()["sounds"] > 0
        await wait_until(lambda: live.problem is None)
        (id,) = live._encoders
        await ask(
            *("DELETE", server.url, f"/api/classes/{opened['code']}/whip/{id}", opened["token"])
        )
        await wait_until(lambda: live.statistics()["streams"] == 3)  # the teacher's own again
        teacher.send("stop")
        await ann.wait_for(type="summary")
    await server.wait_until_empty()


async def test_only_the_classs_teacher_may_send_and_only_what_can_be_used(
    server: RunningServer,
) -> None:
    opened = await ask("POST", server.url, "/api/classes", body={"live": True})
    path = f"/api/classes/{opened['code']}/whip"
    sdp = {"Content-Type": "application/sdp"}
    own = {"Authorization": f"Bearer {opened['token']}", **sdp}
    async with aiohttp.ClientSession(base_url=server.url) as http:
        stranger = await http.post(path, data=await build_offer(), headers=sdp)
        assert (await check_problem(stranger, 401))["code"] == "class_token_needed"
        bad = await http.post(path, data="nonsense", headers=own)
        assert (await check_problem(bad, 400))["code"] == "bad_offer"
        unfit = await http.post(path, data=await build_offer(video=None), headers=own)
        assert (await check_problem(unfit, 422))["code"] == "unfit_offer"
        for method in (http.delete, http.patch):
            gone = await method(f"{path}/{'0' * 32}", data="", headers=own)
            assert gone.status in (404, 415)
        await http.delete(f"/api/classes/{opened['code']}", headers=own)
    await wait_until(lambda: not [*server.app[CLASSES]])
