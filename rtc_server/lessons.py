"""Lessons on disk: what one consists of, and the folder that holds them all."""

from __future__ import annotations

import json
import logging
import re
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rtc_server.errors import BadLessonId, BrokenLesson, LessonExists, UnknownLesson
from rtc_server.renditions import CODECS, Codec, Rendition, index_path
from rtc_server.scratch import clean_stale, set_aside
from rtc_server.values import PoseTrack

logger = logging.getLogger(__name__)

# Raised when what lies in a lesson's folder changes its form; older ones must be made again.
FORMAT = 1
LESSON_ID = re.compile(r"[a-z0-9-]{1,64}")
DESCRIPTION, POSES, THUMBNAIL = "lesson.json", "poses.npz", "thumbnail.jpg"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson of the store; its files are opened when they are asked for."""

    id: str
    title: str
    duration_s: float
    width: int  # of the upright picture, pixels square
    height: int
    pose_fps: float
    model: str
    source_sha256: str
    folder: Path
    has_audio: bool
    size_bytes: int  # everything in the folder
    samples: int
    source_name: str

    @property
    def source_path(self) -> Path:
        """The video as it was handed in."""
        return self.folder / self.source_name

    @property
    def thumbnail_path(self) -> Path:
        """A JPEG of a good moment."""
        return self.folder / THUMBNAIL

    @property
    def codecs(self) -> list[Codec]:
        """The renditions there are: no `opus` where the lesson is silent."""
        return [codec for codec in CODECS if index_path(self.folder, codec).exists()]

    def metadata(self) -> dict[str, object]:
        """What `GET /api/lessons/{id}` says: no paths."""
        return {
            "id": self.id,
            "title": self.title,
            "duration_s": round(self.duration_s, 6),
            "width": self.width,
            "height": self.height,
            "pose_fps": self.pose_fps,
            "has_audio": self.has_audio,
            "samples": self.samples,
            "codecs": list(self.codecs),
        }

    def poses(self) -> PoseTrack:
        """The instructor's poses, sample k at k / pose_fps.

        :raises BrokenLesson: the file is missing, cut or of another shape.
        """
        try:
            with np.load(self.folder / POSES, allow_pickle=False) as file:
                return PoseTrack(
                    t_s=file["t_s"].astype(np.float64),
                    xy=file["xy"].astype(np.float32),
                    score=file["score"].astype(np.float32),
                    aspect=self.width / self.height,
                )
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise BrokenLesson(f"{self.id}: expected poses in {POSES}, {error}") from error

    def rendition(self, codec: Codec) -> Rendition:
        """The packets of one codec, memory-mapped.

        :raises BrokenLesson: there are none, or they do not fit their index.
        """
        return Rendition.open(self.folder, codec)


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


def read_lesson(folder: Path) -> Lesson:
    """Read a lesson's description and see that what it names is there.

    :raises BrokenLesson: it cannot be read, or is of another format.
    """
    try:
        about = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        if about["format"] != FORMAT:
            raise ValueError(f"expected format {FORMAT}, got {about['format']!r}; add it again")
        lesson = Lesson(
            id=folder.name,
            title=str(about["title"]),
            duration_s=float(about["duration_s"]),
            width=int(about["width"]),
            height=int(about["height"]),
            pose_fps=float(about["pose_fps"]),
            model=str(about["model"]),
            source_sha256=str(about["source_sha256"]),
            folder=folder,
            has_audio=bool(about["has_audio"]),
            size_bytes=sum(p.stat().st_size for p in folder.iterdir() if p.is_file()),
            samples=int(about["samples"]),
            source_name=Path(str(about["source_name"])).name,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenLesson(f"{folder.name}: cannot be read, {_said(error)}") from error
    _check_files(lesson)
    return lesson


def write_description(folder: Path, about: dict[str, object]) -> None:
    """Write `lesson.json`, the last file of a lesson that is being made."""
    text = json.dumps({"format": FORMAT, **about}, indent=2, ensure_ascii=False)
    (folder / DESCRIPTION).write_text(text + "\n", "utf-8")


def write_poses(folder: Path, track: PoseTrack) -> None:
    """Write `poses.npz`: t_s (n,), xy (n, 18, 2) in 0..1 of the picture, score (n, 18)."""
    np.savez_compressed(folder / POSES, t_s=track.t_s, xy=track.xy, score=track.score)


def _check_files(lesson: Lesson) -> None:
    """A folder that was edited by hand fails here, with a name, and not in a session."""
    if min(lesson.width, lesson.height, lesson.duration_s, lesson.pose_fps) <= 0:
        raise BrokenLesson(f"{lesson.id}: expected a size, a length and a rate above 0")
    codecs = CODECS if lesson.has_audio else CODECS[:2]
    wanted = [index_path(lesson.folder, codec) for codec in codecs]
    for path in [lesson.source_path, lesson.thumbnail_path, lesson.folder / POSES, *wanted]:
        if not path.is_file():
            raise BrokenLesson(f"{lesson.id}: expected {path.name}, it is not there")


def _said(error: BaseException) -> str:
    """A missing field by its name: a bare KeyError would say only `'title'`."""
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
