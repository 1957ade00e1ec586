"""What a host's reports say of its classes, to each front."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping

from rtc_server.classes.local import build_facts
from rtc_server.classes.registry import ClassRegistry
from rtc_server.cluster.classes.orders import KeptClass

REPORT_EVERY_S = 5.0  # so much of a class's report is lost with its host
OVER = float("inf")  # when a class is told of again that has ended
LINGER_S = 3.0  # after a class's end, before a host that drains ends: all fronts have asked by then


class HostClassNews:
    """Which classes there are, and their reports up to now; those of ended ones are told once."""

    def __init__(self, registry: ClassRegistry, now: Callable[[], float]) -> None:
        self._registry, self._now = registry, now
        self._last_s = float("-inf")  # when there was one that last

    @property
    def is_busy(self) -> bool:
        """Whether a class runs, or has just ended."""
        if [*self._registry]:
            self._last_s = self._now()
        return self._now() - self._last_s < LINGER_S

    def collect(self, told: MutableMapping[str, float]) -> tuple[KeptClass, ...]:
        """What a front has to know now.

        :param told: when that front is to be told of each class again, by its code.
        """
        now_s, found = self._now(), []
        ended = self._registry.list_ended()
        for room in self._registry:
            if told.get(room.code, now_s) <= now_s:
                told[room.code] = now_s + REPORT_EVERY_S
                found.append(KeptClass(build_facts(room), False, room.report()))
        for room in ended:
            if told.get(room.code) != OVER:
                told[room.code] = OVER
                found.append(KeptClass(build_facts(room), True, room.report()))
        for code in told.keys() - {one.code for one in (*self._registry, *ended)}:
            del told[code]
        return tuple(found)
