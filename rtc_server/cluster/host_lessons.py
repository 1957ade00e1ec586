"""The lessons as a session host reads them: from the same folder as the front, off the loop."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from pathlib import Path

from rtc_server.errors import OtherLesson
from rtc_server.lessons.lesson import Lesson
from rtc_server.lessons.store import LessonStore
from rtc_server.scoring.reference import Reference, prepare_reference

MAX_REFERENCES = 16


class HostLessons:
    """Lessons with their references; those of the last 16 are kept."""

    def __init__(self, folder: Path) -> None:
        self._store = LessonStore(folder)
        self._known: OrderedDict[tuple[str, str, float], Reference] = OrderedDict()

    async def get(self, id: str, source_sha256: str) -> tuple[Lesson, Reference]:
        """The lesson of that id and video.

        :raises UnknownLesson, BrokenLesson: there is none, or it cannot be read.
        :raises OtherLesson: it was replaced a moment ago.
        """
        lesson = await asyncio.to_thread(self._store.get, id)
        if lesson.source_sha256 != source_sha256:
            raise OtherLesson(f"lesson {id!r} has just been replaced; try again")
        key = (id, source_sha256, lesson.pose_fps)
        if (reference := self._known.get(key)) is None:
            reference = await asyncio.to_thread(lambda: prepare_reference(lesson.poses()))
            self._known[key] = reference
        self._known.move_to_end(key)
        while len(self._known) > MAX_REFERENCES:
            self._known.popitem(last=False)
        return lesson, reference
