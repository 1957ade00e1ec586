"""The classes of a session host as the front knows them, wherever the host runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from rtc_server.classes.directory import ClassFacts
from rtc_server.cluster.classes.orders import ClassOrder, SeatOrder
from rtc_server.cluster.classes.spread.handle import CalledGuests, GuestsHandle
from rtc_server.cluster.reports import OpenedSession
from rtc_server.webrtc.trickle import Fragment


class ClassesHandle(Protocol):
    """What the front asks of a host's classes; see `HostHandle`, and `host_classes.HostClasses`."""

    async def open(self, order: ClassOrder) -> ClassFacts: ...

    async def find(self, code: str) -> ClassFacts | None:
        """Whether the host has a class of that code which runs."""

    async def describe(self, code: str) -> dict[str, object]: ...

    async def report(self, code: str) -> dict[str, Any]: ...

    async def end(self, code: str) -> None: ...

    async def take_seat(self, order: SeatOrder) -> OpenedSession: ...

    async def open_encoder(self, code: str, offer_sdp: str, address: str) -> tuple[str, str]: ...

    async def add_encoder_fragment(
        self, code: str, id: str, fragment: Fragment, address: str
    ) -> str | None: ...

    async def close_encoder(self, code: str, id: str) -> None: ...

    @property
    def guests(self) -> GuestsHandle: ...


class CalledClasses:
    """A `ClassesHandle` whose host is called by the names of its methods."""

    def __init__(self, call: Callable[..., Awaitable[Any]]) -> None:
        """:param call: takes the name of a method of the host, and its arguments."""
        self._call = call
        self.guests = CalledGuests(call)

    async def open(self, order: ClassOrder) -> ClassFacts:
        facts: ClassFacts = await self._call("classes.open", order)
        return facts

    async def find(self, code: str) -> ClassFacts | None:
        facts: ClassFacts | None = await self._call("classes.find", code)
        return facts

    async def describe(self, code: str) -> dict[str, object]:
        described: dict[str, object] = await self._call("classes.describe", code)
        return described

    async def report(self, code: str) -> dict[str, Any]:
        report: dict[str, Any] = await self._call("classes.report", code)
        return report

    async def end(self, code: str) -> None:
        await self._call("classes.end", code)

    async def take_seat(self, order: SeatOrder) -> OpenedSession:
        opened: OpenedSession = await self._call("classes.take_seat", order)
        return opened

    async def open_encoder(self, code: str, offer_sdp: str, address: str) -> tuple[str, str]:
        answer: tuple[str, str] = await self._call("classes.open_encoder", code, offer_sdp, address)
        return answer

    async def add_encoder_fragment(
        self, code: str, id: str, fragment: Fragment, address: str
    ) -> str | None:
        answer: str | None = await self._call(
            "classes.add_encoder_fragment", code, id, fragment, address
        )
        return answer

    async def close_encoder(self, code: str, id: str) -> None:
        await self._call("classes.close_encoder", code, id)
