"""A lesson on disk: what its folder contains, and how that is written and read."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rtc_server.errors import BrokenLesson
from rtc_server.lessons.codecs import (
    AUDIO_VARIANTS,
    FORMAT,
    RATES,
    RENDITIONS,
    renditions_of_format,
)
from rtc_server.lessons.renditions import Rendition, index_path, payload_path
from rtc_server.lessons.temp_files import atomic_write
from rtc_server.lessons.thumbnail_grid import ThumbnailGrid
from rtc_server.types import PoseTrack

FORMATS = range(1, FORMAT + 1)  # that can be read: 1 has one bit rate, and audio at rate 1 only
DESCRIPTION, POSES, THUMBNAIL = "lesson.json", "poses.npz", "thumbnail.jpg"
MAX_INSTRUCTORS = 4
MIDDLE = 0.5  # where the instructor is taken to stand in a lesson that does not say


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson of the store; its files are opened when they are needed."""

    id: str
    title: str
    duration_s: float
    width: int  # of the upright frames, in square pixels
    height: int
    pose_fps: float
    model: str
    source_sha256: str
    folder: Path
    has_audio: bool
    size_bytes: int  # of everything in the folder
    samples: int
    source_name: str
    poses_version: int  # how its poses were found: see `pose_extraction.POSES_VERSION`
    format: int  # of its folder: see `codecs.FORMAT`
    # Where each instructor stands, 0..1 from the left of the frame; the first is followed unless a
    # learner chooses another one.
    instructors: tuple[float, ...] = (MIDDLE,)

    @property
    def source_path(self) -> Path:
        """The original video, or the part of it that is the lesson."""
        return self.folder / self.source_name

    @property
    def thumbnail_path(self) -> Path:
        """The cover image, a JPEG."""
        return self.folder / THUMBNAIL

    @property
    def thumbnail_grid(self) -> ThumbnailGrid:
        """Where the thumbnails of its timeline are in their sheet."""
        return ThumbnailGrid.of(self.duration_s, self.width / self.height)

    @property
    def renditions(self) -> list[str]:
        """The names of its renditions: none of audio if the lesson is silent."""
        return [name for name in RENDITIONS if self.has_rendition(name)]

    @property
    def rates(self) -> tuple[float, ...]:
        """The rates at which it can be played with its audio, rising: 1 is as it was filmed."""
        if not self.has_audio:
            return RATES
        return tuple(audio.rate for audio in AUDIO_VARIANTS if self.has_rendition(audio.name))

    def has_rendition(self, name: str) -> bool:
        """Whether it has the rendition of that name.

        :raises UnknownCodec: lessons have no rendition of that name.
        """
        return index_path(self.folder, name).exists()

    def metadata(self) -> dict[str, object]:
        """What `GET /api/lessons/{id}` answers; it contains no paths."""
        return {
            "id": self.id,
            "title": self.title,
            "duration_s": round(self.duration_s, 6),
            "width": self.width,
            "height": self.height,
            "pose_fps": self.pose_fps,
            "has_audio": self.has_audio,
            "samples": self.samples,
            "codecs": self.renditions,
            "rates": list(self.rates),
            "thumbnails": self.thumbnail_grid.describe(),
            "instructors": [{"x": x} for x in self.instructors],
        }

    def all_poses(self) -> Sequence[PoseTrack]:
        """The poses of each instructor, by their numbers.

        :raises BrokenLesson: as `poses` does, or they are not of the same samples.
        """
        tracks = [self.poses(k) for k in range(len(self.instructors))]
        if any(not np.array_equal(track.t_s, tracks[0].t_s) for track in tracks):
            raise BrokenLesson(f"{self.id}: expected poses of all instructors at the same times")
        return tracks

    def poses(self, instructor: int = 0) -> PoseTrack:
        """An instructor's poses, sample k at k / pose_fps.

        :raises BrokenLesson: the file is missing, truncated or of another shape.
        """
        name = poses_name(instructor)
        try:
            with np.load(self.folder / name, allow_pickle=False) as file:
                return PoseTrack(
                    t_s=file["t_s"].astype(np.float64),
                    xy=file["xy"].astype(np.float32),
                    confidence=file["score"].astype(np.float32),
                    aspect=self.width / self.height,
                )
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise BrokenLesson(f"{self.id}: expected poses in {name}, {error}") from error

    def rendition(self, name: str) -> Rendition:
        """The packets of the rendition of that name, memory-mapped.

        :raises UnknownCodec: lessons have no rendition of that name.
        :raises BrokenLesson: there are none, or they do not match their index.
        """
        return Rendition.open(self.folder, name)


def read_lesson(folder: Path) -> Lesson:
    """Read a lesson's description and check that its files are there.

    :raises BrokenLesson: it cannot be read, or is of another format.
    """
    try:
        about = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        if about["format"] not in FORMATS:
            known = " or ".join(map(str, FORMATS))
            raise ValueError(f"expected format {known}, got {about['format']!r}; add it again")
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
            poses_version=int(about.get("poses_version", 1)),
            format=int(about["format"]),
            instructors=_read_instructors(about.get("instructors", [MIDDLE])),
        )
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise BrokenLesson(f"{folder.name}: cannot be read, {_describe(error)}") from error
    _check_files(lesson)
    return lesson


def write_description(folder: Path, about: dict[str, object]) -> None:
    """Write `lesson.json`, which is the last file of a new lesson."""
    (folder / DESCRIPTION).write_text(_to_json(about), "utf-8")


def rewrite_title(folder: Path, title: str) -> None:
    """Replace `lesson.json` by one with another title, in one step."""
    about = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    with atomic_write(folder / DESCRIPTION) as temp:
        temp.write_text(_to_json(about | {"title": title}), "utf-8")


def _to_json(about: dict[str, object]) -> str:
    return json.dumps({"format": FORMAT, **about}, indent=2, ensure_ascii=False) + "\n"


def poses_name(instructor: int) -> str:
    """The name of the file with the poses of that instructor."""
    return f"poses-{instructor}.npz" if instructor else POSES


def write_poses(folder: Path, track: PoseTrack, instructor: int = 0) -> None:
    """Write an instructor's poses: t_s (n,), xy (n, 18, 2) in 0..1 of the frame, score (n, 18)."""
    path = folder / poses_name(instructor)
    np.savez_compressed(path, t_s=track.t_s, xy=track.xy, score=track.confidence)


def _read_instructors(places: object) -> tuple[float, ...]:
    """
    :raises ValueError: not the places of 1 to 4 people.
    """
    if not isinstance(places, list) or not 1 <= len(places) <= MAX_INSTRUCTORS:
        raise ValueError(
            f"expected places of 1 to {MAX_INSTRUCTORS} instructors, got {places!r:.60}"
        )
    found = tuple(float(x) for x in places)
    if not all(math.isfinite(x) and 0 <= x <= 1 for x in found):
        raise ValueError(f"expected places of instructors from 0 to 1, got {places!r:.60}")
    return found


def _check_files(lesson: Lesson) -> None:
    """Check that nothing is missing; a folder edited by hand fails here, not in a session."""
    if min(lesson.width, lesson.height, lesson.duration_s, lesson.pose_fps) <= 0:
        raise BrokenLesson(f"{lesson.id}: expected a size, a length and a rate above 0")
    rendition_files = [
        path(lesson.folder, name)
        for name in renditions_of_format(lesson.format, has_audio=lesson.has_audio)
        for path in (index_path, payload_path)
    ]
    for path in [
        lesson.source_path,
        lesson.thumbnail_path,
        *(lesson.folder / poses_name(k) for k in range(len(lesson.instructors))),
        *rendition_files,
    ]:
        if not path.is_file():
            raise BrokenLesson(f"{lesson.id}: expected {path.name}, it is not there")


def _describe(error: BaseException) -> str:
    """The error's text; a KeyError alone would say only `'title'`."""
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
