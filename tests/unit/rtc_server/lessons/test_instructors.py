"""A lesson has the poses of each of its instructors, and says where they stand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rtc_server.errors import BrokenLesson
from rtc_server.lessons.lesson import Lesson, write_poses
from rtc_server.lessons.store import LessonStore
from rtc_server.types import PoseTrack
from tests.unit.rtc_server.lessons.test_store import put


def add_instructor(lesson: Lesson, places: object, *, later_s: float = 0.0) -> None:
    first = lesson.poses()
    other = PoseTrack(first.t_s + later_s, first.xy + 0.5, first.confidence, first.aspect)
    write_poses(lesson.folder, other, instructor=1)
    path = lesson.folder / "lesson.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"instructors": places}))


@pytest.fixture
def store(tmp_path: Path) -> LessonStore:
    return LessonStore(tmp_path / "lessons")


def test_each_has_poses_and_a_place(store: LessonStore) -> None:
    add_instructor(put(store, "duo"), [0.3, 0.7])
    lesson = store.get("duo")
    assert lesson.metadata()["instructors"] == [{"x": 0.3}, {"x": 0.7}]
    first, second = lesson.all_poses()
    np.testing.assert_array_equal(first.xy, lesson.poses().xy)
    assert (second.xy == 0.75).all()


def test_a_lesson_that_says_nothing_has_one(store: LessonStore) -> None:
    lesson = put(store, "dance")
    assert lesson.instructors == (0.5,) and len(lesson.all_poses()) == 1


def test_poses_of_other_moments_are_broken(store: LessonStore) -> None:
    add_instructor(put(store, "duo"), [0.3, 0.7], later_s=0.1)
    with pytest.raises(BrokenLesson, match="at the same times"):
        store.get("duo").all_poses()


@pytest.mark.parametrize(
    "places",
    [[], [0.5] * 5, [0.5, 1.5], [0.5, float("nan")], ["left", "right"], 2, [0.2, 0.4, 0.6]],
)
def test_places_that_cannot_be_are_broken(store: LessonStore, places: object) -> None:
    add_instructor(put(store, "duo"), places)
    with pytest.raises(BrokenLesson):
        store.get("duo")
