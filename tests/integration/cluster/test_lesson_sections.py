"""An upload's sections are searched by Ray tasks: the lesson is the same, byte by byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench.authoring.workers import loop_packets
from rtc_server.authoring.build import DEMO_VIDEO, make_lesson
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.people.tracker import load_pose_network
from rtc_server.cluster.ray_environment import set_ray_environment
from rtc_server.config import Config
from rtc_server.metrics import Metrics
from rtc_server.uploads.request import UploadRequest
from rtc_server.uploads.section_searches import SectionRunner
from rtc_server.uploads.service import UploadService

PREPARED_WITHIN_S = 300.0


async def body_of(data: bytes) -> AsyncIterator[bytes]:
    yield data


class CountingRunner:
    """Notes which sections another runner searches."""

    def __init__(self, runner: SectionRunner) -> None:
        self.numbers: list[int] = []
        self._runner = runner

    async def search(self, build: BuildRequest, number: int, folder: Path) -> bytes:
        self.numbers.append(number)
        return await self._runner.search(build, number, folder)


@pytest.mark.usefixtures("require_ray")
@pytest.mark.timeout(600)
async def test_tasks_make_the_lesson_that_one_process_makes(tmp_path: Path) -> None:
    video = loop_packets(DEMO_VIDEO, tmp_path / "loop.mp4", 30)  # 48 s, two sections
    data = video.read_bytes()
    set_ray_environment()
    from rtc_server.cluster.ray_runtime import RaySections, open_ray

    config = Config(lessons=tmp_path / "tasks", upload_workers=2)
    async with open_ray():
        runner = CountingRunner(RaySections())
        async with UploadService(config, Metrics(), runner) as uploads:
            upload = UploadRequest("A", lesson_id="a", suffix=".mp4")
            job = await uploads.accept(upload, body_of(data))
            async with asyncio.timeout(PREPARED_WITHIN_S):
                while not job.ended:
                    await asyncio.sleep(0.2)
    assert (job.state, job.error) == ("ready", None)
    assert sorted(runner.numbers) == [0, 1]
    request = BuildRequest(video, tmp_path / "alone", "a", "A")
    alone = make_lesson(request, load_pose_network()).folder
    made = config.lessons / "a"
    assert {path.name for path in made.iterdir()} == {path.name for path in alone.iterdir()}
    for path in alone.iterdir():
        assert path.read_bytes() == (made / path.name).read_bytes(), path.name
    assert [path.name for path in config.lessons.iterdir()] == ["a"]
