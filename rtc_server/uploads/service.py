"""Uploads from the request to the lesson: each is queued, received, and built in its turn."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from models.fetch import ensure_model
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.people.tracker import MODEL
from rtc_server.config import Config
from rtc_server.error_text import EXPECTED, error_sentence
from rtc_server.errors import BrokenUpload, ServerStopping, TandemError
from rtc_server.lessons.new_lesson import check_new_lesson
from rtc_server.lessons.store import DEMO_ID, LessonStore
from rtc_server.lessons.temp_files import temp_folder_beside
from rtc_server.metrics import Metrics
from rtc_server.pose.processors import available_cores
from rtc_server.uploads.cancellation import finish_before_cancelling
from rtc_server.uploads.job import Job
from rtc_server.uploads.job_queue import JobQueue
from rtc_server.uploads.request import UploadRequest
from rtc_server.uploads.request_body import Body, check_disk_space, check_size, save_body
from rtc_server.uploads.sandbox.mechanisms import describe_mechanisms
from rtc_server.uploads.section_searches import SectionRunner, make_in_sections
from rtc_server.uploads.worker_limits import usual_upload_workers
from rtc_server.uploads.worker_process import run_worker
from rtc_server.uploads.worker_request import WorkerRequest

logger = logging.getLogger(__name__)

T = TypeVar("T")
THREADS = 2
STOPPING = "the server is stopping; try again in a moment"


class UploadService:
    """Runs each job in a task of its own, which owns the job's files on the disk."""

    def __init__(
        self, config: Config, metrics: Metrics, sections: SectionRunner | None = None
    ) -> None:
        """:param sections: searches the sections of videos; None: the worker does it itself."""
        self._config = config
        self._sections = sections
        self._metrics = metrics
        self._store = LessonStore(config.lessons)
        self._now = asyncio.get_running_loop().time
        self._jobs = JobQueue(config.upload_queue)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._preparing: Job | None = None  # one at a time, in the order of the queue
        self._turns: dict[str, asyncio.Future[None]] = {}  # set when a job's turn has come
        self._tasks = asyncio.TaskGroup()
        self._pool = ThreadPoolExecutor(THREADS, "uploads")
        self._accepting = True
        metrics.jobs.set_function(lambda: len(self._running))

    async def __aenter__(self) -> UploadService:
        await self._tasks.__aenter__()
        logger.info("workers are kept by %s", describe_mechanisms())
        await self._run_in_thread(self._store.clean)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
        await self._tasks.__aexit__(kind, error, trace)
        self._pool.shutdown()

    async def close(self) -> None:
        """Cancel every job and wait until their files are removed."""
        self._accepting = False
        for task in self._running.values():
            _cancel_once(task)
        if self._running:
            await asyncio.wait(self._running.values())

    async def accept(self, request: UploadRequest, body: Body) -> Job:
        """Receive a video; return when all of it has arrived and waits for its turn.

        :raises TooManyJobs: enough jobs wait already.
        :raises ServerStopping: the server accepts nothing any more.
        :raises LessonExists: the lesson's id is taken by a lesson or by another job's lesson.
        :raises JobExists: the job's id is taken.
        :raises TooLarge: the body is larger than the server accepts.
        :raises NoRoom: the disk is full.
        :raises BrokenUpload: the body broke off, or the job was cancelled.
        """
        try:
            job = await self._add_job(request)
        except TandemError as error:
            self._metrics.uploads_refused.inc()
            self._metrics.uploads_failed.labels(reason=error.code).inc()
            raise
        received: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        task = self._tasks.create_task(self._run_job(job, body, received), name=f"job {job.id}")
        self._running[job.id] = task
        task.add_done_callback(lambda _: self._on_task_done(job, received))
        failure = await received
        if failure is not None:
            raise failure
        return job

    def find_job(self, id: str) -> Job:
        """The job of that id.

        :raises UnknownJob: there was none, or it ended more than an hour ago.
        """
        return self._jobs.find(id, self._now())

    def describe_job(self, job: Job) -> dict[str, object]:
        """What `GET /api/jobs/{id}` answers."""
        return job.describe(self._now(), self._jobs.count_ahead(job))

    async def cancel_job(self, id: str) -> None:
        """Cancel a job and wait until its files are removed; one that has ended is forgotten.

        :raises UnknownJob: there was none, or it ended more than an hour ago.
        """
        job = self.find_job(id)
        if job.ended:
            self._jobs.remove(job)
            return
        _cancel_once(self._running[id])
        await asyncio.wait({self._running[id]})

    async def _add_job(self, request: UploadRequest) -> Job:
        """Check that the video can be received, and queue a job for it."""
        taken = await self._run_in_thread(self._store.ids)
        if request.length is not None:
            check_size(request.length, self._config.upload_max_mb)
        # Other bodies that are still to come have been promised their room.
        needed = (request.length or 0) + self._jobs.missing_bytes
        await self._run_in_thread(lambda: self._check_disk_space(needed))
        if not self._accepting:
            raise ServerStopping(STOPPING)
        return self._jobs.add(request, taken | {DEMO_ID}, self._now())

    async def _run_job(
        self, job: Job, body: Body, received: asyncio.Future[Exception | None]
    ) -> None:
        """Run a job from its first byte to its end; only the lesson is left, if there is one.

        :param received: is set when the body is complete, or to the reason why it is not.
        """
        try:
            async with self._temp_folder() as folder:
                video = folder / f"video{job.request.suffix}"
                await self._receive_body(job, body, video)
                received.set_result(None)
                async with self._turn(job):
                    await self._make_lesson(job, video)
            job.enter("ready", self._now())
        except asyncio.CancelledError:
            await self._keep_finished_lesson(job)
            raise
        except Exception as error:  # an error of any kind ends this job only
            self._fail_job(job, error)
            if not received.done():
                received.set_result(error)

    async def _receive_body(self, job: Job, body: Body, video: Path) -> None:
        def on_received(done: int) -> None:
            job.update_step("upload", done, job.request.length)

        max_mb = self._config.upload_max_mb
        await save_body(body, video, max_mb, self._run_in_thread, on_received)
        job.enter("waiting", self._now())

    @contextlib.asynccontextmanager
    async def _turn(self, job: Job) -> AsyncIterator[None]:
        """Wait until it is the job's turn to be prepared, and keep the others waiting."""
        begun = self._turns[job.id] = asyncio.get_running_loop().create_future()
        self._begin_next()
        try:
            await begun
            yield
        finally:
            del self._turns[job.id]
            if self._preparing is job:
                self._preparing = None
            else:  # cancelled while it waited
                job.enter("cancelled", self._now())
            self._begin_next()

    def _begin_next(self) -> None:
        """Let the next job begin, if none is being prepared."""
        if self._preparing is None and (job := self._jobs.next_to_prepare()) is not None:
            self._preparing = job
            self._jobs.begin(job, self._now())
            self._turns[job.id].set_result(None)

    async def _make_lesson(self, job: Job, video: Path) -> None:
        """Make the lesson in the video's folder, check it, and put it into the store."""
        folder = video.parent.absolute()  # the worker runs in another one
        scratch = folder.parent / "scratch"
        await self._run_in_thread(scratch.mkdir)
        # A worker cannot download anything.
        await self._run_in_thread(lambda: ensure_model(MODEL))
        build = self._build_request(job, folder / video.name)
        request = WorkerRequest(build, folder, scratch)
        if self._sections is None:
            await run_worker(request, job.update_step)
        else:
            await make_in_sections(request, job.update_step, self._sections)

        def publish() -> None:
            (folder / video.name).unlink(missing_ok=True)  # of which a part is the lesson
            check_new_lesson(folder, build.title, build.max_duration_s)
            self._store.publish(folder, job.lesson_id)

        await finish_before_cancelling(self._run_in_thread(publish))

    def _build_request(self, job: Job, video: Path) -> BuildRequest:
        return BuildRequest(
            video=video,
            lessons=self._store.folder.absolute(),
            id=job.lesson_id,
            title=job.request.title,
            part=job.request.part,
            engine=self._config.engine,
            workers=self._config.upload_workers or usual_upload_workers(available_cores()),
            move_video=True,
            max_duration_s=self._config.upload_max_s,
            video_name=job.request.video_name,
        )

    async def _keep_finished_lesson(self, job: Job) -> None:
        """A job that is cancelled when its lesson is in the store already ends as ready."""
        if job.state != "preparing":
            return
        if await self._run_in_thread(lambda: self._store.has(job.lesson_id)):
            job.enter("ready", self._now())

    def _on_task_done(self, job: Job, received: asyncio.Future[Exception | None]) -> None:
        """Record how a job ended; this runs also for a task that was cancelled before it began."""
        if not job.ended:
            job.enter("cancelled", self._now())
        if not received.done():
            cancelled = BrokenUpload("the upload was cancelled")
            received.set_result(cancelled if self._accepting else ServerStopping(STOPPING))
        del self._running[job.id]
        self._metrics.uploads_ended.labels(how=job.state).inc()
        logger.info("lesson %s: %s %s", job.lesson_id, job.state, job.error or "")

    def _fail_job(self, job: Job, error: Exception) -> None:
        if not isinstance(error, (*EXPECTED, OSError)):
            logger.error("job %s failed", job.id, exc_info=error)
        code = error.code if isinstance(error, TandemError) else "internal"
        self._metrics.uploads_failed.labels(reason=code).inc()
        job.fail(code, error_sentence(error), self._now())

    @contextlib.asynccontextmanager
    async def _temp_folder(self) -> AsyncIterator[Path]:
        """A folder for one video, locked while the server lives, removed at the end."""
        beside = temp_folder_beside(self._store.folder / "upload")
        entering = asyncio.ensure_future(self._run_in_thread(beside.__enter__))
        try:
            yield await asyncio.shield(entering)
        finally:
            await finish_before_cancelling(self._remove_folder(entering, beside))

    async def _remove_folder(
        self, entering: asyncio.Future[Path], beside: contextlib.AbstractContextManager[Path]
    ) -> None:
        def remove() -> None:
            beside.__exit__(None, None, None)
            self._store.clean()  # a worker that had to be killed has left its own folder

        await asyncio.wait({entering})
        if entering.exception() is None:
            await self._run_in_thread(remove)

    def _check_disk_space(self, length: int) -> None:
        self._store.folder.mkdir(parents=True, exist_ok=True)
        check_disk_space(self._store.folder, length)

    async def _run_in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def _cancel_once(task: asyncio.Task[None]) -> None:
    """Cancel a task; a second cancellation would interrupt its cleaning up."""
    if not task.cancelling():
        task.cancel()
