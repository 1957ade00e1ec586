"""Uploads that are made to harm: slow bodies, files that name others, few bytes that claim much."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from rtc_server.uploads import least_rate, request_body
from rtc_server.uploads.request_body import RESERVED_BYTES
from tests.clips import write_clip
from tests.integration.uploads.upload_server import (
    UploadServer,
    half_made,
    held_upload,
    problem,
    upload_server,
    worker_pids,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class _DiskUsage:
    free: int


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[UploadServer]:
    async with upload_server(tmp_path_factory.mktemp("store")) as open_store:
        yield open_store


async def count_failures(store: UploadServer, reason: str) -> float:
    metrics = await (await store.http.get("/metrics")).text()
    name = f'tandem_uploads_failed_total{{reason="{reason}"}}'
    return next((float(line.split()[1]) for line in metrics.splitlines() if name in line), 0.0)


async def refused(store: UploadServer, video: Path) -> str:
    """The sentence with which a video is refused; nothing of it is left."""
    before = await count_failures(store, "bad_video")
    job = await store.add_job(video, title="x")
    job = await store.wait_for(job["id"], "failed", "ready")
    assert (job["state"], job["code"]) == ("failed", "bad_video"), job
    assert await count_failures(store, "bad_video") == before + 1
    assert store.left() == []
    sentence: str = job["error"]
    return sentence


async def test_bodies_of_a_byte_now_and_then_do_not_hold_the_queue(
    store: UploadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(least_rate, "FIRST_CREDIT_S", 0.5)

    async def trickle() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.05)

    before = await count_failures(store, "slow_upload")
    answers = await asyncio.gather(*(store.upload(trickle(), title="slow") for _ in range(3)))
    for answer in answers:
        assert "16 kB a second or more" in (await problem(answer, 408))["detail"]
    assert await count_failures(store, "slow_upload") == before + 3
    assert not half_made(store)


async def test_what_others_have_announced_is_not_given_away(
    store: UploadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise large uploads that are begun together fill the disk, and all of them fail."""
    free = RESERVED_BYTES + 1_200_000
    monkeypatch.setattr(request_body.shutil, "disk_usage", lambda _: _DiskUsage(free))
    async with held_upload(store, "First"):  # of a megabyte, of which little has come
        answer = await store.upload(bytes(300_000), title="Second")
        assert "free on the server's disk" in (await problem(answer, 507))["detail"]
        answer = await store.upload(bytes(100_000), title="Third")
        assert answer.status == 202
        job = await answer.json()
    await store.http.delete(f"/api/jobs/{job['id']}")


async def test_a_playlist_shows_no_other_video(store: UploadServer, tmp_path: Path) -> None:
    secret = write_clip(tmp_path / "secret.ts", [k / 30 for k in range(30)])
    path = tmp_path / "list.m3u8"
    lines = ("#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXTINF:1,", str(secret), "#EXT-X-ENDLIST")
    path.write_text("\n".join([*lines, ""]))
    sentence = await refused(store, path)
    assert "got a file of another kind" in sentence or "cannot be read as one" in sentence
    assert "secret" not in sentence and str(store.lessons) not in sentence


async def test_few_bytes_that_claim_minutes_are_refused_before_they_are_decoded(
    store: UploadServer, tmp_path: Path
) -> None:
    video = write_clip(tmp_path / "long.mp4", [0.0, 598.0], last_s=1.0)
    assert video.stat().st_size < 5000
    assert "expected at least 297 kB of pictures for 599 s" in await refused(store, video)


async def test_a_worker_that_is_killed_costs_its_own_job_only(
    store: UploadServer, short_film: Path
) -> None:
    job = await store.add_job(short_film, title="Killed")
    waiting = await store.add_job(b"no video", title="Next")
    async with asyncio.timeout(60):
        while not (pids := worker_pids(store.lessons)):
            await asyncio.sleep(0.01)
    os.kill(pids[0], signal.SIGKILL)
    job = await store.wait_for(job["id"], "failed", "ready")
    assert (job["state"], job["code"]) == ("failed", "preparation_failed")
    assert "was killed" in job["error"]
    assert (await store.wait_for(waiting["id"], "failed"))["code"] == "bad_video"
    assert store.left() == []
