"""The jobs of a server: how many may wait, in which order they run, how long they are kept.

Pure; time is passed in.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from rtc_server.errors import JobExists, LessonExists, TooManyJobs, UnknownJob
from rtc_server.lessons.titles import free_id
from rtc_server.uploads.job import Job
from rtc_server.uploads.request import UploadRequest

KEEP_ENDED_S = 3600.0
MAX_ENDED = 100  # jobs that have ended and are kept


class JobQueue:
    """Jobs by their id."""

    def __init__(self, max_waiting: int) -> None:
        """:param max_waiting: how many jobs may be uploading or wait for their turn."""
        self._max_waiting = max_waiting
        self._jobs: dict[str, Job] = {}

    def add(self, request: UploadRequest, taken_ids: Collection[str], now_s: float) -> Job:
        """Make a job of the request, and choose the ids that it leaves open.

        :param taken_ids: the ids of the lessons that exist.
        :raises TooManyJobs: enough jobs wait already.
        :raises JobExists: the job's id is taken.
        :raises LessonExists: the lesson's id is taken by a lesson or by another job's lesson.
        """
        self._remove_old(now_s)
        waiting = [job for job in self._jobs.values() if job.state in ("uploading", "waiting")]
        if len(waiting) >= self._max_waiting:
            raise TooManyJobs(
                f"{len(waiting)} videos wait to be prepared already; try again in a minute"
            )
        if request.job_id in self._jobs:
            raise JobExists("job: expected a new id, there is a job of that one")
        taken = {*taken_ids, *(job.lesson_id for job in self._jobs.values() if not job.ended)}
        if request.lesson_id in taken:
            raise LessonExists(f"expected a new id, {request.lesson_id!r} is taken")
        lesson_id = request.lesson_id or free_id(request.title, taken)
        job = Job(request, request.job_id or secrets.token_hex(16), lesson_id, now_s)
        self._jobs[job.id] = job
        return job

    def find(self, id: str, now_s: float) -> Job:
        """The job of that id.

        :raises UnknownJob: there was none, or it ended more than an hour ago.
        """
        self._remove_old(now_s)
        try:
            return self._jobs[id]
        except KeyError:
            raise UnknownJob(f"expected the id of a job of the last hour, got {id!r}") from None

    def remove(self, job: Job) -> None:
        """Keep the job no longer."""
        self._jobs.pop(job.id, None)

    def count_ahead(self, job: Job) -> int:
        """How many jobs will be prepared before one that waits."""
        if job.state != "waiting":
            return 0
        return sum(
            other.state == "preparing" or (other.state == "waiting" and other.since_s < job.since_s)
            for other in self._jobs.values()
        )

    def _remove_old(self, now_s: float) -> None:
        """Remove jobs that ended an hour ago, and the oldest others if more than 100 have ended."""
        ended = sorted((j for j in self._jobs.values() if j.ended), key=lambda j: j.since_s)
        excess = len(ended) - MAX_ENDED
        for k, job in enumerate(ended):
            if k < excess or now_s - job.since_s > KEEP_ENDED_S:
                self.remove(job)
