"""Has the sections of a video searched elsewhere while a worker process makes its lesson."""

from __future__ import annotations

import asyncio
import shutil
import stat
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from rtc_server.authoring.build_request import BuildRequest
from rtc_server.errors import PreparationFailed
from rtc_server.progress import Progress, ignore_progress
from rtc_server.uploads.worker_process import run_worker
from rtc_server.uploads.worker_request import WorkerRequest
from rtc_server.uploads.worker_sections import RESULT, name_section_file

# Four people in four hours at five samples a second, and an image.
MAX_RESULT_BYTES = 64_000_000


class SectionRunner(Protocol):
    """Searches sections in other processes, as many at a time as it has room for."""

    async def search(self, build: BuildRequest, number: int, folder: Path) -> bytes:
        """What is found in one section (`section_files`); cancelling this ends the search.

        :param folder: for the search's files; who asks removes it, whatever happens.
        :raises TandemError: the worker's reason why it cannot be searched, or that it was lost.
        """


async def make_in_sections(
    request: WorkerRequest, on_progress: Progress, runner: SectionRunner
) -> None:
    """As `run_worker`, with the sections of a video that has several searched by `runner`.

    What fails first ends everything else, and is raised. `request.build.workers` sections are
    searched at the same time.

    :raises BuildRefused: no lesson can be made of the video.
    :raises PreparationFailed: a worker has ended without saying why, or took too much.
    """
    # Beside the worker's folders: it can read there, and not lead the server elsewhere by a link.
    found = request.folder.parent / "sections"
    await asyncio.to_thread(found.mkdir)
    at_once = request.build.workers
    request = replace(request, sections=found, build=replace(request.build, workers=1))
    planned: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def on_sections(count: int) -> None:
        if not planned.done():
            planned.set_result(count)

    making = asyncio.create_task(run_worker(request, on_progress, on_sections))
    searching = asyncio.create_task(_search_all(request, planned, runner, at_once))
    try:
        await asyncio.wait((making, searching), return_when=asyncio.FIRST_COMPLETED)
        if not making.done():
            searching.result()  # raises what has failed
        await making
    finally:
        making.cancel()
        searching.cancel()
        await asyncio.gather(making, searching, return_exceptions=True)


def search_in_sandbox(build: BuildRequest, number: int, folder: Path) -> bytes:
    """Search a section in a sandboxed process of its own; for a process without an event loop.

    :param folder: for its files; it is made, and removed unless this process is killed.
    :raises TandemError: the worker's reason why it cannot be searched, or that it was lost.
    """
    shutil.rmtree(folder, ignore_errors=True)  # of a task that was killed, before this second try
    own, scratch = folder / "found", folder / "scratch"
    try:
        own.mkdir(parents=True)
        scratch.mkdir()
        request = WorkerRequest(build, own, scratch, section=number)
        asyncio.run(run_worker(request, ignore_progress))
        return _read_result(own / RESULT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _search_all(
    request: WorkerRequest, planned: asyncio.Future[int], runner: SectionRunner, at_once: int
) -> None:
    count = await planned
    turns = asyncio.Semaphore(at_once)
    build = _section_build(request)
    assert request.sections is not None
    folder = request.sections

    async def search(number: int) -> None:
        async with turns:
            # In the job's folder, which is removed at its end.
            own = request.folder.parent / f"section-{number}"
            data = await runner.search(build, number, own)
        await asyncio.to_thread(_write_result, folder / name_section_file(number), data)

    try:
        async with asyncio.TaskGroup() as tasks:
            for number in range(count):
                tasks.create_task(search(number), name=f"section {number}")
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


def _section_build(request: WorkerRequest) -> BuildRequest:
    """The video that is searched: the lesson's part of it, if that is not all."""
    build = request.build
    video = build.video if build.part is None else request.folder / "source.mp4"
    return replace(build, video=video, part=None, workers=1)


def _write_result(file: Path, data: bytes) -> None:
    part = file.with_suffix(".part")
    part.write_bytes(data)
    part.rename(file)


def _read_result(file: Path) -> bytes:
    """
    :raises PreparationFailed: the worker has made something else.
    """
    try:
        status = file.lstat()
    except OSError:
        status = None
    if status is None or not stat.S_ISREG(status.st_mode) or status.st_size > MAX_RESULT_BYTES:
        raise PreparationFailed(
            f"expected a file of at most {MAX_RESULT_BYTES / 1e6:.0f} MB of the process that "
            "searches a section, there is none"
        )
    return file.read_bytes()
