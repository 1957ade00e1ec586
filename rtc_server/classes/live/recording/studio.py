"""What the recordings of all classes of a server share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rtc_server.classes.live.recording.limits import MB, RecordingLimits, RecordingSpace
from rtc_server.config import Config
from rtc_server.uploads.job import Job
from rtc_server.uploads.request import UploadRequest
from rtc_server.uploads.request_body import BLOCK_SIZE, Body

JOB_FIELDS = ("state", "step", "progress", "eta_s", "ahead", "lesson", "title", "error", "code")


@dataclass(frozen=True, slots=True)
class FinishedRecording:
    """A class that has ended, as a file that an upload could be."""

    code: str  # the class's
    path: Path  # it is there until `LessonMaker.submit` has answered
    request: UploadRequest


class LessonMaker(Protocol):
    """Makes lessons of recordings, in this process or in another one."""

    async def submit(self, recording: FinishedRecording) -> Job:
        """Hand one over; return when all of it was read and waits for its turn.

        :raises TandemError: it is not taken.
        """

    def describe_job(self, job: Job) -> dict[str, object]:
        """What `GET /api/jobs/{id}` answers."""


class UploadTaker(Protocol):
    """What takes videos that are sent: `uploads.service.UploadService`."""

    async def accept(self, request: UploadRequest, body: Body) -> Job: ...

    def describe_job(self, job: Job) -> dict[str, object]: ...


class UploadedRecordings:
    """The `LessonMaker` of a process that makes lessons: a recording goes the way of an upload."""

    def __init__(self, uploads: Callable[[], UploadTaker]) -> None:
        """:param uploads: which open after the classes do."""
        self._uploads = uploads

    async def submit(self, recording: FinishedRecording) -> Job:
        """
        :raises TandemError: as `UploadService.accept` does.
        :raises OSError: it cannot be read.
        """
        return await self._uploads().accept(recording.request, read_file(recording.path))

    def describe_job(self, job: Job) -> dict[str, object]:
        return self._uploads().describe_job(job)


@dataclass(frozen=True, slots=True)
class RecordingStudio:
    """Where recordings are written, how much of each, and who makes lessons of them."""

    lessons: Path
    limits: RecordingLimits
    space: RecordingSpace
    maker: LessonMaker

    @classmethod
    def of(
        cls, config: Config, maker: LessonMaker, space: RecordingSpace | None = None
    ) -> RecordingStudio:
        """As the server is configured: a recording is no more than may be uploaded.

        :param space: None: all that there is.
        """
        limits = RecordingLimits.of_uploads(config.upload_max_s, config.upload_max_mb)
        return cls(config.lessons, limits, space or make_space(config), maker)


def make_space(config: Config) -> RecordingSpace:
    """What all recordings together may take."""
    return RecordingSpace(config.recordings_max_mb * MB)


def describe_kept_job(maker: LessonMaker, job: Job) -> dict[str, Any]:
    """What becomes of a class whose recording is a job, for its report."""
    described = maker.describe_job(job)
    return {"job": job.id} | {name: described[name] for name in JOB_FIELDS}


async def read_file(path: Path) -> AsyncIterator[bytes]:
    """A file's content, piece by piece as a request's body."""
    file = await asyncio.to_thread(lambda: path.open("rb"))
    try:
        while piece := await asyncio.to_thread(file.read, BLOCK_SIZE):
            yield piece
    finally:
        file.close()
