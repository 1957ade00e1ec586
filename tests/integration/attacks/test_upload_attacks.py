"""Uploads that are made to harm, while a good learner dances."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest

from tests.clips import write_clip
from tests.integration.attacks.conftest import QUICK, Attack
from tests.integration.attacks.server_process import ServerProcess
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLOW = 2  # bodies that never end: with one more, this address has all its places
CREDIT_S = 4.0  # instead of 20 (tests/unit/rtc_server/uploads/test_least_rate.py)
PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/hostname\n#EXT-X-ENDLIST\n"


@pytest.fixture(scope="module")
def victim_settings(request: pytest.FixtureRequest) -> Mapping[str, str]:
    own = {} if request.config.getoption("--timed") else QUICK
    return {**own, "TANDEM_TEST_CREDIT_S": str(CREDIT_S)}


async def test_hostile_uploads_are_refused_and_the_lesson_goes_on(
    attack: Attack, victim: ServerProcess, tmp_path: Path
) -> None:
    name = 'tandem_uploads_failed_total{reason="slow_upload"}'
    before = (await victim.metrics()).get(name, 0.0)
    async with attack(), aiohttp.ClientSession() as http:
        slow = [asyncio.create_task(_send_slowly(victim)) for _ in range(SLOW)]
        for path in _hostile_files(tmp_path):
            assert await _upload(http, victim, path) == ("failed", "bad_video"), path.name
        answers = await asyncio.gather(*slow)
    assert [answer.split()[1] for answer in answers] == [b"408"] * SLOW
    assert (await victim.metrics())[name] == before + SLOW


def _hostile_files(folder: Path) -> list[Path]:
    """Few bytes that claim ten minutes, a playlist, and a page."""
    playlist, page = folder / "list.m3u8", folder / "page.html"
    playlist.write_text(PLAYLIST)
    page.write_text("<script>alert(1)</script>")
    return [write_clip(folder / "long.mp4", [0.0, 598.0], last_s=1.0), playlist, page]


async def _send_slowly(victim: ServerProcess) -> bytes:
    """Announce a video and send a byte of it a second; return the answer's beginning."""
    reader, writer = await asyncio.open_connection("127.0.0.1", victim.port)
    lines = ("POST /api/lessons?title=Slow HTTP/1.1", f"Host: 127.0.0.1:{victim.port}")
    writer.write("\r\n".join([*lines, "Content-Length: 1000000", "", ""]).encode())
    answer = asyncio.create_task(reader.read(100))
    async with asyncio.timeout(PATIENCE_S):
        while not answer.done():
            writer.write(b"x")
            await asyncio.wait([answer], timeout=1)
    writer.transport.abort()
    return answer.result()


async def _upload(
    http: aiohttp.ClientSession, victim: ServerProcess, path: Path
) -> tuple[str, str | None]:
    """Upload a file; return the state in which its job ends, and the error's code."""
    query, body = {"title": "x", "name": path.name}, await asyncio.to_thread(path.read_bytes)
    url = f"{victim.url}/api/lessons"
    async with http.post(url, data=body, params=query) as response:
        assert response.status == 202, await response.text()
        job = await response.json()
    async with asyncio.timeout(PATIENCE_S):
        while job["state"] not in ("failed", "ready"):
            await asyncio.sleep(0.1)
            async with http.get(f"{victim.url}/api/jobs/{job['id']}") as response:
                job = await response.json()
    return job["state"], job.get("code")
