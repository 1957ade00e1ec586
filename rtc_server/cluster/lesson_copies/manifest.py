"""What a lesson consists of: its files with their hashes, so that a copy is the same or none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rtc_server.errors import BrokenLesson
from rtc_server.lessons.lesson import DESCRIPTION, THUMBNAIL, Lesson, poses_name
from rtc_server.lessons.renditions import index_path, payload_path
from rtc_server.lessons.store import check_id

BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class LessonFile:
    """One file of a lesson."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LessonManifest:
    """One version of a lesson. What follows from these files is not among them."""

    id: str
    source_sha256: str  # of its video: sessions are of this version
    origin: str  # the machine that it was made on
    files: tuple[LessonFile, ...]
    described: Mapping[str, Any] = field(repr=False)  # what `GET /api/lessons/{id}` answers

    @property
    def sha256(self) -> str:
        """Of all files together, and of the lesson's id: two lessons may have the same files."""
        lines = (f"{one.name} {one.size} {one.sha256}" for one in self.files)
        return hashlib.sha256("\n".join([self.id, *lines]).encode()).hexdigest()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(one.size for one in self.files)

    @property
    def thumbnail(self) -> LessonFile:
        """The cover image."""
        return next(one for one in self.files if one.name == THUMBNAIL)

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def build_manifest(
    lesson: Lesson, origin: str, describe: Callable[[Lesson], Mapping[str, Any]]
) -> LessonManifest:
    """Read and hash all files of a lesson: a second for each 500 MB.

    :raises BrokenLesson: one cannot be read.
    """
    try:
        files = tuple(_hash_file(path) for path in _list_files(lesson))
    except OSError as error:
        raise BrokenLesson(f"{lesson.id}: cannot be read, {error}") from error
    return LessonManifest(lesson.id, lesson.source_sha256, origin, files, dict(describe(lesson)))


def read_manifest(text: str) -> LessonManifest:
    """
    :raises ValueError: it is not one.
    """
    try:
        about = json.loads(text)
        files = tuple(LessonFile(**one) for one in about.pop("files"))
        manifest = LessonManifest(files=files, **about)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"expected a lesson's manifest: {error}") from error
    check_names(manifest)
    return manifest


def check_names(manifest: LessonManifest) -> None:
    """Check that no name leads out of the lesson's folder.

    :raises ValueError: one does, or is of no file of a lesson.
    :raises BadLessonId: the lesson's is none.
    """
    check_id(manifest.id)
    for one in manifest.files:
        if not one.name or one.name != Path(one.name).name or one.name.startswith("."):
            raise ValueError(f"expected names of files, got {one.name!r:.60}")


def _list_files(lesson: Lesson) -> Sequence[Path]:
    folder = lesson.folder
    names = lesson.renditions
    packets = [find(folder, name) for name in names for find in (index_path, payload_path)]
    poses = map(poses_name, range(len(lesson.instructors)))
    rest = [folder / name for name in (DESCRIPTION, *poses, THUMBNAIL)]
    return sorted({*packets, *rest, lesson.source_path})


def _hash_file(path: Path) -> LessonFile:
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            size += len(block)
    return LessonFile(path.name, size, digest.hexdigest())
