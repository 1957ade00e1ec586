"""The lesson store off the event loop, and a cache of what is computed from lessons."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from rtc_server.authoring.thumbnails import thumbnail_sheet
from rtc_server.errors import BundledLesson
from rtc_server.lessons.store import DEMO_ID, Lesson, LessonStore
from rtc_server.scoring.reference import Reference, prepare_reference

MAX_REFERENCES = 16
THREADS = 2

T = TypeVar("T")


class AsyncLessonStore:
    """A lesson store whose file work runs in threads."""

    def __init__(self, store: LessonStore) -> None:
        self._store = store
        self._references: OrderedDict[tuple[str, str, float], Reference] = OrderedDict()
        self._drawing = asyncio.Lock()
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
        if key not in self._references:
            self._references[key] = await self.run_in_thread(
                lambda: prepare_reference(lesson.poses())
            )
            while len(self._references) > MAX_REFERENCES:
                self._references.popitem(last=False)
        return self._references[key]

    async def get_thumbnails(self, lesson: Lesson) -> bytes:
        """Images of the lesson over time in one JPEG, laid out as its `thumbnail_grid` says.

        :raises BrokenLesson: its video cannot be read.
        """
        async with self._drawing:  # a second request waits and finds the file drawn
            return await self.run_in_thread(lambda: thumbnail_sheet(lesson))

    async def rename(self, id: str, title: str) -> Lesson:
        """Give a lesson another title.

        :raises UnknownLesson: no such lesson.
        :raises BundledLesson: the demo lesson cannot be renamed.
        """
        _require_not_bundled(id)
        return await self.run_in_thread(lambda: self._store.rename(id, title))

    async def remove(self, id: str) -> None:
        """Remove a lesson; sessions that play it go on.

        :raises UnknownLesson: no such lesson.
        :raises BundledLesson: the demo lesson cannot be removed.
        """
        _require_not_bundled(id)
        await self.run_in_thread(lambda: self._store.remove(id))


def _require_not_bundled(id: str) -> None:
    if id == DEMO_ID:
        raise BundledLesson("expected a lesson of your own: demo is always there, as it is")
