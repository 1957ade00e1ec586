"""Who makes lessons of recordings, without making any."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rtc_server.classes.live.recording.studio import FinishedRecording
from rtc_server.uploads.job import Job
from rtc_server.uploads.request import UploadRequest


def finish(code: str = "KRT4MW", title: str = "Tuesday") -> FinishedRecording:
    """The recording of a class."""
    return FinishedRecording(code, Path("class.webm"), UploadRequest(title, client="a"))


class FakeLessonMaker:
    """A `LessonMaker`: makes jobs, or refuses, once the test lets it."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.taken: list[FinishedRecording] = []
        self.jobs: list[Job] = []
        self.may_read = asyncio.Event()
        self.may_read.set()

    async def submit(self, recording: FinishedRecording) -> Job:
        self.taken.append(recording)
        await self.may_read.wait()
        if self.refusals:
            raise self.refusals.pop(0)
        number = len(self.jobs)
        job = Job(recording.request, f"job {number}", f"lesson-{number}", 0.0)
        job.enter("waiting", 0.0)
        self.jobs.append(job)
        return job

    def describe_job(self, job: Job) -> dict[str, object]:
        return job.describe(0.0)
