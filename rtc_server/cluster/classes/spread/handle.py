"""The home host of a class, as the hosts of its other learners know it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from rtc_server.cluster.classes.spread.messages import (
    GuestPlace,
    GuestUpdate,
    HomeNews,
    HomeTime,
    PlaceRequest,
)


class GuestsHandle(Protocol):
    """What a guest host asks; see `home_guests.HomeGuests`."""

    async def take_place(self, code: str, request: PlaceRequest) -> GuestPlace: ...

    async def give_back(self, code: str, host: str, session: str) -> None:
        """The session could not be opened."""

    async def update(self, code: str, update: GuestUpdate) -> HomeTime: ...

    async def pull(self, code: str, host: str, offer_sdp: str) -> str:
        """Answer an offer to receive a live teacher's media."""

    async def wait_for_news(self, code: str, host: str, confirmed: int) -> HomeNews:
        """Wait a second, or until there are some.

        :param confirmed: the number of the last that came.
        """


class CalledGuests:
    """A `GuestsHandle` whose host is called by the names of its methods."""

    def __init__(self, call: Callable[..., Awaitable[Any]]) -> None:
        """:param call: takes the name of a method of the host, and its arguments."""
        self._call = call

    async def take_place(self, code: str, request: PlaceRequest) -> GuestPlace:
        place: GuestPlace = await self._call("classes.guests.take_place", code, request)
        return place

    async def give_back(self, code: str, host: str, session: str) -> None:
        await self._call("classes.guests.give_back", code, host, session)

    async def update(self, code: str, update: GuestUpdate) -> HomeTime:
        time: HomeTime = await self._call("classes.guests.update", code, update)
        return time

    async def pull(self, code: str, host: str, offer_sdp: str) -> str:
        answer: str = await self._call("classes.guests.pull", code, host, offer_sdp)
        return answer

    async def wait_for_news(self, code: str, host: str, confirmed: int) -> HomeNews:
        news: HomeNews = await self._call("classes.guests.wait_for_news", code, host, confirmed)
        return news
