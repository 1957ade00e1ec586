"""What the recordings of all classes of a server share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rtc_server.classes.live.recording.limits import MB, RecordingLimits, RecordingSpace
from rtc_server.config import Config
from rtc_server.uploads.job import Job
from rtc_server.uploads.request import UploadRequest
from rtc_server.uploads.request_body import BLOCK_SIZE, Body


class LessonMaker(Protocol):
    """Makes lessons of videos: `uploads.service.UploadService`."""

    async def accept(self, request: UploadRequest, body: Body) -> Job:
        """Take a video; return when all of it was read and waits for its turn.

        :raises TandemError: it is not taken.
        """

    def describe_job(self, job: Job) -> dict[str, object]:
        """What `GET /api/jobs/{id}` answers."""


@dataclass(frozen=True, slots=True)
class RecordingStudio:
    """Where recordings are written, how much of each, and who makes lessons of them."""

    lessons: Path
    limits: RecordingLimits
    space: RecordingSpace
    uploads: Callable[[], LessonMaker]  # which opens after the classes do

    @classmethod
    def of(cls, config: Config, uploads: Callable[[], LessonMaker]) -> RecordingStudio:
        """As the server is configured: a recording is no more than may be uploaded."""
        limits = RecordingLimits.of_uploads(config.upload_max_s, config.upload_max_mb)
        space = RecordingSpace(config.recordings_max_mb * MB)
        return cls(config.lessons, limits, space, uploads)


async def read_file(path: Path) -> AsyncIterator[bytes]:
    """A file's content, piece by piece as a request's body."""
    file = await asyncio.to_thread(lambda: path.open("rb"))
    try:
        while piece := await asyncio.to_thread(file.read, BLOCK_SIZE):
            yield piece
    finally:
        file.close()
