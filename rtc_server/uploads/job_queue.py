"""The jobs that a server knows: how many may wait, whose turn it is, how long they are remembered.

Pure; time is handed in.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from rtc_server.errors import JobExists, LessonExists, TooManyJobs, UnknownJob
from rtc_server.lessons.titles import free_id
from rtc_server.uploads.job import Job

REMEMBERED_S = 3600.0
MOST_REMEMBERED = 100  # of those that have ended


class JobList:
    """Jobs by their id."""

    def __init__(self, most_waiting: int) -> None:
        """At most so many may be uploading or wait for their turn."""
        self._most_waiting = most_waiting
        self._jobs: dict[str, Job] = {}

    def admit(
        self,
        title: str,
        taken: Collection[str],
        now_s: float,
        *,
        lesson: str | None = None,
        id: str | None = None,
        trimmed: bool = False,
    ) -> Job:
        """Give a video a place, and its lesson an id: `lesson`, or a free one made of the title.

        :param taken: the ids of lessons that there are.
        :param id: the job's own, where the sender chose it.
        :raises TooManyJobs: no place.
        :raises JobExists: the job's id is taken.
        :raises LessonExists: the lesson's id is taken, or another job's lesson is to have it.
        """
        self._forget_old(now_s)
        waiting = [job for job in self._jobs.values() if job.state in ("uploading", "waiting")]
        if len(waiting) >= self._most_waiting:
            raise TooManyJobs(
                f"{len(waiting)} videos wait to be prepared already; try again in a minute"
            )
        if id in self._jobs:
            raise JobExists("job: expected a new id, there is a job of that one")
        taken = {*taken, *(job.lesson for job in self._jobs.values() if not job.ended)}
        if lesson in taken:
            raise LessonExists(f"expected a new id, {lesson!r} is taken")
        job = Job(
            id or secrets.token_hex(16),
            lesson or free_id(title, taken),
            title,
            trimmed=trimmed,
            now_s=now_s,
        )
        self._jobs[job.id] = job
        return job

    def find(self, id: str, now_s: float) -> Job:
        """The job of that id.

        :raises UnknownJob: it ended long ago, or never was.
        """
        self._forget_old(now_s)
        try:
            return self._jobs[id]
        except KeyError:
            raise UnknownJob(f"expected the id of a job of the last hour, got {id!r}") from None

    def forget(self, job: Job) -> None:
        """Know it no longer."""
        self._jobs.pop(job.id, None)

    def ahead(self, job: Job) -> int:
        """How many will be prepared before a job that waits."""
        if job.state != "waiting":
            return 0
        return sum(
            other.state == "preparing" or (other.state == "waiting" and other.since_s < job.since_s)
            for other in self._jobs.values()
        )

    def _forget_old(self, now_s: float) -> None:
        """Those that ended an hour ago, and the oldest of the others where there are many."""
        ended = sorted((j for j in self._jobs.values() if j.ended), key=lambda j: j.since_s)
        spare = len(ended) - MOST_REMEMBERED
        for k, job in enumerate(ended):
            if k < spare or now_s - job.since_s > REMEMBERED_S:
                self.forget(job)
