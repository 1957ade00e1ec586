"""A lesson that a worker has made is checked file by file before learners get it."""

from __future__ import annotations

import json
import os
import shutil
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rtc_server.errors import BrokenLesson
from rtc_server.lessons.lesson import Lesson, read_lesson, write_poses
from rtc_server.lessons.new_lesson import check_new_lesson
from rtc_server.lessons.renditions import INDEX
from rtc_server.types import PoseTrack

TITLE = "Short"


@pytest.fixture
def folder(short_lesson: Lesson, tmp_path: Path) -> Path:
    # As it was made: without what a server of another test may have derived from it.
    derived = shutil.ignore_patterns("poses.json", "poses.csv", "thumbnails.jpg")
    return shutil.copytree(short_lesson.folder, tmp_path / "lesson", ignore=derived)


def test_a_lesson_as_it_is_made_is_accepted(folder: Path) -> None:
    assert check_new_lesson(folder, TITLE, 60.0).duration_s == pytest.approx(5.0)


def test_a_lesson_may_have_several_instructors(folder: Path) -> None:
    add_instructor(lambda track: track)(folder)
    assert check_new_lesson(folder, TITLE, 60.0).instructors == (0.3, 0.7)


def replace_by_link(name: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).symlink_to("/etc/passwd")

    return change


def replace_by_hard_link(folder: Path) -> None:
    other = folder.parent / "other"
    other.write_bytes((folder / "thumbnail.jpg").read_bytes())
    (folder / "thumbnail.jpg").unlink()
    os.link(other, folder / "thumbnail.jpg")


def replace_by_fifo(folder: Path) -> None:
    (folder / "vp8.bin").unlink()
    os.mkfifo(folder / "vp8.bin")


def describe(**fields: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        about = json.loads((folder / "lesson.json").read_text("utf-8"))
        (folder / "lesson.json").write_text(json.dumps(about | fields), "utf-8")

    return change


def write(name: str, data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(data)


def append(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + b"more")


def index(name: str, field: str, row: int, value: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        rows = np.load(folder / f"{name}.index.npy")
        rows[field][row] = value
        np.save(folder / f"{name}.index.npy", rows)

    return change


def claim_more_rows(folder: Path) -> None:
    """An index whose header tells of a billion packets: reading it would take the memory first."""
    path = folder / "vp8.index.npy"
    rows = np.load(path)
    data = path.read_bytes()
    header = data[10:128].replace(f"({len(rows)},)".encode(), b"(1000000000,)")
    path.write_bytes(data[:10] + header.rstrip().ljust(117) + b"\n" + data[128:])


def break_header(folder: Path) -> None:
    path = folder / "vp8.index.npy"
    path.write_bytes(path.read_bytes().replace(b"}", b"("))


def pack_zeros(folder: Path) -> None:
    """Poses of a gigabyte of zeros, in a file of a megabyte."""
    with zipfile.ZipFile(folder / "poses.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name in ("t_s.npy", "xy.npy", "score.npy"):
            with file.open(name, "w", force_zip64=True) as member:
                for _ in range(16):
                    member.write(bytes(1 << 20))


def pack_objects(folder: Path) -> None:
    np.savez(folder / "poses.npz", t_s=np.array([{}]), xy=np.array([{}]), score=np.array([{}]))


def add_instructor(change: Callable[[PoseTrack], PoseTrack]) -> Callable[[Path], object]:
    def add(folder: Path) -> None:
        write_poses(folder, change(read_lesson(folder).poses()), 1)
        describe(instructors=[0.3, 0.7])(folder)

    return add


def enlarge_key_frame(folder: Path) -> None:
    rows = np.load(folder / "vp8.index.npy")
    data = bytearray((folder / "vp8.bin").read_bytes())
    last = rows[rows["key"]][-1]
    at = int(last["offset"]) + 6
    data[at : at + 4] = struct.pack("<HH", 16383, 16383)
    (folder / "vp8.bin").write_bytes(bytes(data))


@pytest.mark.parametrize(
    "change",
    [
        *map(replace_by_link, ("thumbnail.jpg", "vp8.bin", "lesson.json", "poses.npz")),
        *(
            replace_by_hard_link,
            replace_by_fifo,
            claim_more_rows,
            break_header,
            pack_zeros,
            pack_objects,
        ),
        enlarge_key_frame,
        write("index.html", b"<script>"),
        write("source.mp4.html", b"<script>"),
        write("source.webm", b"a second one"),
        write("thumbnail.jpg", b"<svg>"),
        write("thumbnail.jpg", b"\xff\xd8\xff" + bytes(5_000_000)),
        write("thumbnails.jpg", b"drawn by the server itself"),
        write("lesson.json", b"[" * 16_000),
        write("lesson.json", b"{}" + b" " * 20_000),
        write("poses.npz", b"no zip"),
        write("vp8.index.npy", b"\x93NUMPY"),
        lambda folder: (folder / "more").mkdir(),
        lambda folder: (folder / "h264.bin").unlink(),
        lambda folder: (folder / "source.mp4").unlink(),
        *(describe(title="Another"), describe(title=["Short"]), describe(format=1)),
        *(describe(source_name="../../secret.mp4"), describe(source_name="lesson.json")),
        *(describe(duration_s=1e9), describe(duration_s=float("inf")), describe(duration_s=-1)),
        *(describe(width=float("inf")), describe(width=10**6), describe(height=0)),
        *(describe(samples=10**9), describe(samples=24), describe(pose_fps=1e9)),
        *(describe(pose_fps=float("nan")), describe(model="<b>"), describe(source_sha256="x")),
        *(describe(has_audio=True), describe(duration_s=70.0)),
        *(describe(instructors=[0.3, 0.7]), describe(instructors=[]), describe(instructors=[7])),
        add_instructor(lambda track: replace(track, xy=track.xy * 1e9)),
        add_instructor(lambda track: replace(track, t_s=track.t_s + 0.1)),
        add_instructor(lambda track: replace(track, confidence=track.confidence * 100)),
        *(index("vp8", "offset", 3, 2**63 - 1), index("vp8", "size", 3, -1)),
        *(index("vp8", "t_s", 3, float("nan")), index("h264", "t_s", 74, 1e9)),
        *(index("h264", "offset", 5, 0), append("h264.bin")),
        *(index("h264", "t_s", 0, -5.0), index("h264", "size", 3, 2**31 - 1)),
    ],
)
def test_what_no_worker_writes_is_refused(change: Callable[[Path], object], folder: Path) -> None:
    change(folder)
    with pytest.raises(BrokenLesson):
        check_new_lesson(folder, TITLE, 60.0)


def test_the_index_is_not_longer_than_the_lesson(folder: Path) -> None:
    rows = np.zeros(100_000, INDEX)
    rows["t_s"] = np.linspace(0, 5, len(rows))
    rows["key"] = True
    np.save(folder / "h264.index.npy", rows)
    with pytest.raises(BrokenLesson, match="an index of h264"):
        check_new_lesson(folder, TITLE, 60.0)
