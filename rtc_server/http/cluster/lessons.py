"""The lessons of all machines of a cluster, as the front of one of them offers them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from rtc_server.cluster.directory import ClusterDirectory
from rtc_server.cluster.errors import HostLost, LessonUnreachable
from rtc_server.cluster.lesson_copies.catalog import LessonCatalog, list_lessons
from rtc_server.cluster.lesson_copies.copies import MB, LessonCopies
from rtc_server.cluster.lesson_copies.fetch import LessonFetcher, LessonSource
from rtc_server.cluster.lesson_copies.manifest import LessonFile, LessonManifest, build_manifest
from rtc_server.cluster.reports import LessonChange, LessonFacts
from rtc_server.config import Config
from rtc_server.errors import TandemError, UnknownLesson
from rtc_server.http.lesson_store import AsyncLessonStore, describe_lesson, require_not_bundled
from rtc_server.lessons.store import Lesson, LessonStore, check_id
from rtc_server.session.resume import LessonKey

logger = logging.getLogger(__name__)

REFRESH_S = 2.0
MAX_THUMBNAILS = 500  # of lessons that are not here, in memory


class ClusterLessonStore(AsyncLessonStore):
    """Those of this machine, and those of others, which are fetched when they are first used."""

    def __init__(self, config: Config, machine: str, directory: ClusterDirectory) -> None:
        """:param machine: this one, as others know it."""
        super().__init__(LessonStore(config.lessons))
        self._machine = machine
        self._directory = directory
        self._copies = LessonCopies(config.lesson_copies, config.lesson_copies_max_mb * MB)
        self._fetcher = LessonFetcher(self._copies, self._read_part)
        self._hashed: dict[str, tuple[Lesson, LessonManifest]] = {}  # of this machine's, by id
        self._published: tuple[LessonManifest, ...] = ()
        self._thumbnails: OrderedDict[str, bytes] = OrderedDict()  # by hash

    async def keep_published(self) -> None:
        """Tell the other machines what is here, and copy what may be needed, until cancelled."""
        while True:
            try:
                await self._publish()
                await self._copy_kept()
            except (OSError, TandemError) as error:
                logger.warning("the lessons of this machine could not be looked at: %s", error)
            await asyncio.sleep(REFRESH_S)

    async def _publish(self) -> None:
        own = await self.list()
        for lesson in own:
            if lesson.id not in self._hashed or self._hashed[lesson.id][0] != lesson:
                manifest = await self.run_in_thread(partial(self._hash, lesson))
                self._hashed[lesson.id] = lesson, manifest
        for id in self._hashed.keys() - {lesson.id for lesson in own}:
            del self._hashed[id]
        copies = await self.run_in_thread(self._copies.list)
        found = (*(manifest for _, manifest in self._hashed.values()), *copies)
        if found != self._published:
            self._published = found
            self._directory.pool.publish(LessonCatalog(found))

    def _hash(self, lesson: Lesson) -> LessonManifest:
        return build_manifest(lesson, self._machine, describe_lesson)

    async def _copy_kept(self) -> None:
        """Copy the lessons of attempts that are kept here: their machine may be lost."""
        for lesson in self._directory.list_kept_lessons():
            own = self._hashed.get(lesson.id)
            if own is not None and own[0].source_sha256 == lesson.source_sha256:
                continue
            if (source := self._directory.find_source(lesson)) is not None:
                try:
                    await self._fetcher.get(source)
                except TandemError as error:
                    logger.warning("%s", error)

    async def _read_part(
        self, host: str, manifest: LessonManifest, file: LessonFile, offset: int
    ) -> bytes:
        for record in self._directory.pool:
            if record.name == host:
                return await record.ask(
                    lambda handle: handle.read_lesson_part(manifest.sha256, file.name, offset)
                )
        raise HostLost(f"host {host} has ended")

    def _list_others(self) -> Sequence[LessonManifest]:
        own = self._hashed.keys()
        return [one for one in list_lessons(self._directory.pool) if one.id not in own]

    def _find_source(self, id: str) -> LessonSource:
        """
        :raises UnknownLesson: no machine has it.
        """
        check_id(id)
        for one in self._list_others():
            if one.id == id and (source := self._directory.find_source(one)) is not None:
                return source
        known = sorted({*self._hashed, *(one.id for one in self._list_others())})
        raise UnknownLesson(f"lesson: expected one of {known}, got {id!r}")

    async def describe_all(self) -> Sequence[dict[str, object]]:
        own = await super().describe_all()
        ids = {each["id"] for each in own}
        others = [dict(one.described) for one in self._list_others() if one.id not in ids]
        return sorted([*own, *others], key=lambda each: str(each["id"]))

    async def get(self, id: str) -> Lesson:
        """The lesson of that id; it is fetched if another machine has it.

        :raises UnknownLesson: no such lesson.
        :raises LessonUnreachable, NoRoom: it cannot be fetched.
        """
        try:
            return await super().get(id)
        except UnknownLesson:
            return await self._fetcher.get(self._find_source(id))

    async def get_cover(self, id: str) -> Path | bytes:
        """The cover image alone: a list of lessons fetches none of them.

        :raises UnknownLesson: no such lesson.
        :raises LessonUnreachable: it cannot be fetched.
        """
        try:
            return (await super().get(id)).thumbnail_path
        except UnknownLesson:
            source = self._find_source(id)
        copy = await self.run_in_thread(lambda: self._copies.get(source.manifest))
        if copy is not None:
            return copy.thumbnail_path
        file = source.manifest.thumbnail
        if (image := self._thumbnails.get(file.sha256)) is None:
            image = await self._fetch_whole(source, file)
            self._thumbnails[file.sha256] = image
            while len(self._thumbnails) > MAX_THUMBNAILS:
                self._thumbnails.popitem(last=False)
        return image

    async def _fetch_whole(self, source: LessonSource, file: LessonFile) -> bytes:
        """A small file, from the first machine that has it."""
        for host in source.hosts:
            try:
                content = await self._read_part(host, source.manifest, file, 0)
            except TandemError:
                continue
            if hashlib.sha256(content).hexdigest() == file.sha256:
                return content
        raise LessonUnreachable(f"the cover of lesson {source.manifest.id!r} cannot be fetched")

    async def rename(self, id: str, title: str) -> Lesson:
        try:
            return await super().rename(id, title)
        except UnknownLesson:
            source = self._find_source(id)
        lesson = await self._fetcher.get(source)
        await self._change_elsewhere(source.manifest, title)
        return replace(lesson, title=title)

    async def remove(self, id: str) -> None:
        """Remove a lesson, and the copies of it on all machines."""
        require_not_bundled(id)
        lesson: LessonKey
        try:
            lesson = await super().get(id)
            await super().remove(id)
        except UnknownLesson:
            lesson = self._find_source(id).manifest
        await self.run_in_thread(lambda: self._copies.remove(id, lesson.source_sha256))
        await self._change_elsewhere(lesson, None)

    async def _change_elsewhere(self, lesson: LessonKey, title: str | None) -> None:
        change = LessonChange(LessonFacts(lesson.id, lesson.source_sha256), title)
        await self._directory.pool.peers.change_lesson(change)
