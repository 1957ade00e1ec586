"""Checks a lesson that a worker process has made, before learners get it.

The worker has decoded a stranger's video. Its sandbox keeps it from everything but this folder; so
whatever lies in this folder may be what that stranger wants the server to read or to send.
"""

from __future__ import annotations

import json
import math
import re
import stat
import struct
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rtc_server.errors import BrokenLesson
from rtc_server.lessons.codecs import (
    AUDIO_RENDITIONS,
    FORMAT,
    RENDITIONS,
    VIDEO_RENDITIONS,
    VP8,
    renditions_of_format,
)
from rtc_server.lessons.lesson import (
    DESCRIPTION,
    MAX_INSTRUCTORS,
    THUMBNAIL,
    Lesson,
    poses_name,
    read_lesson,
)
from rtc_server.lessons.renditions import INDEX, Rendition, index_path, payload_path

SOURCE = re.compile(r"source\.[a-z0-9]{1,5}")
MAX_DESCRIPTION_BYTES = 16 * 1024
MAX_THUMBNAIL_BYTES = 4_000_000
MAX_HEADER_BYTES = 1024  # of a NumPy file
MAX_SIDE = 1280  # of a rendition's frames
MAX_SOURCE_SIDE = 8192
MAX_POSE_FPS = 30.0
MAX_PACKETS_PER_S = 110.0  # 100 of audio at half the rate, 30 of video
MAX_PACKET_BYTES = 4_000_000
JPEG = b"\xff\xd8\xff"
VP8_HEADER_BYTES = 10
VP8_START_CODE = b"\x9d\x01\x2a"  # RFC 6386, 9.1
POSE_ARRAYS = {"t_s.npy": 8, "xy.npy": 18 * 2 * 4, "score.npy": 18 * 4}  # bytes of a sample


def check_new_lesson(folder: Path, title: str, max_duration_s: float | None) -> Lesson:
    """Check every file in the folder, and that nothing else is there.

    :param max_duration_s: how long the lesson may be.
    :raises BrokenLesson: it is not what a worker writes.
    """
    try:
        _check_files(folder)
        lesson = _check_description(folder, title, max_duration_s)
        for instructor in range(len(lesson.instructors)):
            _check_poses(lesson, instructor)
        lesson.all_poses()
        for name in renditions_of_format(FORMAT, has_audio=lesson.has_audio):
            _check_rendition(lesson, name)
    except BrokenLesson:
        raise
    except Exception as error:  # NumPy, zipfile and json have many for what they cannot read
        raise BrokenLesson(
            f"expected a lesson as it is made, got {type(error).__name__}"
        ) from error
    return lesson


def _check_files(folder: Path) -> None:
    """Check that the folder holds plain files with known names: no links, folders or devices."""
    known = {DESCRIPTION, THUMBNAIL, *map(poses_name, range(MAX_INSTRUCTORS))}
    for name in RENDITIONS:
        known |= {index_path(folder, name).name, payload_path(folder, name).name}
    sources = 0
    for path in folder.iterdir():
        sources += bool(SOURCE.fullmatch(path.name))
        _require(path.name in known or SOURCE.fullmatch(path.name) is not None, "a known file")
        status = path.lstat()
        _require(stat.S_ISREG(status.st_mode) and status.st_nlink == 1, f"a plain {path.name}")
    _require(sources == 1, "one source")
    _require(_size(folder / DESCRIPTION) <= MAX_DESCRIPTION_BYTES, f"a small {DESCRIPTION}")
    _require(_size(folder / THUMBNAIL) <= MAX_THUMBNAIL_BYTES, f"a small {THUMBNAIL}")
    with (folder / THUMBNAIL).open("rb") as file:
        _require(file.read(len(JPEG)) == JPEG, f"a JPEG as {THUMBNAIL}")


def _check_description(folder: Path, title: str, max_duration_s: float | None) -> Lesson:
    """Check `lesson.json`: numbers that a video can have, and the title that was asked for."""
    about = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    _require(isinstance(about, dict) and about.get("title") == title, "the title as it was given")
    lesson = read_lesson(folder)
    _require(lesson.format == FORMAT, f"format {FORMAT}")
    _require(SOURCE.fullmatch(lesson.source_name) is not None, "a source")
    _require(min(lesson.width, lesson.height) > 0, "a size")
    _require(max(lesson.width, lesson.height) <= MAX_SOURCE_SIDE, "a size that videos have")
    _require(0 < lesson.pose_fps <= MAX_POSE_FPS, "a rate of samples")
    longest_s = math.inf if max_duration_s is None else max_duration_s + 1
    _require(0 < lesson.duration_s < min(longest_s, 1e6), "a length that was allowed")
    _require(0 < lesson.samples <= lesson.duration_s * lesson.pose_fps * 2 + 100, "its samples")
    _require(re.fullmatch(r"[0-9a-f]{64}", lesson.source_sha256) is not None, "a sha256")
    _require(re.fullmatch(r"[a-z0-9_-]{1,64}", lesson.model) is not None, "a model")
    return lesson


def _check_poses(lesson: Lesson, instructor: int) -> None:
    """Check `poses.npz` before it is unpacked: a small file can hold any amount of zeros."""
    with zipfile.ZipFile(lesson.folder / poses_name(instructor)) as file:
        sizes = {one.filename: one.file_size for one in file.infolist()}
        _require(len(file.infolist()) == len(POSE_ARRAYS), "three arrays of poses")
    _require(sizes.keys() == POSE_ARRAYS.keys(), "the arrays of poses")
    for name, bytes_each in POSE_ARRAYS.items():
        _require(sizes[name] <= lesson.samples * bytes_each + MAX_HEADER_BYTES, f"a small {name}")
    track = lesson.poses(instructor)
    n = lesson.samples
    shapes = (track.t_s.shape, track.xy.shape, track.confidence.shape)
    _require(shapes == ((n,), (n, 18, 2), (n, 18)), "poses of all samples")
    _require(bool(np.isfinite(track.t_s).all() and (np.diff(track.t_s) > 0).all()), "rising times")
    _require(not np.isinf(track.xy).any() and bool((np.abs(_found(track.xy)) < 100).all()), "poses")
    _require(bool(((track.confidence >= 0) & (track.confidence <= 10)).all()), "confidences")


def _check_rendition(lesson: Lesson, name: str) -> None:
    """Check an index before it is read, then the packets that it describes."""
    path = index_path(lesson.folder, name)
    packets = (_size(path) - MAX_HEADER_BYTES) // INDEX.itemsize
    _require(packets <= lesson.duration_s * MAX_PACKETS_PER_S + 100, f"an index of {name}")
    np.load(path, mmap_mode="r", allow_pickle=False)  # raises if it claims more than there is
    rendition = Rendition.open(lesson.folder, name)
    times_s, sizes = rendition.t_s, rendition.sizes
    _require(bool(np.isfinite(times_s).all()), f"times of {name}")
    _require(times_s[0] >= 0 and times_s[-1] <= lesson.duration_s + 1, f"times of {name}")
    _require(int(sizes.max()) <= MAX_PACKET_BYTES, f"packets of {name}")
    _require(rendition.is_back_to_back, f"packets of {name} back to back")
    if name in (VP8.name, VP8.low_name):
        _check_vp8_sizes(rendition)
    _require(name in VIDEO_RENDITIONS or name in AUDIO_RENDITIONS, name)


def _check_vp8_sizes(rendition: Rendition) -> None:
    """Check the size in each key frame: the server decodes them to draw the timeline."""
    for i in np.flatnonzero(rendition.key).tolist():
        packet = rendition.packet(i, VP8_HEADER_BYTES)
        _require(
            packet[3:6] == VP8_START_CODE and len(packet) == VP8_HEADER_BYTES, "key frames of VP8"
        )
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", packet[6:]))
        _require(min(width, height) > 0 and max(width, height) <= MAX_SIDE, "sizes of key frames")


def _found(xy: NDArray[np.float32]) -> NDArray[np.float32]:
    return xy[np.isfinite(xy)]


def _size(path: Path) -> int:
    return path.lstat().st_size


def _require(holds: bool, expected: str) -> None:
    """
    :raises BrokenLesson: it does not hold.
    """
    if not holds:
        raise BrokenLesson(f"expected {expected} in the new lesson, it is not so")
