"""Sections that others search make the same lesson as those that a worker searches itself."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rtc_server.authoring.build import write_lesson
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.people.tracker import Image, People, PeopleTracker
from rtc_server.types import Pose
from rtc_server.uploads import worker_sections
from rtc_server.uploads.worker_request import WorkerRequest
from rtc_server.uploads.worker_sections import (
    RESULT,
    name_section_file,
    search_elsewhere,
    search_here,
    search_one_section,
)
from tests.clips import index_of, write_clip


def open_tracker() -> PeopleTracker:
    seen = 0

    def track(image: Image, t_s: float) -> People:
        nonlocal seen
        seen = (31 * seen + index_of(image)) % 1009
        xy = np.linspace(0.3, 0.6, 36, dtype=np.float32).reshape(18, 2)
        xy[:, 0] += seen / 10_000
        return {3: Pose(t_s, xy, np.full(18, 0.5, np.float32), aspect=4 / 3)}

    return track


@pytest.fixture
def request_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WorkerRequest:
    """To make a lesson of 50 s, which is two sections; its poses are at 2 a second."""
    monkeypatch.setattr(worker_sections, "load_pose_network", lambda *_: open_tracker)
    monkeypatch.setattr(worker_sections, "POLL_S", 0.0)
    times_s = [k / 4 for k in range(200)]
    video = write_clip(tmp_path / "video.mp4", times_s, last_s=0.25, key_every=12)
    build = BuildRequest(video, tmp_path, "a", "A", pose_fps=2.0)
    folders = [tmp_path / name for name in ("here", "scratch", "elsewhere", "sections", "one")]
    for folder in folders:
        folder.mkdir()
    return WorkerRequest(build, tmp_path / "here", tmp_path / "scratch")


def test_the_lesson_is_the_same(request_for: WorkerRequest, tmp_path: Path) -> None:
    here = request_for
    write_lesson(here.folder, here.build, search_here(here))
    elsewhere = replace(here, folder=tmp_path / "elsewhere", sections=tmp_path / "sections")

    def search_all(count: int) -> None:
        for number in reversed(range(count)):
            one = replace(here, folder=tmp_path / "one", section=number)
            search_one_section(one, number, lambda *_: None)
            file = tmp_path / "sections" / name_section_file(number)
            (tmp_path / "one" / RESULT).rename(file)

    write_lesson(elsewhere.folder, here.build, search_elsewhere(elsewhere, search_all))
    names = sorted(path.name for path in here.folder.iterdir())
    assert "poses.npz" in names and "thumbnail.jpg" in names
    for name in names:
        assert (here.folder / name).read_bytes() == (elsewhere.folder / name).read_bytes(), name


def test_a_video_of_one_section_is_searched_by_the_worker(
    request_for: WorkerRequest, tmp_path: Path
) -> None:
    video = write_clip(tmp_path / "short.mp4", [0.0, 0.5], last_s=0.5)
    request = replace(
        request_for, build=replace(request_for.build, video=video), sections=tmp_path / "sections"
    )
    announced: list[int] = []
    write_lesson(request.folder, request.build, search_elsewhere(request, announced.append))
    assert announced == []
    assert (request.folder / "poses.npz").exists()


def test_a_request_survives_its_way_to_the_worker(request_for: WorkerRequest) -> None:
    for request in (
        request_for,
        replace(request_for, section=3),
        replace(request_for, sections=Path("found")),
    ):
        assert WorkerRequest.from_json(request.to_json()) == request
