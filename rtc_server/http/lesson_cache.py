"""Lessons made ready for sessions: prepared once each, off the loop, and kept while unchanged."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from rtc_server.authoring.thumbnails import sprite
from rtc_server.errors import BundledLesson
from rtc_server.lessons.store import DEMO_ID, Lesson, LessonStore
from rtc_server.scoring.reference import Reference, prepare

KEPT = 16
READERS = 2

T = TypeVar("T")


class LessonCache:
    """Finds lessons in the store without blocking the event loop."""

    def __init__(self, store: LessonStore) -> None:
        self._store = store
        self._prepared: OrderedDict[tuple[str, str, float], Reference] = OrderedDict()
        self._drawing = asyncio.Lock()
        # Threads of its own: aiortc encodes in the loop's default ones.
        self._pool = ThreadPoolExecutor(READERS, "library")

    async def off_loop(self, work: Callable[[], T]) -> T:
        """Do file work on a thread of the library's."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def all(self) -> list[Lesson]:
        """Every lesson that can be read."""
        return await self.off_loop(self._store.list)

    async def get(self, id: str) -> Lesson:
        """The lesson of that id.

        :raises UnknownLesson: no such lesson.
        :raises BadLessonId: not an id at all.
        """
        return await self.off_loop(lambda: self._store.get(id))

    async def reference(self, lesson: Lesson) -> Reference:
        """What learners of the lesson are compared with.

        :raises BrokenLesson: its poses cannot be read.
        """
        key = (lesson.id, lesson.source_sha256, lesson.pose_fps)
        if key not in self._prepared:
            prepared = await self.off_loop(lambda: prepare(lesson.poses()))
            self._prepared[key] = prepared
            while len(self._prepared) > KEPT:
                self._prepared.popitem(last=False)
        return self._prepared[key]

    async def sprite(self, lesson: Lesson) -> bytes:
        """Pictures of the lesson over time in one JPEG, as its `timeline` says.

        :raises BrokenLesson: its pictures cannot be read.
        """
        async with self._drawing:  # whoever asks meanwhile finds it drawn
            return await self.off_loop(lambda: sprite(lesson))

    async def rename(self, id: str, title: str) -> Lesson:
        """Give a lesson another title.

        :raises UnknownLesson: no such lesson.
        :raises BundledLesson: it stays as it is.
        """
        _expect_own(id)
        return await self.off_loop(lambda: self._store.rename(id, title))

    async def remove(self, id: str) -> None:
        """Take a lesson away; whoever plays it plays on.

        :raises UnknownLesson: no such lesson.
        :raises BundledLesson: it is always there.
        """
        _expect_own(id)
        await self.off_loop(lambda: self._store.remove(id))


def _expect_own(id: str) -> None:
    if id == DEMO_ID:
        raise BundledLesson("expected a lesson of your own: demo is always there, as it is")
