"""The recordings of a host's classes, until the front of its machine has them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from rtc_server.classes.live.recording.limits import RecordingSpace
from rtc_server.classes.live.recording.studio import FinishedRecording
from rtc_server.cluster.classes.recordings.messages import (
    DescribedJobs,
    OfferedRecording,
    RecordingNews,
    RecordingOrders,
)
from rtc_server.errors import PreparationFailed
from rtc_server.uploads.job import Job

TAKE_TIMEOUT_S = 300.0  # for the front to read one: as much as may be uploaded, from a slow disk


class HostRecordings:
    """The `LessonMaker` of a host: it offers a recording, and waits until the front has read it."""

    def __init__(self, space: RecordingSpace) -> None:
        """:param space: of all recordings of this host."""
        self.space = space
        self.jobs: DescribedJobs = {}  # of the machine's front: a new object when they change
        self._numbers = 0
        self._waiting: dict[int, tuple[FinishedRecording, asyncio.Future[Job]]] = {}

    async def submit(self, recording: FinishedRecording) -> Job:
        """Hand one over; the job is as it was when the front had read it.

        :raises TandemError: the front does not take it.
        :raises PreparationFailed: it does not answer in time.
        """
        answered: asyncio.Future[Job] = asyncio.get_running_loop().create_future()
        self._numbers += 1
        number = self._numbers
        recording = replace(recording, path=recording.path.absolute())  # the front reads it
        self._waiting[number] = recording, answered
        try:
            async with asyncio.timeout(TAKE_TIMEOUT_S):
                return await answered
        except TimeoutError:
            raise PreparationFailed(
                f"expected the server to take the recording of the class within "
                f"{TAKE_TIMEOUT_S:.0f} s, it did not"
            ) from None
        finally:
            del self._waiting[number]

    def describe_job(self, job: Job) -> dict[str, object]:
        """As it was when it was handed over; what became of it since, the front knows."""
        return job.describe(job.since_s)

    def take_orders(self, orders: RecordingOrders) -> None:
        """Take what the front of this machine says."""
        self.space.max_bytes = orders.max_bytes
        if orders.jobs is not None:
            self.jobs = orders.jobs
        for answer in orders.answers:
            recording, answered = self._waiting.get(answer.number, (None, None))
            if recording is None or answered is None or answered.done():
                continue  # nobody waits for it any more
            if answer.refusal is not None:
                answered.set_exception(answer.refusal)
                continue
            now_s = asyncio.get_running_loop().time()
            job = Job(recording.request, answer.job, answer.lesson, now_s)
            job.enter("waiting", now_s)
            answered.set_result(job)

    def collect(self) -> RecordingNews:
        """What the front of this machine has to know now."""
        waiting = (
            OfferedRecording(number, recording)
            for number, (recording, answered) in self._waiting.items()
            if not answered.done()
        )
        return RecordingNews(tuple(waiting), self.space.used)
