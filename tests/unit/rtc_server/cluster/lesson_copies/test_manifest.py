"""A lesson's hash follows from its files, and a manifest leads out of no folder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rtc_server.cluster.lesson_copies.manifest import build_manifest, read_manifest
from rtc_server.errors import BadLessonId
from rtc_server.lessons.lesson import Lesson, write_poses
from tests.unit.rtc_server.cluster.lesson_copies.lesson_machines import OtherMachine


def test_the_same_files_have_the_same_hash_and_another_title_another_one(tmp_path: Path) -> None:
    one, same = OtherMachine(tmp_path / "a"), OtherMachine(tmp_path / "b")
    assert one.manifest.sha256 == same.manifest.sha256
    renamed = same.store.rename("moves", "Another title")
    again = build_manifest(renamed, same.manifest.origin, lambda lesson: lesson.metadata())
    assert again.sha256 != one.manifest.sha256
    assert again.source_sha256 == one.manifest.source_sha256


def test_only_what_a_lesson_consists_of_is_copied(tmp_path: Path) -> None:
    machine = OtherMachine(tmp_path)
    (machine.lesson.folder / "thumbnails.jpg").write_bytes(b"follows from the rest")
    names = {file.name for file in machine.manifest.files}
    assert {"lesson.json", "poses.npz", "thumbnail.jpg", "source.mp4"} < names
    assert "thumbnails.jpg" not in names
    assert machine.manifest.thumbnail.size == 4


def test_the_poses_of_all_instructors_are_copied(tmp_path: Path) -> None:
    lesson = OtherMachine(tmp_path).lesson
    write_poses(lesson.folder, lesson.poses(), instructor=1)
    manifest = build_manifest(replace(lesson, instructors=(0.3, 0.7)), "a", Lesson.metadata)
    assert {"poses.npz", "poses-1.npz"} < {file.name for file in manifest.files}


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    manifest = OtherMachine(tmp_path).manifest
    assert read_manifest(manifest.to_json()) == manifest


@pytest.mark.parametrize("name", ["../lesson.json", "/etc/passwd", "a/b", ".", "..", ".hidden", ""])
def test_no_file_of_a_manifest_is_elsewhere(tmp_path: Path, name: str) -> None:
    about = json.loads(OtherMachine(tmp_path).manifest.to_json())
    about["files"][0]["name"] = name
    with pytest.raises(ValueError, match="names of files"):
        read_manifest(json.dumps(about))


def test_no_id_of_a_manifest_is_a_path(tmp_path: Path) -> None:
    about = json.loads(OtherMachine(tmp_path).manifest.to_json()) | {"id": "../moves"}
    with pytest.raises(BadLessonId):
        read_manifest(json.dumps(about))


@pytest.mark.parametrize("text", ["{}", "[]", '{"files": [{}]}', "no JSON"])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_manifest(text)
