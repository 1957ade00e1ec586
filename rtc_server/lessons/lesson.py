"""A lesson on disk: what it consists of, and how its folder is written and read."""

from __future__ import annotations

import json
import zipfile
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
from rtc_server.lessons.temp_files import file_beside
from rtc_server.lessons.timeline import Timeline
from rtc_server.types import PoseTrack

FORMATS = range(1, FORMAT + 1)  # that can be read: 1 has one bit rate, and audio at rate 1 only
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
    poses_version: int  # how its poses were found: see `extraction.POSES_VERSION`
    format: int  # of its folder: see `FORMAT`

    @property
    def source_path(self) -> Path:
        """The video as it was handed in."""
        return self.folder / self.source_name

    @property
    def thumbnail_path(self) -> Path:
        """A JPEG of a good moment."""
        return self.folder / THUMBNAIL

    @property
    def timeline(self) -> Timeline:
        """How small pictures of it lie beside each other, for a report's timeline."""
        return Timeline.of(self.duration_s, self.width / self.height)

    @property
    def renditions(self) -> list[str]:
        """The names of its renditions: none of audio if the lesson is silent."""
        return [name for name in RENDITIONS if self.has(name)]

    @property
    def rates(self) -> tuple[float, ...]:
        """The rates at which it can be played with its sound, rising: 1 is as it was filmed."""
        if not self.has_audio:
            return RATES
        return tuple(audio.rate for audio in AUDIO_VARIANTS if self.has(audio.name))

    def has(self, rendition: str) -> bool:
        """Whether it has the rendition of that name.

        :raises UnknownCodec: lessons have no rendition of that name.
        """
        return index_path(self.folder, rendition).exists()

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
            "codecs": self.renditions,
            "rates": list(self.rates),
            "thumbnails": self.timeline.describe(),
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
                    confidence=file["score"].astype(np.float32),
                    aspect=self.width / self.height,
                )
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise BrokenLesson(f"{self.id}: expected poses in {POSES}, {error}") from error

    def rendition(self, name: str) -> Rendition:
        """The packets of the rendition of that name, memory-mapped.

        :raises UnknownCodec: lessons have no rendition of that name.
        :raises BrokenLesson: there are none, or they do not fit their index.
        """
        return Rendition.open(self.folder, name)


def read_lesson(folder: Path) -> Lesson:
    """Read a lesson's description and see that what it names is there.

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
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenLesson(f"{folder.name}: cannot be read, {_said(error)}") from error
    _check_files(lesson)
    return lesson


def write_description(folder: Path, about: dict[str, object]) -> None:
    """Write `lesson.json`, the last file of a lesson that is being made."""
    (folder / DESCRIPTION).write_text(_description(about), "utf-8")


def rewrite_title(folder: Path, title: str) -> None:
    """Write `lesson.json` anew with another title, at once."""
    about = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    with file_beside(folder / DESCRIPTION) as part:
        part.write_text(_description(about | {"title": title}), "utf-8")


def _description(about: dict[str, object]) -> str:
    return json.dumps({"format": FORMAT, **about}, indent=2, ensure_ascii=False) + "\n"


def write_poses(folder: Path, track: PoseTrack) -> None:
    """Write `poses.npz`: t_s (n,), xy (n, 18, 2) in 0..1 of the picture, score (n, 18)."""
    np.savez_compressed(folder / POSES, t_s=track.t_s, xy=track.xy, score=track.confidence)


def _check_files(lesson: Lesson) -> None:
    """A folder that was edited by hand fails here, with a name, and not in a session."""
    if min(lesson.width, lesson.height, lesson.duration_s, lesson.pose_fps) <= 0:
        raise BrokenLesson(f"{lesson.id}: expected a size, a length and a rate above 0")
    wanted = [
        path(lesson.folder, name)
        for name in renditions_of_format(lesson.format, has_audio=lesson.has_audio)
        for path in (index_path, payload_path)
    ]
    for path in [lesson.source_path, lesson.thumbnail_path, lesson.folder / POSES, *wanted]:
        if not path.is_file():
            raise BrokenLesson(f"{lesson.id}: expected {path.name}, it is not there")


def _said(error: BaseException) -> str:
    """A missing field by its name: a bare KeyError would say only `'title'`."""
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
