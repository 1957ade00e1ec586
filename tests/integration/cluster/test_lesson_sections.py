"""Ray tasks search the sections of a video in a sandbox, and find what one process finds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bench.authoring.workers import loop_packets
from rtc_server.authoring.build import DEMO_VIDEO
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.frame_sampler import probe
from rtc_server.authoring.people.parallel_search import search_sections
from rtc_server.authoring.people.section_files import dump_section
from rtc_server.authoring.people.sections import plan_sections
from rtc_server.authoring.people.tracker import load_pose_network
from rtc_server.cluster.ray_environment import set_ray_environment
from rtc_server.uploads.section_searches import SectionRunner
from rtc_server.uploads.worker_process import BuildRefused

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("require_ray"),
    pytest.mark.timeout(300),
]
FPS = 1.0  # of the video's 48 s, so that the test is short


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def runner(require_ray: None) -> AsyncIterator[SectionRunner]:
    set_ray_environment()
    from rtc_server.cluster.ray_runtime import RaySections, open_ray

    async with open_ray():
        yield RaySections()


def request_for(folder: Path, video: Path) -> BuildRequest:
    return BuildRequest(video, folder, "a", "A", pose_fps=FPS, video_name="my video")


async def test_tasks_find_what_one_process_finds(runner: SectionRunner, tmp_path: Path) -> None:
    video = loop_packets(DEMO_VIDEO, tmp_path / "loop.mp4", 30)
    plan = plan_sections(video, FPS, probe(video).duration_s)
    assert len(plan.sections) == 2
    build = request_for(tmp_path, video)
    found = await asyncio.gather(
        *(runner.search(build, number, tmp_path / f"section-{number}") for number in range(2))
    )
    here = search_sections(load_pose_network(), 1, video, plan, lambda _: None)
    assert found == [dump_section(section) for section in here]
    assert not any((tmp_path / f"section-{number}").exists() for number in range(2))


async def test_why_a_video_cannot_be_searched_is_told(
    runner: SectionRunner, tmp_path: Path
) -> None:
    video = tmp_path / "a.mp4"
    video.write_bytes(b"no video")
    with pytest.raises(BuildRefused, match="my video: expected a video") as refused:
        await runner.search(request_for(tmp_path, video), 0, tmp_path / "section-0")
    assert refused.value.code == "bad_video"
