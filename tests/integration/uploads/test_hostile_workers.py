"""A worker that a video has taken over cannot fill the server's memory, log, store or time."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

import pytest

from rtc_server.uploads import worker_limits, worker_process, worker_watch
from tests.integration.uploads import hostile_worker
from tests.integration.uploads.upload_server import upload_server, worker_pids

ENDS = {
    "endless progress": "expected a few messages a second",
    "endless line": "expected lines of at most 4096 bytes",
    "garbage": "expected a message of the process",
    "nested": "expected a message of the process",
    "endless complaints": "no",
    "stubborn": "expected a message of the process",
    "silent": "it closed its end",
    "large": "GB of memory",
    "slow": "to be made within 1 s",
    "killed": "was killed",
    "nothing made": "expected one source",
    "links": "in the new lesson, it is not so",
}


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "MODULE", hostile_worker.__name__)
    monkeypatch.setattr(worker_process, "TERMINATION_LIMIT_S", 0.2)
    monkeypatch.setattr(worker_watch, "INTERVAL_S", 0.05)
    monkeypatch.setattr(worker_watch, "MAX_RESIDENT_BYTES", 200_000_000)


@pytest.mark.parametrize("kind", ENDS)
async def test_it_is_ended_and_nothing_is_left(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if kind == "slow":
        monkeypatch.setattr(worker_limits, "STARTUP_WALL_S", 1.0)
        monkeypatch.setattr(worker_limits, "WALL_S_PER_S", 0.0)
    if kind == "large" and sys.platform != "linux":
        pytest.skip("only Linux tells how much memory another process has")
    caplog.set_level(logging.INFO)
    async with upload_server(tmp_path, upload_max_s=60) as store:
        job = await store.add_job(b"a video", title=kind)
        job = await store.wait_for(job["id"], "failed", "ready")
        assert job["state"] == "failed"
        assert ENDS[kind] in job["error"] and str(tmp_path) not in job["error"]
        assert store.left() == [] and worker_pids(tmp_path) == []
        metrics = await (await store.http.get("/metrics")).text()
        assert f'tandem_uploads_failed_total{{reason="{job["code"]}"}} 1.0' in metrics
    text = caplog.text
    assert len(text) < 20_000 and "\x1b" not in text and "Traceback" not in text


async def test_the_event_loop_is_not_kept_by_what_it_says(tmp_path: Path) -> None:
    async with upload_server(tmp_path, upload_max_s=60) as store:
        job = await store.add_job(b"a video", title="stubborn")
        async with asyncio.timeout(30):
            while (await store.job(job["id"]))["state"] != "failed":
                assert (await store.http.get("/api/lessons")).status == 200
                await asyncio.sleep(0.05)  # an address may not ask as often as a machine can
