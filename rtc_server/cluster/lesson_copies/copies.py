"""The folder of lessons that were fetched from other machines: each complete or absent, bounded."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rtc_server.cluster.lesson_copies.manifest import LessonManifest, read_manifest
from rtc_server.errors import BrokenLesson, NoRoom, TandemError
from rtc_server.lessons.lesson import Lesson, read_lesson
from rtc_server.lessons.temp_files import remove_stale_folders, temp_folder_beside

MANIFEST = "manifest.json"
LEAST_FREE_BYTES = 200_000_000  # of the disk, beside a copy
MB = 1_000_000


class LessonCopies:
    """`FOLDER/HASH/ID/…` and `FOLDER/HASH/manifest.json`, shared by all processes of a machine."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def folder_of(self, manifest: LessonManifest) -> Path:
        """Where the lesson's files are, or would be."""
        return self._folder / manifest.sha256 / manifest.id

    def get(self, manifest: LessonManifest) -> Lesson | None:
        """The copy, if there is one; it is then one that was used lately."""
        folder = self.folder_of(manifest)
        try:
            lesson = read_lesson(folder)
            os.utime(folder.parent)
        except (BrokenLesson, OSError):
            return None
        return lesson

    def list(self) -> Sequence[LessonManifest]:
        """All that are here."""
        found = []
        for path in sorted(self._folder.glob(f"*/{MANIFEST}")):
            with contextlib.suppress(OSError, ValueError, TandemError):
                manifest = read_manifest(path.read_text("utf-8"))
                if manifest.sha256 == path.parent.name:
                    found.append(manifest)
        return found

    def remove(self, id: str, source_sha256: str) -> bool:
        """Remove a lesson with all its titles; sessions that play it go on."""
        wanted = id, source_sha256
        found = [one for one in self.list() if (one.id, one.source_sha256) == wanted]
        for manifest in found:
            shutil.rmtree(self._folder / manifest.sha256, ignore_errors=True)
        return bool(found)

    def make_room(self, size: int) -> None:
        """Remove copies that were not used for longest, until there is room for another one.

        :raises NoRoom: there is none even then, or the disk is full.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        remove_stale_folders(self._folder)
        if size > self._max_bytes:
            raise NoRoom(
                f"lesson_copies_max_mb: expected room for {size / MB:.0f} MB, a lesson of another "
                f"machine, got {self._max_bytes / MB:.0f} MB"
            )
        copies = sorted(self._list_folders(), key=lambda path: path.stat().st_mtime)
        sizes = {path: _measure(path) for path in copies}
        while copies and sum(sizes[path] for path in copies) + size > self._max_bytes:
            shutil.rmtree(copies.pop(0), ignore_errors=True)
        while copies and shutil.disk_usage(self._folder).free < size + LEAST_FREE_BYTES:
            shutil.rmtree(copies.pop(0), ignore_errors=True)
        if (free := shutil.disk_usage(self._folder).free) < size + LEAST_FREE_BYTES:
            raise NoRoom(
                f"expected {(size + LEAST_FREE_BYTES) / MB:.0f} MB free for a lesson of another "
                f"machine, got {free / MB:.0f} MB"
            )

    @contextlib.contextmanager
    def new(self, manifest: LessonManifest) -> Iterator[Path]:
        """A folder to fill; it becomes the copy when the block is left without an error."""
        final = self._folder / manifest.sha256
        with temp_folder_beside(final) as temp:
            content = temp / manifest.id
            content.mkdir()
            yield content
            (temp / MANIFEST).write_text(manifest.to_json(), "utf-8")
            shutil.rmtree(final, ignore_errors=True)  # one that could not be read
            temp.rename(final)

    @contextlib.contextmanager
    def try_lock(self, manifest: LessonManifest) -> Iterator[bool]:
        """Whether no other process of this machine fetches it, until the block is left."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f".{manifest.sha256}.lock").open("wb") as file:
            yield _lock(file.fileno())

    def _list_folders(self) -> Iterator[Path]:
        return (path.parent for path in self._folder.glob(f"*/{MANIFEST}"))


def _measure(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _lock(handle: int) -> bool:
    if sys.platform == "win32":  # no such lock; Ray has no cluster there either
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
