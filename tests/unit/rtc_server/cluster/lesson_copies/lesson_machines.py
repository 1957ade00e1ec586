"""Two machines with lessons, without processes: one has them, the other copies them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.lesson_copies.copies import LessonCopies
from rtc_server.cluster.lesson_copies.fetch import LessonSource
from rtc_server.cluster.lesson_copies.manifest import LessonFile, LessonManifest, build_manifest
from rtc_server.cluster.lesson_copies.parts import read_part
from rtc_server.lessons.store import LessonStore
from tests.unit.rtc_server.lessons.test_store import put

THERE = "dance-1 (10.0.0.1)"


class OtherMachine:
    """A machine that made a lesson, and what is asked of its host."""

    def __init__(self, folder: Path, id: str = "moves") -> None:
        self.store = LessonStore(folder / "lessons")
        self.lesson = put(self.store, id)
        self.manifest = build_manifest(self.lesson, THERE, lambda lesson: lesson.metadata())
        self.source = LessonSource(self.manifest, ("m1w1",))
        self.asked: list[str] = []  # files
        self.lost: set[str] = set()  # hosts
        self.change: Callable[[bytes], bytes] = lambda part: part
        self._copies = LessonCopies(folder / "copies", 0)

    async def read(
        self, host: str, manifest: LessonManifest, file: LessonFile, offset: int
    ) -> bytes:
        if host in self.lost:
            raise HostLost(f"host {host} has died")
        self.asked.append(file.name)
        return self.change(read_part(manifest, file, offset, self.store.folder, self._copies))
