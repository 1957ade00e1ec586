"""A host takes lessons of its machine, fetches those of others, and reads parts for other hosts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rtc_server.cluster.errors import LessonUnreachable
from rtc_server.cluster.host_lessons import HostLessons
from rtc_server.cluster.lesson_copies.catalog import LessonCatalog
from rtc_server.cluster.reports import LessonChange, LessonFacts
from rtc_server.config import Config
from rtc_server.errors import OtherLesson, UnknownLesson
from rtc_server.lessons.store import LessonStore
from tests.unit.rtc_server.cluster.lesson_copies.lesson_machines import OtherMachine
from tests.unit.rtc_server.lessons.test_store import put


class Finder:
    """Finds the host of the other machine, which asks its own lessons."""

    def __init__(self, machine: OtherMachine, folder: Path) -> None:
        config = Config(lessons=machine.store.folder, lesson_copies=folder / "copies there")
        self.there = HostLessons(config)
        self.catalog = LessonCatalog((machine.manifest,))

    async def find(self, _: str) -> Any:
        return self

    async def read_lesson_part(self, manifest_sha256: str, file: str, offset: int) -> bytes:
        return await self.there.read_part(self.catalog, manifest_sha256, file, offset)


def make_config(folder: Path) -> Config:
    return Config(lessons=folder / "here", lesson_copies=folder / "copies here")


async def test_a_lesson_of_this_machine_needs_no_other(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    own = put(LessonStore(config.lessons), "own")
    lessons = HostLessons(config)
    lesson, reference = await lessons.get("own", own.source_sha256)
    assert lesson == own
    assert (await lessons.get("own", own.source_sha256))[1] is reference
    with pytest.raises(OtherLesson, match="just been replaced"):
        await lessons.get("own", "another video")
    with pytest.raises(UnknownLesson):
        await lessons.get("moves", "0")


async def test_a_lesson_of_another_machine_is_fetched_from_a_host_there(tmp_path: Path) -> None:
    machine = OtherMachine(tmp_path / "there")
    finder: Any = Finder(machine, tmp_path)
    lessons = HostLessons(make_config(tmp_path), finder)
    lesson, _ = await lessons.get("moves", machine.lesson.source_sha256, machine.source)
    assert lesson.folder.parent.parent == tmp_path / "copies here"
    machine.store.remove("moves")
    assert (await lessons.get("moves", lesson.source_sha256, machine.source))[0] == lesson


async def test_nothing_is_read_that_the_front_has_not_published(tmp_path: Path) -> None:
    machine = OtherMachine(tmp_path / "there")
    finder = Finder(machine, tmp_path)
    for sha256, name in ((machine.manifest.sha256, "../secret"), ("0" * 64, "lesson.json")):
        with pytest.raises(UnknownLesson):
            await finder.read_lesson_part(sha256, name, 0)
    finder.catalog = LessonCatalog()
    nobody: Any = finder
    lessons = HostLessons(make_config(tmp_path), nobody)
    with pytest.raises(LessonUnreachable, match="not here any more"):
        await lessons.get("moves", machine.lesson.source_sha256, machine.source)


async def test_a_lesson_is_changed_with_its_copies_and_one_that_is_not_here_is_none(
    tmp_path: Path,
) -> None:
    machine = OtherMachine(tmp_path / "there")
    finder: Any = Finder(machine, tmp_path)
    lessons = HostLessons(make_config(tmp_path), finder)
    moves = LessonFacts("moves", machine.lesson.source_sha256)
    await lessons.change(LessonChange(moves, "A title"))  # it is not on this machine
    await lessons.get("moves", machine.lesson.source_sha256, machine.source)
    await lessons.change(LessonChange(moves, None))
    assert lessons._copies.list() == []
    for same_id in (LessonFacts("moves", "another video"), moves):
        await finder.there.change(LessonChange(same_id, f"Title of {same_id.source_sha256}"))
    assert machine.store.get("moves").title == "Title of 00"
    await finder.there.change(LessonChange(moves, None))
    assert machine.store.list() == []
