"""A front offers the lessons of all machines, and fetches one when it is used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.cluster.errors import LessonUnreachable
from rtc_server.cluster.lesson_copies.catalog import LessonCatalog, find_source
from rtc_server.cluster.reports import LessonChange, LessonFacts
from rtc_server.config import Config
from rtc_server.errors import BadLessonId, BundledLesson, UnknownLesson
from rtc_server.http.cluster.lessons import ClusterLessonStore
from rtc_server.lessons.store import LessonStore
from tests.unit.rtc_server.cluster.lesson_copies.lesson_machines import THERE, OtherMachine
from tests.unit.rtc_server.lessons.test_store import put

HERE = "dance-2 (10.0.0.2)"


class Hosts(list[Any]):
    """The pool of a front: one host here, one on the machine that has the lesson."""

    def __init__(self, there: OtherMachine) -> None:
        async def ask(question: Any) -> bytes:
            part: bytes = await question(self)
            return part

        self.there = there
        self.changed: list[tuple[str, str | None]] = []  # elsewhere
        own = SimpleNamespace(name="m2w1", machine=HERE, catalog=LessonCatalog())
        catalog = LessonCatalog((there.manifest,))
        super().__init__(
            [own, SimpleNamespace(name="m1w1", machine=THERE, catalog=catalog, ask=ask)]
        )
        self.peers = self

    def publish(self, catalog: LessonCatalog) -> None:
        self[0].catalog = catalog

    async def read_lesson_part(self, _: str, name: str, offset: int) -> bytes:
        file = next(one for one in self.there.manifest.files if one.name == name)
        return await self.there.read("m1w1", self.there.manifest, file, offset)

    async def change_lesson(self, change: LessonChange) -> None:
        self.changed.append((change.lesson.id, change.title))


class Front:
    """The lessons of machine 2, which has one of its own."""

    def __init__(self, folder: Path) -> None:
        self.there = OtherMachine(folder / "there")
        self.kept: set[Any] = set()
        self.hosts = Hosts(self.there)
        config = Config(lessons=folder / "lessons", lesson_copies=folder / "copies")
        self.own = put(LessonStore(config.lessons), "own")
        directory: Any = SimpleNamespace(
            pool=self.hosts,
            find_source=lambda one: find_source(self.hosts, one.id, one.source_sha256),
            list_kept_lessons=lambda: self.kept,
        )
        self.store = ClusterLessonStore(config, HERE, directory)


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    made = Front(tmp_path)
    yield made
    made.store.close()


async def test_lessons_are_listed_though_they_are_elsewhere(front: Front) -> None:
    await front.store._publish()
    assert [each["id"] for each in await front.store.describe_all()] == ["moves", "own"]
    assert front.there.asked == []
    assert [one.id for one in front.hosts[0].catalog.manifests] == ["own"]


async def test_a_lesson_is_fetched_at_its_first_use_and_published_as_a_copy(front: Front) -> None:
    assert (await front.store.get("moves")).title == "A dance"
    asked = len(front.there.asked)
    await front.store.get("moves")
    assert len(front.there.asked) == asked == len(front.there.manifest.files)
    await front.store._publish()
    origins = {one.id: one.origin for one in front.hosts[0].catalog.manifests}
    assert origins == {"own": HERE, "moves": THERE}


async def test_a_cover_comes_alone_and_once(front: Front) -> None:
    for _ in range(2):
        assert await front.store.get_cover("moves") == b"jpeg"
    assert front.there.asked == ["thumbnail.jpg"]
    assert await front.store.get_cover("own") == front.own.thumbnail_path


async def test_the_lesson_of_an_attempt_of_another_machine_is_copied(front: Front) -> None:
    await front.store._publish()
    manifest = front.there.manifest
    front.kept = {LessonFacts("own", front.own.source_sha256)}
    await front.store._copy_kept()
    assert front.there.asked == []
    front.kept = {LessonFacts("moves", manifest.source_sha256)}
    await front.store._copy_kept()
    front.hosts.pop()  # that machine is lost
    await front.store._publish()
    assert (await front.store.get("moves")).id == "moves"


async def test_what_no_machine_has_is_unknown_and_what_cannot_be_fetched_is_said(
    front: Front,
) -> None:
    with pytest.raises(UnknownLesson, match="'moves'"):
        await front.store.get("nothing")
    with pytest.raises(BadLessonId):
        await front.store.get("../moves")
    front.there.lost.add("m1w1")
    with pytest.raises(LessonUnreachable):
        await front.store.get("moves")
    with pytest.raises(LessonUnreachable):
        await front.store.get_cover("moves")


async def test_a_lesson_is_renamed_and_removed_where_it_is(front: Front) -> None:
    assert (await front.store.rename("moves", "New")).title == "New"
    await front.store.remove("moves")
    await front.store.remove("own")
    assert front.hosts.changed == [("moves", "New"), ("moves", None), ("own", None)]
    with pytest.raises(UnknownLesson):
        await front.store.remove("nothing")
    with pytest.raises(BundledLesson):
        await front.store.remove("demo")
