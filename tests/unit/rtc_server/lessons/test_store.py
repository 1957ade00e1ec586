"""The lesson store finds complete lessons and skips broken ones; an id is never a path."""

import json
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import ANY

import numpy as np
import pytest

from rtc_server.cli import main
from rtc_server.errors import BadLessonId, BrokenLesson, LessonExists, UnknownLesson
from rtc_server.lessons.codecs import FORMAT, RENDITIONS
from rtc_server.lessons.lesson import read_lesson, write_description, write_poses
from rtc_server.lessons.renditions import RenditionWriter
from rtc_server.lessons.store import Lesson, LessonStore, check_id
from rtc_server.lessons.temp_files import temp_folder_beside
from rtc_server.types import PoseTrack

VIDEO = ("vp8", "h264", "vp8-low", "h264-low")


def fill(
    folder: Path,
    title: str = "A dance",
    samples: int = 5,
    renditions: Sequence[str] = VIDEO,
) -> None:
    """Write what a lesson of one second consists of."""
    track = PoseTrack(
        t_s=np.arange(samples) / 5,
        xy=np.full((samples, 18, 2), 0.25, np.float32),
        confidence=np.full((samples, 18), 0.5, np.float32),
        aspect=0.75,
    )
    write_poses(folder, track)
    for name in renditions:
        with RenditionWriter(folder, name) as writer:
            for k in range(30):
                writer.add(k / 30, title.encode(), key=k == 0)
    (folder / "thumbnail.jpg").write_bytes(b"jpeg")
    (folder / "source.mp4").write_bytes(b"video")
    about = {"title": title, "duration_s": 1.0, "width": 480, "height": 640, "pose_fps": 5.0}
    about |= {"model": "m", "source_sha256": "00", "source_name": "source.mp4"}
    write_description(folder, about | {"has_audio": "opus" in renditions, "samples": samples})


def put(
    store: LessonStore,
    id: str,
    title: str = "A dance",
    *,
    replace: bool = False,
    renditions: Sequence[str] = VIDEO,
    format: int = FORMAT,
) -> Lesson:
    with temp_folder_beside(store.folder / id) as folder:
        fill(folder, title, renditions=renditions)
        path = folder / "lesson.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"format": format}))
        return store.publish(folder, id, replace=replace)


@pytest.fixture
def store(tmp_path: Path) -> LessonStore:
    return LessonStore(tmp_path / "lessons")


def test_a_missing_folder_has_no_lessons(store: LessonStore) -> None:
    assert store.list() == []


def test_a_published_lesson_is_found(store: LessonStore) -> None:
    put(store, "b-dance")
    put(store, "a-dance")
    assert [lesson.id for lesson in store.list()] == ["a-dance", "b-dance"]
    lesson = store.get("a-dance")
    assert lesson.source_path.read_bytes() == b"video"
    assert lesson.thumbnail_path.read_bytes() == b"jpeg"
    assert len(lesson.rendition("vp8")) == 30


def test_poses_have_the_aspect_of_the_lesson(store: LessonStore) -> None:
    poses = put(store, "dance").poses()
    assert poses.aspect == 480 / 640
    assert poses.t_s.tolist() == [k / 5 for k in range(5)]
    assert (poses.xy == 0.25).all()


def test_metadata_is_json_without_paths(store: LessonStore) -> None:
    about = put(store, "dance").metadata()
    assert str(store.folder) not in json.dumps(about)
    assert about == {
        **{"id": "dance", "title": "A dance", "duration_s": 1.0, "width": 480, "height": 640},
        **{"pose_fps": 5.0, "has_audio": False, "samples": 5, "codecs": list(VIDEO)},
        "rates": [0.5, 0.75, 1.0],
        "thumbnails": {
            **{"count": 1, "every_s": 1, "columns": 1, "rows": 1, "width": 68, "height": 90}
        },
        "instructors": [{"x": 0.5}],
    }


def test_a_renamed_lesson_is_the_same_otherwise(store: LessonStore) -> None:
    before = put(store, "dance", "Old")
    after = store.rename("dance", "새 이름")
    assert after == store.get("dance") == replace(before, title="새 이름", size_bytes=ANY)
    assert sorted(p.name for p in store.folder.iterdir()) == ["dance"]
    assert not [p for p in (store.folder / "dance").iterdir() if p.name.startswith(".")]
    with pytest.raises(UnknownLesson):
        store.rename("tango", "Tango")


def test_ids_include_those_of_broken_lessons(store: LessonStore) -> None:
    put(store, "dance")
    (store.folder / "broken").mkdir()
    (store.folder / ".upload~0").mkdir()
    assert store.ids() == {"dance", "broken"}


def test_a_lesson_says_which_rates_and_renditions_it_has(store: LessonStore) -> None:
    lesson = put(store, "dance", renditions=RENDITIONS)
    assert lesson.renditions == list(RENDITIONS)
    assert all(lesson.has_rendition(name) for name in RENDITIONS)
    assert lesson.rates == (0.5, 0.75, 1.0)


def test_a_lesson_of_format_1_has_one_rate_and_one_bit_rate(store: LessonStore) -> None:
    lesson = put(store, "dance", renditions=("vp8", "h264", "opus"), format=1)
    assert store.get("dance") == lesson
    assert lesson.renditions == ["vp8", "h264", "opus"]
    assert (
        lesson.has_rendition("opus")
        and not lesson.has_rendition("opus-0.5")
        and not lesson.has_rendition("vp8-low")
    )
    assert lesson.rates == (1.0,)
    assert lesson.metadata()["rates"] == [1.0]


def test_a_silent_lesson_of_format_1_has_all_rates(store: LessonStore) -> None:
    """Playing the video slower needs no rendition of its own."""
    assert put(store, "dance", renditions=("vp8", "h264"), format=1).rates == (0.5, 0.75, 1.0)


def test_show_prints_rates_and_renditions(
    store: LessonStore, capsys: pytest.CaptureFixture[str]
) -> None:
    put(store, "dance", renditions=RENDITIONS)
    assert main(["lesson", "show", "dance", "--lessons", str(store.folder)]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert "rates        0.5, 0.75, 1.0" in shown
    assert f"codecs       {', '.join(RENDITIONS)}" in shown


@pytest.mark.parametrize("missing", ["vp8-low", "opus-0.75", "opus"])
def test_a_lesson_that_lacks_a_rendition_of_its_format_is_broken(
    store: LessonStore, missing: str
) -> None:
    put(store, "dance", renditions=RENDITIONS)
    (store.folder / "dance" / f"{missing}.bin").unlink()
    with pytest.raises(BrokenLesson, match=f"expected {missing}.bin, it is not there"):
        store.get("dance")


@pytest.mark.parametrize("id", ["", "A", "a/b", "..", "a b", "ä", "a" * 65, "a\n", ".a"])
def test_what_is_not_an_id_is_refused(store: LessonStore, id: str) -> None:
    with pytest.raises(BadLessonId, match="expected a lesson id"):
        check_id(id)
    with pytest.raises(BadLessonId):
        store.get(id)
    with pytest.raises(BadLessonId):
        store.remove(id)


def test_the_error_for_an_unknown_lesson_names_those_that_exist(store: LessonStore) -> None:
    put(store, "dance")
    with pytest.raises(UnknownLesson, match=r"lesson: expected one of \['dance'\], got 'waltz'"):
        store.get("waltz")
    with pytest.raises(UnknownLesson):
        store.remove("waltz")


def test_a_taken_id_is_refused_and_the_lesson_stays(store: LessonStore) -> None:
    put(store, "dance", "old")
    with pytest.raises(LessonExists, match="'dance' is taken"):
        put(store, "dance", "new")
    assert store.get("dance").title == "old"
    assert [p.name for p in store.folder.iterdir()] == ["dance"]


def test_replacing_leaves_the_old_packets_to_a_session_that_plays_them(store: LessonStore) -> None:
    playing = put(store, "dance", "old").rendition("vp8")
    put(store, "dance", "new", replace=True)
    assert playing.packet(29) == b"old"
    assert store.get("dance").rendition("vp8").packet(29) == b"new"
    assert [p.name for p in store.folder.iterdir()] == ["dance"]


def test_a_removed_lesson_is_gone(store: LessonStore) -> None:
    put(store, "dance")
    store.remove("dance")
    assert store.list() == []
    assert list(store.folder.iterdir()) == []


@pytest.mark.parametrize("name", ["poses.npz", "vp8.bin", "h264.index.npy", "thumbnail.jpg"])
def test_a_lesson_that_lacks_a_file_is_broken(store: LessonStore, name: str) -> None:
    lesson = put(store, "dance")
    (lesson.folder / name).unlink()
    with pytest.raises(BrokenLesson, match="dance: expected"):
        _ = store.get("dance").poses(), store.get("dance").rendition("vp8")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 0}', '{"format": 1}'])
def test_broken_lessons_are_skipped_with_a_warning(
    store: LessonStore, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    put(store, "whole")
    (put(store, "broken").folder / "lesson.json").write_text(text)
    with caplog.at_level(logging.WARNING):
        assert [lesson.id for lesson in store.list()] == ["whole"]
    assert "broken: cannot be read" in caplog.text
    with pytest.raises(BrokenLesson):
        store.get("broken")


@pytest.mark.parametrize("format", [0, 3, "2", None])
def test_an_unknown_format_is_refused(store: LessonStore, format: object) -> None:
    with pytest.raises(BrokenLesson, match=r"expected format 1 or 2, got .*; add it again"):
        put(store, "dance", format=format)  # type: ignore[arg-type]


def test_truncated_poses_are_an_error(store: LessonStore) -> None:
    lesson = put(store, "dance")
    path = lesson.folder / "poses.npz"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(BrokenLesson, match=r"expected poses in poses\.npz"):
        lesson.poses()


def test_lessons_need_no_codec_library() -> None:
    """The store serves HTTP, too: neither av nor OpenCV is loaded for it."""
    import subprocess
    import sys

    code = "import sys, rtc_server.lessons.store; print({'av', 'cv2'} & set(sys.modules))"
    root = Path(__file__).resolve().parents[4]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


def test_a_lesson_is_read_again_only_when_its_folder_has_changed(
    store: LessonStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with temp_folder_beside(store.folder / "dance") as folder:
        fill(folder)
        store.publish(folder, "dance")
    reads: list[Path] = []

    def read(folder: Path) -> Lesson:
        reads.append(folder)
        return read_lesson(folder)

    monkeypatch.setattr("rtc_server.lessons.store.read_lesson", read)

    def settle(age_s: float) -> None:
        for path in (store.folder / "dance" / "lesson.json", store.folder / "dance"):
            os.utime(path, (time.time() - age_s,) * 2)

    store.get("dance")
    store.get("dance")
    assert len(reads) == 2  # it may still be changing
    settle(60)
    for _ in range(5):
        assert [store.get("dance")] == store.list()
    assert len(reads) == 3
    assert store.rename("dance", "Another").title == "Another"
    (store.folder / "dance" / "poses.npz").unlink()
    settle(30)
    with pytest.raises(BrokenLesson):
        store.get("dance")
