"""What is left of a preparation when its server goes, whichever way: nothing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rtc_server.authoring.build_request import BuildRequest
from rtc_server.lessons.store import LessonStore
from rtc_server.uploads.worker_request import WorkerRequest
from tests.integration.uploads.upload_server import (
    half_made,
    held_upload,
    upload_server,
    worker_pids,
)
from tests.paths import ROOT
from tests.waiting import PATIENCE_S

PROGRAM = """
import asyncio, sys
from rtc_server.uploads.worker_process import run_worker
from rtc_server.uploads.worker_request import WorkerRequest
request = WorkerRequest.from_json(sys.argv[1])
asyncio.run(run_worker(request, lambda *progress: print(*progress, flush=True)))
"""


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_server_that_stops_ends_what_it_prepares(tmp_path: Path, short_film: Path) -> None:
    async with upload_server(tmp_path) as store:
        job = await store.add_job(short_film, title="Wave")
        waiting = await store.add_job(short_film, title="Wave")
        async with asyncio.timeout(60):
            while (await store.job(job["id"]))["step"] is None:
                await asyncio.sleep(0.05)
        assert (await store.job(waiting["id"]))["ahead"] == 1
        assert len(half_made(store)) == 2  # folders, each with its video
        began_s = time.monotonic()
    assert time.monotonic() - began_s < 5
    assert left(tmp_path) == []
    assert worker_pids(tmp_path) == []


async def test_a_server_that_stops_does_not_wait_for_a_body(tmp_path: Path) -> None:
    async with upload_server(tmp_path) as store, held_upload(store, "Wave"):
        began_s = time.monotonic()
    assert time.monotonic() - began_s < 5
    assert left(tmp_path) == []


@pytest.fixture
def request_(tmp_path: Path, short_film: Path) -> WorkerRequest:
    """What a server asks for when a video has come."""
    folder, scratch = tmp_path / "lessons" / "content", tmp_path / "lessons" / "scratch"
    for path in (folder, scratch):
        path.mkdir(parents=True)
    video = folder / "video.mp4"
    video.write_bytes(short_film.read_bytes())
    build = BuildRequest(video, folder.parent, "wave", "Wave", max_duration_s=60.0)
    return WorkerRequest(build, folder, scratch)


def until(true: Callable[[], object]) -> None:
    until_s = time.monotonic() + 30
    while not true():
        assert time.monotonic() < until_s
        time.sleep(0.02)


def test_a_server_that_is_killed_takes_the_preparation_along(request_: WorkerRequest) -> None:
    lessons = request_.folder.parent
    command = [sys.executable, "-c", PROGRAM, request_.to_json()]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None and server.stdout.readline()
        assert len(worker_pids(lessons)) == 1
        server.kill()
        until(lambda: not worker_pids(lessons))
    assert not (request_.folder / "lesson.json").exists()


def test_a_preparation_ends_when_nobody_holds_its_stdin(request_: WorkerRequest) -> None:
    """Also while it says nothing, and so does not notice that nobody hears it."""
    command = [sys.executable, "-m", "rtc_server.uploads.worker", request_.to_json()]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        until(lambda: len(left(request_.folder)) > 1)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(PATIENCE_S)
    assert not (request_.folder / "lesson.json").exists()


async def test_what_a_killed_server_left_is_gone_when_the_next_one_starts(tmp_path: Path) -> None:
    left = tmp_path / ".upload~0123abcd"
    (left / "content").mkdir(parents=True)
    (left / "content" / "video.mp4").write_bytes(b"half of it")
    (left / ".being-made").touch()
    async with upload_server(tmp_path) as store:
        assert store.left() == []
    assert LessonStore(tmp_path).list() == []


async def test_a_store_may_be_named_from_where_the_server_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with upload_server(Path("here")) as store:
        job = await store.add_job(b"no video", title="Wave")
        job = await store.wait_for(job["id"], "failed", "ready")
    assert "cannot be read as one" in job["error"]
