"""Videos on their way to lessons: admitted, received, prepared one at a time, and told about."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from rtc_server.config import Config
from rtc_server.error_text import EXPECTED, sentence_of
from rtc_server.errors import BrokenUpload, ServerStopping, TandemError
from rtc_server.lessons.store import DEMO_ID, LessonStore
from rtc_server.lessons.temp_files import folder_beside
from rtc_server.metrics import Metrics
from rtc_server.uploads.finishing import to_the_end
from rtc_server.uploads.job import Job
from rtc_server.uploads.job_queue import JobList
from rtc_server.uploads.request import Wish
from rtc_server.uploads.request_body import Body, expect_fitting, expect_room, receive
from rtc_server.uploads.worker_process import Preparation, prepare

logger = logging.getLogger(__name__)

T = TypeVar("T")
THREADS = 2


class UploadService:
    """Every job has a task of its own, which owns what lies on the disk for it."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._config = config
        self._metrics = metrics
        self._store = LessonStore(config.lessons)
        self._now = asyncio.get_running_loop().time
        self._jobs = JobList(config.upload_queue)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()  # wakes those who wait in their order
        self._tasks = asyncio.TaskGroup()
        self._pool = ThreadPoolExecutor(THREADS, "uploads")
        self._open = True
        metrics.jobs.set_function(lambda: len(self._running))

    async def __aenter__(self) -> UploadService:
        await self._tasks.__aenter__()
        await self._off_loop(self._store.clean)
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
        """Call every job off and wait until nothing is left of them."""
        self._open = False
        for task in self._running.values():
            _call_off(task)
        if self._running:
            await asyncio.wait(self._running.values())

    async def take(self, wish: Wish, body: Body) -> Job:
        """Take a video in; return when all of it has come and waits to be prepared.

        :raises TooManyJobs: enough of them wait.
        :raises ServerStopping: it takes nothing any more.
        :raises LessonExists: the id is taken, or somebody's video is to get it.
        :raises JobExists: the job's id is taken.
        :raises TooLarge: more bytes than are taken.
        :raises NoRoom: the disk is full.
        :raises BrokenUpload: the body broke off, or was called off.
        """
        try:
            job = await self._admit(wish)
        except TandemError:
            self._metrics.uploads_refused.inc()
            raise
        received: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        task = self._tasks.create_task(self._run(job, wish, body, received), name=f"job {job.id}")
        self._running[job.id] = task
        task.add_done_callback(lambda _: self._gone(job, received))
        failure = await received
        if failure is not None:
            raise failure
        return job

    def find(self, id: str) -> Job:
        """The job of that id.

        :raises UnknownJob: it ended long ago, or never was.
        """
        return self._jobs.find(id, self._now())

    def describe(self, job: Job) -> dict[str, object]:
        """What `GET /api/jobs/{id}` says."""
        return job.describe(self._now(), self._jobs.ahead(job))

    async def cancel(self, id: str) -> None:
        """Call the job off and wait until nothing is left of it; one that has ended is forgotten.

        :raises UnknownJob: no such job.
        """
        job = self.find(id)
        if job.ended:
            self._jobs.forget(job)
            return
        _call_off(self._running[id])
        await asyncio.wait({self._running[id]})

    async def _admit(self, wish: Wish) -> Job:
        """Give the video a place and the lesson an id, or say why not."""
        taken = await self._off_loop(self._store.ids)
        if wish.length is not None:
            expect_fitting(wish.length, self._config.upload_max_mb)
        await self._off_loop(lambda: self._expect_room(wish.length or 0))
        if not self._open:
            raise ServerStopping("the server is stopping; try again in a moment")
        return self._jobs.admit(
            wish.title,
            taken | {DEMO_ID},
            self._now(),
            lesson=wish.id,
            id=wish.job,
            trimmed=wish.part is not None,
        )

    async def _run(
        self, job: Job, wish: Wish, body: Body, received: asyncio.Future[Exception | None]
    ) -> None:
        """A job from its first byte to its end; nothing but the lesson is left, if it comes to be.

        :param received: is set once the body is there, or the reason why it is not.
        """
        try:
            async with self._folder() as folder:
                video = folder / f"video{wish.suffix}"
                await self._receive(job, wish, body, video)
                received.set_result(None)
                async with self._turn:
                    job.enter("preparing", self._now())
                    await prepare(self._preparation(job, wish, video), job.saw)
            job.enter("ready", self._now())
        except asyncio.CancelledError:
            await self._called_off(job)
            raise
        except Exception as error:  # whatever it is, it is this job's alone
            self._failed(job, error)
            if not received.done():
                received.set_result(error)

    async def _receive(self, job: Job, wish: Wish, body: Body, video: Path) -> None:
        def told(done: int) -> None:
            job.saw("upload", done, wish.length)

        await receive(body, video, self._config.upload_max_mb, self._off_loop, told)
        job.enter("waiting", self._now())

    def _preparation(self, job: Job, wish: Wish, video: Path) -> Preparation:
        return Preparation(
            video=str(video.absolute()),  # the process works in a folder of its own
            name=wish.name,
            lessons=str(self._store.folder.absolute()),
            id=job.lesson,
            title=job.title,
            engine=self._config.engine,
            max_s=self._config.upload_max_s,
            from_s=wish.part.from_s if wish.part else None,
            to_s=wish.part.to_s if wish.part else None,
        )

    async def _called_off(self, job: Job) -> None:
        """Cancelled, unless the lesson was there already: then it stays."""
        if job.state == "preparing" and await self._off_loop(lambda: self._store.has(job.lesson)):
            job.enter("ready", self._now())

    def _gone(self, job: Job, received: asyncio.Future[Exception | None]) -> None:
        """What is always to be done at the end, also of a task that never began."""
        if not job.ended:
            job.enter("cancelled", self._now())
        if not received.done():
            stopping = ServerStopping("the server is stopping; try again in a moment")
            received.set_result(
                BrokenUpload("the upload was called off") if self._open else stopping
            )
        del self._running[job.id]
        self._metrics.uploads_ended.labels(how=job.state).inc()
        logger.info("lesson %s: %s %s", job.lesson, job.state, job.error or "")

    def _failed(self, job: Job, error: Exception) -> None:
        if not isinstance(error, (*EXPECTED, OSError)):
            logger.error("job %s failed", job.id, exc_info=error)
        code = error.code if isinstance(error, TandemError) else "internal"
        job.fail(code, sentence_of(error), self._now())

    @contextlib.asynccontextmanager
    async def _folder(self) -> AsyncIterator[Path]:
        """A folder for one video, locked while the server lives, and gone afterwards."""
        beside = folder_beside(self._store.folder / "upload")
        entering = asyncio.ensure_future(self._off_loop(beside.__enter__))
        try:
            yield await asyncio.shield(entering)
        finally:
            await to_the_end(self._leave(entering, beside))

    async def _leave(
        self, entering: asyncio.Future[Path], beside: contextlib.AbstractContextManager[Path]
    ) -> None:
        await asyncio.wait({entering})
        if entering.exception() is None:
            await self._off_loop(lambda: self._clear(beside))

    def _clear(self, beside: contextlib.AbstractContextManager[Path]) -> None:
        beside.__exit__(None, None, None)
        self._store.clean()  # a preparation that had to be killed has left its own

    def _expect_room(self, length: int) -> None:
        self._store.folder.mkdir(parents=True, exist_ok=True)
        expect_room(self._store.folder, length)

    async def _off_loop(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def _call_off(task: asyncio.Task[None]) -> None:
    """Once: a second time would keep it from clearing up."""
    if not task.cancelling():
        task.cancel()
