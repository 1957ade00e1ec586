"""The classes of a host that have learners on other hosts; its methods are `GuestsHandle`'s."""

from __future__ import annotations

from collections.abc import Callable

from rtc_server.classes.registry import ClassRegistry
from rtc_server.cluster.classes.spread.home_class import HomeClass
from rtc_server.cluster.classes.spread.messages import (
    GuestPlace,
    GuestUpdate,
    HomeNews,
    HomeTime,
    PlaceRequest,
)
from rtc_server.metrics import Metrics


class HomeGuests:
    """What guest hosts ask of this host."""

    def __init__(
        self,
        registry: ClassRegistry,
        machine: str,
        now: Callable[[], float],
        metrics: Metrics,
        add_addresses: Callable[[str], str],
    ) -> None:
        """:param machine: processes of one machine have one clock.
        :param add_addresses: adds this machine's public addresses to an answer.
        """
        self._add_addresses = add_addresses
        self._registry, self._machine = registry, machine
        self._now, self._metrics = now, metrics
        self._classes: dict[str, HomeClass] = {}  # by code

    async def take_place(self, code: str, request: PlaceRequest) -> GuestPlace:
        """A place for a session that a guest host is about to open.

        :raises UnknownClass, ClassEnded, NameTaken, ClassFull: there is none.
        """
        self._registry.get(code)  # it has not ended
        return self._find(code).take_place(request)

    async def give_back(self, code: str, host: str, session: str) -> None:
        """The session could not be opened."""
        self._find(code).give_back(host, session)

    async def update(self, code: str, update: GuestUpdate) -> HomeTime:
        """Take what is new on a guest host.

        :raises UnknownClass: it is not here.
        """
        received_s = self._now()
        self._find(code).update(update)
        return HomeTime(received_s, self._machine)

    async def wait_for_news(self, code: str, host: str, confirmed: int) -> HomeNews:
        """Wait a second, or until there is something to be told.

        :raises UnknownClass: it is not here.
        """
        return await self._find(code).wait_for_news(host, confirmed)

    async def pull(self, code: str, host: str, offer_sdp: str) -> str:
        """Answer a guest host's offer to receive a live teacher's media.

        :raises UnknownClass, ClassEnded, NotLive: there is none.
        """
        self._registry.get(code)
        return self._add_addresses(await self._find(code).pull(host, offer_sdp))

    def _find(self, code: str) -> HomeClass:
        for known in [*self._classes]:
            if self._classes[known].room.is_complete:
                self._classes.pop(known).close()
        if code not in self._classes:
            room = self._registry.get_known(code)
            self._classes[code] = HomeClass(room, self._now, self._metrics)
        return self._classes[code]
