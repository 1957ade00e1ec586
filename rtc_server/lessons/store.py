"""The folder that holds the lessons; each of them is complete or absent."""

from __future__ import annotations

import logging
import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from rtc_server.errors import BadLessonId, BrokenLesson, LessonExists, UnknownLesson
from rtc_server.lessons.lesson import DESCRIPTION, Lesson, read_lesson, rewrite_title
from rtc_server.lessons.temp_files import move_aside, remove_stale_folders

__all__ = ["Lesson", "LessonStore", "check_id"]

logger = logging.getLogger(__name__)

DEMO_ID = "demo"  # of the bundled lesson
LESSON_ID = re.compile(r"[a-z0-9-]{1,64}")


MAX_KNOWN = 1000  # lessons in memory
SETTLED_NS = 2_000_000_000  # file systems tell times apart that are further apart than this

# Of a lesson's folder and of its description: which file it is, and when it was changed.
_Version = tuple[tuple[int, int], ...]


class LessonStore:
    """The lessons in one folder; each of them is complete or absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, tuple[_Version, Lesson]] = {}

    def list(self) -> list[Lesson]:
        """Every lesson that can be read, by id; a warning names the others."""
        found = []
        for path in sorted(self._folders()):
            try:
                found.append(self._read(path))
            except BrokenLesson as error:
                logger.warning("lesson skipped: %s", error)
        return found

    def get(self, id: str) -> Lesson:
        """The lesson of that id.

        :raises BadLessonId: not an id.
        :raises UnknownLesson: no such lesson; the message names those that exist.
        :raises BrokenLesson: it cannot be read.
        """
        check_id(id)
        if not (self.folder / id).is_dir():
            known = sorted(path.name for path in self._folders())
            raise UnknownLesson(f"lesson: expected one of {known}, got {id!r}")
        return self._read(self.folder / id)

    def has(self, id: str) -> bool:
        """Whether the id is taken, also by a lesson that cannot be read."""
        return (self.folder / check_id(id)).exists()

    def remove(self, id: str) -> None:
        """Remove a lesson in one step; sessions that play it keep the packets they have mapped.

        :raises UnknownLesson: no such lesson.
        """
        check_id(id)
        if not self.has(id):
            self.get(id)
        shutil.rmtree(move_aside(self.folder / id))

    def rename(self, id: str, title: str) -> Lesson:
        """Give a lesson another title.

        :raises UnknownLesson: no such lesson.
        :raises BrokenLesson: it cannot be read.
        """
        rewrite_title(self.get(id).folder, title)
        return self.get(id)

    def ids(self) -> set[str]:
        """The ids that are taken, also by lessons that cannot be read."""
        return {path.name for path in self._folders()}

    def publish(self, temp_folder: Path, id: str, *, replace: bool = False) -> Lesson:
        """Rename a complete temporary folder to that of the lesson.

        :raises LessonExists: the id is taken, and `replace` is False.
        """
        target = self.folder / check_id(id)
        old = move_aside(target) if replace and target.exists() else None
        try:
            temp_folder.rename(target)
        except OSError as error:
            if old is not None and not target.exists():
                old.rename(target)
            if target.exists():
                raise LessonExists(f"expected a new id, {id!r} is taken") from error
            raise
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)
        return read_lesson(target)

    def clean(self) -> None:
        """Remove what processes left behind that have ended, not what others still write."""
        if self.folder.is_dir():
            remove_stale_folders(self.folder)

    def _read(self, folder: Path) -> Lesson:
        """Read a lesson, or take it from memory if no file was added, removed or replaced.

        :raises BrokenLesson: it cannot be read.
        """
        version = _find_version(folder)
        known = self._known.get(folder.name)
        if version is not None and known is not None and known[0] == version:
            return known[1]
        lesson = read_lesson(folder)
        if version is not None and version == _find_version(folder):
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            self._known[folder.name] = version, lesson
        return lesson

    def _folders(self) -> Sequence[Path]:
        if not self.folder.is_dir():
            return []
        return [p for p in self.folder.iterdir() if p.is_dir() and LESSON_ID.fullmatch(p.name)]


def _find_version(folder: Path) -> _Version | None:
    """What changes when a file of a lesson is added, removed or replaced; None just after that."""
    try:
        found = [path.stat() for path in (folder, folder / DESCRIPTION)]
    except OSError:
        return None
    if time.time_ns() - max(status.st_mtime_ns for status in found) < SETTLED_NS:
        return None
    return tuple((status.st_ino, status.st_mtime_ns) for status in found)


def check_id(id: str) -> str:
    """Check that a text is a lesson's id, and return it.

    :raises BadLessonId: anything but `[a-z0-9-]{1,64}`, so that an id is never a path.
    """
    if not isinstance(id, str) or not LESSON_ID.fullmatch(id):
        raise BadLessonId(
            f"expected a lesson id of 1 to 64 letters a-z, digits and -, got {id!r:.60}"
        )
    return id
