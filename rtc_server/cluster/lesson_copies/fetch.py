"""Fetches a lesson from another machine: once for all who wait, verified file by file."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from rtc_server.cluster.errors import LessonUnreachable
from rtc_server.cluster.lesson_copies.copies import MB, LessonCopies
from rtc_server.cluster.lesson_copies.manifest import LessonFile, LessonManifest
from rtc_server.errors import TandemError
from rtc_server.lessons.lesson import Lesson

logger = logging.getLogger(__name__)

LOCK_POLL_S = 0.2
PROGRESS_BYTES = 50 * MB  # between lines of the log

# What a host reads of a lesson of its machine: host, manifest, file, offset.
ReadPart = Callable[[str, LessonManifest, LessonFile, int], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class LessonSource:
    """A lesson, and who has it."""

    manifest: LessonManifest
    hosts: tuple[str, ...]  # names of hosts on machines that have it, any of which will do


class LessonFetcher:
    """Makes copies; one of them is made once at most, whoever asks in whichever process."""

    def __init__(self, copies: LessonCopies, read_part: ReadPart) -> None:
        self._copies = copies
        self._read_part = read_part
        self._running: dict[str, asyncio.Task[Lesson]] = {}

    async def get(self, source: LessonSource) -> Lesson:
        """The copy, which is fetched if it is not here.

        :raises LessonUnreachable: no host that has it can be reached, or what it sends is not it.
        :raises NoRoom: the disk is full.
        """
        key = source.manifest.sha256
        if (lesson := await asyncio.to_thread(self._copies.get, source.manifest)) is not None:
            return lesson
        if (task := self._running.get(key)) is None:
            task = self._running[key] = asyncio.create_task(self._fetch_alone(source))
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)  # it goes on if who asked for it leaves

    def _forget(self, key: str, task: asyncio.Task[Lesson]) -> None:
        del self._running[key]
        if not task.cancelled():
            task.exception()  # nobody may be left to take it

    async def _fetch_alone(self, source: LessonSource) -> Lesson:
        """Wait while another process of this machine fetches it, and fetch it if that fails."""
        while True:
            with self._copies.try_lock(source.manifest) as is_locked:
                if is_locked:
                    lesson = await asyncio.to_thread(self._copies.get, source.manifest)
                    return lesson or await self._fetch(source)
            await asyncio.sleep(LOCK_POLL_S)

    async def _fetch(self, source: LessonSource) -> Lesson:
        manifest, failures = source.manifest, []
        await asyncio.to_thread(self._copies.make_room, manifest.size)
        for host in source.hosts:
            try:
                return await self._fetch_from(host, manifest)
            except TandemError as error:
                failures.append(f"{host}: {error}")
                logger.warning("lesson %s could not be fetched from %s", manifest.id, failures[-1])
        why = "; ".join(failures) or "no machine that has it is there"
        raise LessonUnreachable(f"lesson {manifest.id!r} is on {manifest.origin} only: {why:.300}")

    async def _fetch_from(self, host: str, manifest: LessonManifest) -> Lesson:
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        progress = FetchProgress(host, manifest)
        with self._copies.new(manifest) as folder:
            for file in manifest.files:
                await self._fetch_file(host, manifest, file, folder, progress)
        lesson = await asyncio.to_thread(self._copies.get, manifest)
        if lesson is None:
            raise LessonUnreachable(f"lesson {manifest.id!r} cannot be read here")
        logger.info(
            "lesson %s is here, %.1f MB in %.1f s",
            *(manifest.id, manifest.size / MB, loop.time() - begun_s),
        )
        return lesson

    async def _fetch_file(
        self,
        host: str,
        manifest: LessonManifest,
        file: LessonFile,
        folder: Path,
        progress: FetchProgress,
    ) -> None:
        """
        :raises LessonUnreachable: what comes is not the file.
        """
        digest, size = hashlib.sha256(), 0
        with (folder / file.name).open("wb") as output:
            while size < file.size:
                part = await self._read_part(host, manifest, file, size)
                if not part or size + len(part) > file.size:
                    raise LessonUnreachable(f"{file.name} is of another size there")
                digest.update(part)
                size += len(part)
                await asyncio.to_thread(output.write, part)
                progress.add(len(part))
        if digest.hexdigest() != file.sha256:
            raise LessonUnreachable(f"{file.name} is not what its hash says")


class FetchProgress:
    """Says in the log how far it is."""

    def __init__(self, host: str, manifest: LessonManifest) -> None:
        self._id, self._size = manifest.id, manifest.size
        self._done = self._said = 0
        logger.info("lesson %s comes from host %s, %.1f MB", self._id, host, self._size / MB)

    def add(self, count: int) -> None:
        self._done += count
        if self._done - self._said >= PROGRESS_BYTES:
            self._said = self._done
            logger.info("lesson %s: %d of %d MB", self._id, self._done / MB, self._size / MB)
