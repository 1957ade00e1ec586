"""The jobs of a server: how many may wait, in which order they run, how long they are kept.

Pure; time is passed in.
"""

from __future__ import annotations

import itertools
import secrets
from collections import Counter
from collections.abc import Collection, Iterator

from rtc_server.errors import JobExists, LessonExists, TooManyJobs, UnknownJob
from rtc_server.lessons.titles import free_id
from rtc_server.token_bucket import RateLimit, TokenBuckets
from rtc_server.uploads.job import Job
from rtc_server.uploads.request import UploadRequest

KEEP_ENDED_S = 3600.0
MAX_ENDED = 100  # jobs that have ended and are kept
# Uploads of one client that are begun, so that begun and cancelled ones cannot be without end.
UPLOAD_LIMIT = RateLimit(0.5, 60)
MAX_CLIENTS = 10_000  # whose uploads are remembered


class JobQueue:
    """Jobs by their id."""

    def __init__(self, max_waiting: int) -> None:
        """:param max_waiting: how many jobs may be uploading or wait for their turn."""
        self._max_waiting = max_waiting
        # One client never gets all places, except of a queue of one or two.
        self._max_waiting_per_client = max(2, max_waiting - 1)
        self._jobs: dict[str, Job] = {}
        self._rate = TokenBuckets(UPLOAD_LIMIT, MAX_CLIENTS)
        self._last_client = ""  # whose lesson was made last, or is being made

    def add(self, request: UploadRequest, taken_ids: Collection[str], now_s: float) -> Job:
        """Make a job of the request, and choose the ids that it leaves open.

        :param taken_ids: the ids of the lessons that exist.
        :raises TooManyJobs: enough jobs wait already, in all or of this client.
        :raises JobExists: the job's id is taken.
        :raises LessonExists: the lesson's id is taken by a lesson or by another job's lesson.
        """
        self._remove_old(now_s)
        waiting = [job for job in self._jobs.values() if job.state in ("uploading", "waiting")]
        if len(waiting) >= self._max_waiting:
            raise TooManyJobs(
                f"{len(waiting)} videos wait to be prepared already; try again in a minute"
            )
        if sum(job.request.client == request.client for job in waiting) >= (
            self._max_waiting_per_client
        ):
            raise TooManyJobs(
                f"{self._max_waiting_per_client} of your videos wait to be prepared already, and "
                "others want to add theirs; try again in a minute"
            )
        if request.job_id in self._jobs:
            raise JobExists("job: expected a new id, there is a job of that one")
        taken = {*taken_ids, *(job.lesson_id for job in self._jobs.values() if not job.ended)}
        if request.lesson_id in taken:
            raise LessonExists(f"expected a new id, {request.lesson_id!r} is taken")
        if not self._rate.take(request.client, now_s):
            raise TooManyJobs("you have sent many videos in a short time; try again in a minute")
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
            raise UnknownJob(f"expected the id of a job of the last hour, got {id!r:.60}") from None

    def remove(self, job: Job) -> None:
        """Keep the job no longer."""
        self._jobs.pop(job.id, None)

    @property
    def missing_bytes(self) -> int:
        """How much is still to come of all bodies whose length is known."""
        return sum(job.missing_bytes for job in self._jobs.values())

    def next_to_prepare(self) -> Job | None:
        """The job whose turn it is, of those that wait: see `_turns`."""
        return next(self._turns(), None)

    def begin(self, job: Job, now_s: float) -> None:
        """Its lesson is being made."""
        job.enter("preparing", now_s)
        self._last_client = job.request.client

    def count_ahead(self, job: Job) -> int:
        """How many jobs will be prepared before one that waits, if no more come."""
        if job.state != "waiting":
            return 0
        preparing = sum(other.state == "preparing" for other in self._jobs.values())
        before = itertools.takewhile(lambda other: other is not job, self._turns())
        return preparing + sum(1 for _ in before)

    def _turns(self) -> Iterator[Job]:
        """The jobs that wait, in the order of their turns: clients alternate.

        Whoever has sent many videos does not keep others waiting until all of them are done.
        """
        waiting = [job for job in self._jobs.values() if job.state == "waiting"]
        last_client = self._last_client
        while waiting:
            job = min(waiting, key=lambda j: (j.request.client == last_client, j.since_s))
            last_client = job.request.client
            waiting.remove(job)
            yield job

    def _remove_old(self, now_s: float) -> None:
        """Remove jobs that ended an hour ago, and if more than 100 have ended, the oldest of those
        of the client that has the most: nobody else forgets how theirs ended.
        """
        ended = sorted((j for j in self._jobs.values() if j.ended), key=lambda j: j.since_s)
        for job in ended:
            if now_s - job.since_s > KEEP_ENDED_S:
                self.remove(job)
        kept = [job for job in ended if job.id in self._jobs]
        while len(kept) > MAX_ENDED:
            counts = Counter(job.request.client for job in kept)
            most = max(counts.values())
            oldest = next(job for job in kept if counts[job.request.client] == most)
            kept.remove(oldest)
            self.remove(oldest)
