"""Whatever fails first, of a lesson and its sections, ends the rest and is what is told."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from rtc_server.authoring.build_request import BuildRequest, Part
from rtc_server.errors import BadVideo, PreparationFailed
from rtc_server.progress import Progress, ignore_progress
from rtc_server.uploads import section_searches
from rtc_server.uploads.section_searches import make_in_sections, search_in_sandbox
from rtc_server.uploads.worker_request import WorkerRequest
from rtc_server.uploads.worker_sections import RESULT, name_section_file

COUNT = 5


class FakeWorker:
    """A worker process that announces sections, and waits until all of them are there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: Exception | None = None) -> None:
        self.request: WorkerRequest | None = None
        self.cancelled = False
        self._error = error
        monkeypatch.setattr(section_searches, "run_worker", self._run)

    async def _run(
        self, request: WorkerRequest, _progress: Progress, on_sections: Callable[[int], None]
    ) -> None:
        self.request = request
        assert request.sections is not None
        on_sections(COUNT)
        on_sections(10 * COUNT)  # a worker that a video has taken over asks for more
        try:
            await asyncio.sleep(0)
            if self._error is not None:
                raise self._error
            files = [request.sections / name_section_file(number) for number in range(COUNT)]
            while not all(file.exists() for file in files):
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled = True
            raise


class FakeRunner:
    def __init__(self, fails_at: int | None = None, *, ends: bool = True) -> None:
        self.builds: list[BuildRequest] = []
        self.at_once = self.most_at_once = 0
        self._fails_at = fails_at
        self._ends = ends

    async def search(self, build: BuildRequest, number: int, folder: Path) -> bytes:
        assert folder.parent == build.video.parent.parent
        self.builds.append(build)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)
            if number == self._fails_at:
                raise PreparationFailed(f"section {number} was lost")
            if not self._ends:
                await asyncio.Event().wait()
            return b"found %d" % number
        finally:
            self.at_once -= 1


@pytest.fixture
def asked(tmp_path: Path) -> WorkerRequest:
    folder = tmp_path / "content"
    folder.mkdir()
    build = BuildRequest(folder / "video.mp4", tmp_path, "a", "A", workers=2)
    return WorkerRequest(build, folder, tmp_path / "scratch")


async def test_all_sections_are_searched_a_few_at_a_time(
    asked: WorkerRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, runner = FakeWorker(monkeypatch), FakeRunner()
    await make_in_sections(asked, ignore_progress, runner)
    assert worker.request is not None
    found = worker.request.sections
    assert found is not None and found.parent == asked.folder.parent
    assert sorted(path.read_bytes() for path in found.iterdir()) == [
        b"found %d" % number for number in range(COUNT)
    ]
    assert runner.most_at_once == 2
    assert {build.video for build in runner.builds} == {asked.build.video}


async def test_of_a_part_of_a_video_that_part_is_searched(
    asked: WorkerRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeWorker(monkeypatch)
    runner = FakeRunner()
    build = BuildRequest(asked.build.video, asked.folder, "a", "A", Part(1, 90))
    await make_in_sections(
        WorkerRequest(build, asked.folder, asked.scratch), ignore_progress, runner
    )
    assert {(build.video, build.part) for build in runner.builds} == {
        (asked.folder / "source.mp4", None)
    }


async def test_a_section_that_fails_ends_the_worker(
    asked: WorkerRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, runner = FakeWorker(monkeypatch), FakeRunner(fails_at=1)
    with pytest.raises(PreparationFailed, match="section 1 was lost"):
        await make_in_sections(asked, ignore_progress, runner)
    assert worker.cancelled
    assert runner.at_once == 0


async def test_a_worker_that_fails_ends_all_searches(
    asked: WorkerRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeWorker(monkeypatch, BadVideo("expected a video"))
    runner = FakeRunner(ends=False)
    with pytest.raises(BadVideo, match="expected a video"):
        await make_in_sections(asked, ignore_progress, runner)
    assert runner.at_once == 0


async def test_cancelling_ends_the_worker_and_all_searches(
    asked: WorkerRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, runner = FakeWorker(monkeypatch), FakeRunner(ends=False)
    making = asyncio.create_task(make_in_sections(asked, ignore_progress, runner))
    while runner.at_once < 2:
        await asyncio.sleep(0)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert worker.cancelled
    assert runner.at_once == 0


def test_a_link_in_place_of_what_was_found_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"somebody else's")

    async def run(request: WorkerRequest, _progress: Progress) -> None:
        (request.folder / RESULT).symlink_to(secret)

    monkeypatch.setattr(section_searches, "run_worker", run)
    with pytest.raises(PreparationFailed, match="expected a file"):
        search_in_sandbox(
            BuildRequest(tmp_path / "a.mp4", tmp_path, "a", "A"), 0, tmp_path / "section-0"
        )
    assert not (tmp_path / "section-0").exists()
