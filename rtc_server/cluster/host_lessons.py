"""The lessons as a session host reads them: made on its machine, or fetched from another one."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.handle import HostFinder
from rtc_server.cluster.lesson_copies.catalog import LessonCatalog
from rtc_server.cluster.lesson_copies.copies import MB, LessonCopies
from rtc_server.cluster.lesson_copies.fetch import LessonFetcher, LessonSource
from rtc_server.cluster.lesson_copies.manifest import LessonFile, LessonManifest
from rtc_server.cluster.lesson_copies.parts import read_part
from rtc_server.cluster.reports import LessonChange
from rtc_server.config import Config
from rtc_server.errors import OtherLesson, UnknownLesson
from rtc_server.lessons.lesson import Lesson
from rtc_server.lessons.store import LessonStore
from rtc_server.scoring.reference import Reference, prepare_references

MAX_REFERENCES = 16


class HostLessons:
    """Lessons with their references; those of the last 16 are kept."""

    def __init__(self, config: Config, finder: HostFinder | None = None) -> None:
        """:param finder: of hosts of other machines; None: this one is alone."""
        self._store = LessonStore(config.lessons)
        self._finder = finder
        self._copies = LessonCopies(config.lesson_copies, config.lesson_copies_max_mb * MB)
        self._fetcher = LessonFetcher(self._copies, self._read_there)
        self._known: OrderedDict[tuple[str, str, float], Reference] = OrderedDict()

    async def get(
        self, id: str, source_sha256: str, source: LessonSource | None = None
    ) -> tuple[Lesson, Reference]:
        """The lesson of that id and video.

        :param source: which machines have it; None: this one.
        :raises UnknownLesson, BrokenLesson: there is none, or it cannot be read.
        :raises OtherLesson: it was replaced a moment ago.
        :raises LessonUnreachable, NoRoom: it cannot be fetched.
        """
        lesson = await self._find(id, source_sha256, source)
        key = (id, source_sha256, lesson.pose_fps)
        if (reference := self._known.get(key)) is None:
            reference = await asyncio.to_thread(lambda: prepare_references(lesson.all_poses()))
            self._known[key] = reference
        self._known.move_to_end(key)
        while len(self._known) > MAX_REFERENCES:
            self._known.popitem(last=False)
        return lesson, reference

    async def _find(self, id: str, source_sha256: str, source: LessonSource | None) -> Lesson:
        try:
            lesson = await asyncio.to_thread(self._store.get, id)
        except UnknownLesson:
            if source is None:
                raise
        else:
            if lesson.source_sha256 == source_sha256:
                return lesson
            if source is None:
                raise OtherLesson(f"lesson {id!r} has just been replaced; try again")
        return await self._fetcher.get(source)

    async def _read_there(
        self, host: str, manifest: LessonManifest, file: LessonFile, offset: int
    ) -> bytes:
        if self._finder is None:
            raise HostLost(f"host {host} is not known here")
        handle = await self._finder.find(host)
        return await handle.read_lesson_part(manifest.sha256, file.name, offset)

    async def read_part(
        self, catalog: LessonCatalog, manifest_sha256: str, file: str, offset: int
    ) -> bytes:
        """A part of a lesson of this machine, for another one.

        :param catalog: what there is here; nothing else is read.
        :raises UnknownLesson: it is not here, or not any more.
        """
        for manifest in catalog.manifests:
            found = next((one for one in manifest.files if one.name == file), None)
            if manifest.sha256 == manifest_sha256 and found is not None:
                arguments = (manifest, found, offset, self._store.folder, self._copies)
                return await asyncio.to_thread(read_part, *arguments)
        raise UnknownLesson("expected a lesson of this machine, it is not here any more")

    async def change(self, change: LessonChange) -> None:
        """Change a lesson of this machine, if it has that one.

        :raises BrokenLesson: it cannot be read.
        """
        id, source_sha256 = change.lesson.id, change.lesson.source_sha256
        if change.title is None:
            await asyncio.to_thread(self._copies.remove, id, source_sha256)
        try:
            own = await asyncio.to_thread(self._store.get, id)
        except UnknownLesson:
            return
        if own.source_sha256 != source_sha256:
            return
        if change.title is None:
            await asyncio.to_thread(self._store.remove, id)
        else:
            await asyncio.to_thread(self._store.rename, id, change.title)
