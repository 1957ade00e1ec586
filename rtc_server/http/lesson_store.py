"""The lesson store off the event loop, and a cache of what is computed from lessons."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from rtc_server.authoring import thumbnails, webm
from rtc_server.errors import BundledLesson
from rtc_server.http.derived_files import DerivedFiles, SharedWork
from rtc_server.http.lesson_videos import list_videos
from rtc_server.lessons.codecs import VP8
from rtc_server.lessons.lesson import POSES
from rtc_server.lessons.renditions import payload_path
from rtc_server.lessons.store import DEMO_ID, Lesson, LessonStore
from rtc_server.scoring.reference import Reference, prepare_references

MAX_REFERENCES = 16
THREADS = 2

T = TypeVar("T")


class AsyncLessonStore:
    """A lesson store whose file work runs in threads."""

    def __init__(self, store: LessonStore) -> None:
        self._store = store
        self._references: OrderedDict[tuple[str, str, float], Reference] = OrderedDict()
        self._preparing = SharedWork[Reference]()
        self._derived = DerivedFiles(self.run_in_thread)
        # Threads of its own: aiortc encodes in the event loop's default ones.
        self._pool = ThreadPoolExecutor(THREADS, "lessons")

    async def run_in_thread(self, work: Callable[[], T]) -> T:
        """Run blocking work in one of the store's threads."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Release the threads without waiting for them."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def list(self) -> list[Lesson]:
        """Every lesson that can be read."""
        return await self.run_in_thread(self._store.list)

    async def describe_all(self) -> Sequence[dict[str, object]]:
        """The metadata of every lesson that can be read."""
        return await self.run_in_thread(
            lambda: [describe_lesson(one) for one in self._store.list()]
        )

    async def describe(self, lesson: Lesson) -> dict[str, object]:
        """The metadata of a lesson, which looks for its files."""
        return await self.run_in_thread(lambda: describe_lesson(lesson))

    async def get(self, id: str) -> Lesson:
        """The lesson of that id.

        :raises UnknownLesson: no such lesson.
        :raises BadLessonId: not an id at all.
        """
        return await self.run_in_thread(lambda: self._store.get(id))

    async def get_reference(self, lesson: Lesson) -> Reference:
        """The lesson's poses prepared for scoring; those of the last 16 lessons are kept.

        :raises BrokenLesson: its poses cannot be read.
        """
        key = (lesson.id, lesson.source_sha256, lesson.pose_fps)
        if (reference := self._references.get(key)) is None:
            reference = await self._preparing.run(
                key, lambda: self.run_in_thread(lambda: prepare_references(lesson.all_poses()))
            )
            self._references[key] = reference
        self._references.move_to_end(key)
        while len(self._references) > MAX_REFERENCES:
            self._references.popitem(last=False)
        return reference

    async def get_cover(self, id: str) -> Path | bytes:
        """A lesson's cover image: the file, or its content.

        :raises UnknownLesson: no such lesson.
        """
        return (await self.get(id)).thumbnail_path

    async def get_thumbnails(self, lesson: Lesson) -> bytes | Path:
        """Images of the lesson over time in one JPEG, laid out as its `thumbnail_grid` says.

        :returns: the file with them, or its content.
        :raises BrokenLesson: its video cannot be read.
        """
        source = payload_path(lesson.folder, VP8.name)
        path = lesson.folder / thumbnails.NAME
        return await self._derived.get(path, source, lambda: thumbnails.draw_thumbnails(lesson))

    async def get_webm(self, lesson: Lesson) -> Path:
        """The lesson as WebM, which every browser plays.

        :raises BrokenLesson: its packets cannot be read.
        :raises NoRoom: it cannot be written.
        """
        source = payload_path(lesson.folder, VP8.name)
        path = lesson.folder / webm.NAME
        return await self._derived.get_large(
            path, source, lambda part: webm.write_webm(lesson, part)
        )

    async def get_pose_file(
        self, lesson: Lesson, suffix: str, write: Callable[[], str]
    ) -> bytes | Path:
        """The lesson's poses as a text file.

        :param write: makes its content.
        :returns: the file, or its content.
        :raises BrokenLesson: its poses cannot be read.
        """
        path = lesson.folder / f"poses{suffix}"
        return await self._derived.get(path, lesson.folder / POSES, lambda: write().encode())

    async def rename(self, id: str, title: str) -> Lesson:
        """Give a lesson another title.

        :raises UnknownLesson: no such lesson.
        :raises BundledLesson: the demo lesson cannot be renamed.
        """
        require_not_bundled(id)
        return await self.run_in_thread(lambda: self._store.rename(id, title))

    async def remove(self, id: str) -> None:
        """Remove a lesson; sessions that play it go on.

        :raises UnknownLesson: no such lesson.
        :raises BundledLesson: the demo lesson cannot be removed.
        """
        require_not_bundled(id)
        await self.run_in_thread(lambda: self._store.remove(id))


def require_not_bundled(id: str) -> None:
    """
    :raises BundledLesson: it is the demo lesson.
    """
    if id == DEMO_ID:
        raise BundledLesson("expected a lesson of your own: demo is always there, as it is")


def describe_lesson(lesson: Lesson) -> dict[str, object]:
    """What `GET /api/lessons/{id}` answers."""
    return lesson.metadata() | {"videos": list_videos(lesson)}
