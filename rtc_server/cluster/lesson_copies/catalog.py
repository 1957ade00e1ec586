"""Which lessons there are on all machines, as one of them knows it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rtc_server.cluster.lesson_copies.fetch import LessonSource
from rtc_server.cluster.lesson_copies.manifest import LessonManifest


@dataclass(frozen=True, eq=False, slots=True)
class LessonCatalog:
    """What one machine has: lessons that were made there, and copies."""

    manifests: tuple[LessonManifest, ...] = ()


class CatalogHolder(Protocol):
    """A host whose machine's lessons are known."""

    @property
    def name(self) -> str: ...
    @property
    def machine(self) -> str: ...
    @property
    def catalog(self) -> LessonCatalog: ...


def list_lessons(hosts: Iterable[CatalogHolder]) -> Sequence[LessonManifest]:
    """Each lesson once, by id.

    Of several with the same id, that of the machine whose name comes first. A copy stands for its
    lesson as long as the machine that made it is away: were it there, it would know better.
    """
    known = sorted(hosts, key=lambda host: (host.machine, host.name))
    machines = {host.machine for host in known}
    found: dict[str, LessonManifest] = {}
    for host in known:
        for one in host.catalog.manifests:
            if one.origin == host.machine:
                found.setdefault(one.id, one)
    for host in known:
        for one in host.catalog.manifests:
            if one.origin not in machines:
                found.setdefault(one.id, one)
    return [found[id] for id in sorted(found)]


def find_source(hosts: Iterable[CatalogHolder], id: str, source_sha256: str) -> LessonSource | None:
    """Who has that version of a lesson; None: nobody does.

    The machine that made it comes first, and so does its newest title.
    """
    known = list(hosts)
    having = [
        (one.origin != host.machine, one.sha256, host.name, one)
        for host in known
        for one in host.catalog.manifests
        if (one.id, one.source_sha256) == (id, source_sha256)
    ]
    if not having:
        return None
    having.sort(key=lambda entry: entry[:3])
    manifest = having[0][3]
    names = (name for _, _, name, one in having if one.sha256 == manifest.sha256)
    return LessonSource(manifest, tuple(names))
