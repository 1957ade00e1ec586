"""Which classes there are on all hosts, and the reports of those that have ended. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rtc_server.classes.directory import ClassFacts
from rtc_server.classes.limits import ENDED_S, MAX_ENDED
from rtc_server.cluster.classes.orders import KeptClass


@dataclass(frozen=True, slots=True)
class PlacedClass:
    """One that runs."""

    facts: ClassFacts
    host: str  # its name
    report: Mapping[str, Any] | None  # up to some seconds ago


@dataclass(frozen=True, slots=True)
class EndedClass:
    """One that has ended."""

    facts: ClassFacts
    report: Mapping[str, Any] | None  # None: its host was lost before the first one came
    is_lost: bool  # with its host


class ClassStore:
    """What a front knows of classes: it opened them itself, or a host's report told of them."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._running: dict[str, PlacedClass] = {}  # by code
        self._ended: OrderedDict[str, tuple[float, EndedClass]] = OrderedDict()  # until when

    def __contains__(self, code: str) -> bool:
        return self.find(code) is not None or self.find_ended(code) is not None

    def add(self, facts: ClassFacts, host: str) -> PlacedClass:
        """A class was opened, or found, on that host."""
        placed = PlacedClass(facts, host, None)
        return self._running.setdefault(facts.code, placed)

    def update(self, host: str, news: Iterable[KeptClass]) -> None:
        """Take what a host's report says of its classes."""
        for one in news:
            code = one.facts.code
            if one.is_over:
                self._end(EndedClass(one.facts, one.report, is_lost=False))
            else:
                self._running[code] = PlacedClass(one.facts, host, one.report)
                self._ended.pop(code, None)  # its host was taken for lost

    def on_host_gone(self, host: str) -> None:
        """A host has ended, or died: its classes have ended."""
        for one in self.list_running():
            if one.host == host:
                self._end(EndedClass(one.facts, one.report, is_lost=True))

    def find(self, code: str) -> PlacedClass | None:
        """One that runs."""
        return self._running.get(code)

    def find_ended(self, code: str) -> EndedClass | None:
        """One that has ended within two hours."""
        while self._ended and next(iter(self._ended.values()))[0] <= self._now():
            self._ended.popitem(last=False)
        _, ended = self._ended.get(code, (0.0, None))
        return ended

    def list_running(self) -> list[PlacedClass]:
        return list(self._running.values())

    def _end(self, ended: EndedClass) -> None:
        code = ended.facts.code
        self._running.pop(code, None)
        self._ended[code] = self._now() + ENDED_S, ended
        while len(self._ended) > MAX_ENDED:
            self._ended.popitem(last=False)
