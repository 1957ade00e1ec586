"""Which host gets the next learner. Pure; time is passed in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from rtc_server.cluster.reports import HostLoad, HostState

STALE_S = 3.0  # without a report; one comes each second
# What a learner costs who was placed since the last report, which does not know of them yet.
NEW_SESSION_CORES = 0.15
# Hosts whose loads differ by less are alike: then the one with fewer learners is taken.
ALIKE_CORES = 0.1


class Placeable(Protocol):
    """What placement needs to know of a host."""

    @property
    def state(self) -> HostState: ...

    @property
    def load(self) -> HostLoad | None: ...

    @property
    def reported_s(self) -> float: ...

    @property
    def placed(self) -> int:
        """Learners who were placed there since its last report."""


H = TypeVar("H", bound=Placeable)


def is_fresh(host: Placeable, now_s: float) -> bool:
    """Whether it can be relied on: it has reported lately, and has not ended."""
    return host.state != "gone" and now_s - host.reported_s < STALE_S


def is_open(host: Placeable, now_s: float) -> bool:
    """Whether it takes new learners."""
    return host.state == "ready" and is_fresh(host, now_s)


def sort_by_load(hosts: Iterable[H], now_s: float) -> list[H]:
    """The hosts that take new learners, the one to be asked first at the front."""
    return sorted((host for host in hosts if is_open(host, now_s)), key=_load_key)


def _load_key(host: Placeable) -> tuple[int, int]:
    load = host.load or HostLoad(0.0, 0, None)
    cores = load.cores + NEW_SESSION_CORES * host.placed
    return round(cores / ALIKE_CORES), load.sessions + host.placed
