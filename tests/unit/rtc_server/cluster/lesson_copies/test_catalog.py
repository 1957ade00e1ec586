"""Each lesson is listed once; a copy stands for a lesson whose machine is away."""

from __future__ import annotations

from dataclasses import dataclass

from rtc_server.cluster.lesson_copies.catalog import LessonCatalog, find_source, list_lessons
from rtc_server.cluster.lesson_copies.manifest import LessonFile, LessonManifest


@dataclass
class Holder:
    """A host, and what its machine has."""

    name: str
    machine: str
    catalog: LessonCatalog


def lesson(id: str, origin: str, title: str = "") -> LessonManifest:
    files = (LessonFile("lesson.json", 2, title),)
    return LessonManifest(id, f"video of {id}", origin, files, {"id": id})


def host(name: str, machine: str, *manifests: LessonManifest) -> Holder:
    return Holder(name, machine, LessonCatalog(manifests))


A, B = "a (10.0.0.1)", "b (10.0.0.2)"
DEMO_A, DEMO_B, MOVES = lesson("demo", A), lesson("demo", B), lesson("moves", A)


def ids(*hosts: Holder) -> list[str]:
    return [manifest.id for manifest in list_lessons(hosts)]


def test_the_lessons_of_all_machines_are_listed_once() -> None:
    first = (host("m1w1", A, DEMO_A, MOVES), host("m1w2", A, DEMO_A, MOVES))
    assert list_lessons((host("m2w1", B, DEMO_B), *first)) == [DEMO_A, MOVES]


def test_a_copy_is_listed_only_while_its_machine_is_away() -> None:
    copying = host("m2w1", B, DEMO_B, MOVES)
    assert ids(copying) == ["demo", "moves"]
    assert ids(copying, host("m1w1", A, DEMO_A)) == ["demo"]  # it was removed there


def test_every_host_that_has_a_lesson_is_named_its_own_machine_first() -> None:
    hosts = (host("m2w1", B, MOVES), host("m1w2", A, MOVES), host("m1w1", A, MOVES))
    source = find_source(hosts, "moves", "video of moves")
    assert source is not None and source.hosts == ("m1w1", "m1w2", "m2w1")
    assert find_source(hosts, "moves", "another video") is None
    assert find_source(hosts, "demo", "video of demo") is None


def test_the_title_that_its_own_machine_has_is_the_right_one() -> None:
    renamed = lesson("moves", A, "new")
    hosts = (host("m2w1", B, MOVES), host("m1w1", A, renamed))
    source = find_source(hosts, "moves", "video of moves")
    assert source is not None and (source.manifest, source.hosts) == (renamed, ("m1w1",))
