"""The folder that holds the lessons: each of them whole, or not there."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from rtc_server.errors import BadLessonId, BrokenLesson, LessonExists, UnknownLesson
from rtc_server.lessons.lesson import Lesson, read_lesson, rewrite_title
from rtc_server.lessons.temp_files import clean_stale, set_aside

__all__ = ["Lesson", "LessonStore", "check_id"]

logger = logging.getLogger(__name__)

DEMO_ID = "demo"  # the bundled lesson's
LESSON_ID = re.compile(r"[a-z0-9-]{1,64}")


class LessonStore:
    """The lessons in one folder; a lesson there is whole, or it is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def list(self) -> list[Lesson]:
        """Every lesson that can be read, by id; the others are named in a warning."""
        found = []
        for path in sorted(self._folders()):
            try:
                found.append(read_lesson(path))
            except BrokenLesson as error:
                logger.warning("lesson skipped: %s", error)
        return found

    def get(self, id: str) -> Lesson:
        """The lesson of that id.

        :raises BadLessonId: not an id at all.
        :raises UnknownLesson: not here; the message names those that are.
        :raises BrokenLesson: here, but it cannot be read.
        """
        check_id(id)
        if not (self.folder / id).is_dir():
            known = sorted(path.name for path in self._folders())
            raise UnknownLesson(f"expected one of {known}, got {id!r}")
        return read_lesson(self.folder / id)

    def has(self, id: str) -> bool:
        """Whether the id is taken, if only by a broken lesson."""
        return (self.folder / check_id(id)).exists()

    def remove(self, id: str) -> None:
        """Take the lesson away at once; who plays it keeps what they have mapped.

        :raises UnknownLesson: not here.
        """
        check_id(id)
        if not self.has(id):
            self.get(id)
        shutil.rmtree(set_aside(self.folder / id))

    def rename(self, id: str, title: str) -> Lesson:
        """Give the lesson another title.

        :raises UnknownLesson: not here.
        :raises BrokenLesson: here, but it cannot be read.
        """
        rewrite_title(self.get(id).folder, title)
        return self.get(id)

    def ids(self) -> set[str]:
        """The ids that are taken, if only by broken lessons."""
        return {path.name for path in self._folders()}

    def publish(self, tmp_folder: Path, id: str, *, replace: bool = False) -> Lesson:
        """Rename a finished folder into its place.

        :raises LessonExists: the id is taken and `replace` is not asked for.
        """
        place = self.folder / check_id(id)
        old = set_aside(place) if replace and place.exists() else None
        try:
            tmp_folder.rename(place)
        except OSError as error:
            if old is not None and not place.exists():
                old.rename(place)
            if place.exists():
                raise LessonExists(f"expected a new id, {id!r} is taken") from error
            raise
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)
        return read_lesson(place)

    def clean(self) -> None:
        """Remove what makers that died have left behind; never what one is still writing."""
        if self.folder.is_dir():
            clean_stale(self.folder)

    def _folders(self) -> Sequence[Path]:
        if not self.folder.is_dir():
            return []
        return [p for p in self.folder.iterdir() if p.is_dir() and LESSON_ID.fullmatch(p.name)]


def check_id(id: str) -> str:
    """Give the id back where it is one.

    :raises BadLessonId: anything but `[a-z0-9-]{1,64}`, so that an id is never a path.
    """
    if not isinstance(id, str) or not LESSON_ID.fullmatch(id):
        raise BadLessonId(f"expected a lesson id of 1 to 64 letters a-z, digits and -, got {id!r}")
    return id
