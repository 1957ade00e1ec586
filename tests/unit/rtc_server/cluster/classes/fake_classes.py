"""The classes of a fake host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rtc_server.classes.directory import ClassFacts
from rtc_server.classes.errors import ClassEnded
from rtc_server.cluster.classes.orders import ClassOrder, KeptClass, SeatOrder
from rtc_server.cluster.reports import OpenedSession, SessionOrder
from rtc_server.errors import TandemError
from rtc_server.webrtc.trickle import Fragment


class FakeClasses:
    """A `ClassesHandle`: classes that have nothing but facts."""

    def __init__(self, answer: Callable[[], None], orders: dict[str, SessionOrder]) -> None:
        """:param answer: raises where the host is lost; `orders`: the sessions that run."""
        self._answer, self._orders = answer, orders
        self.running: dict[str, ClassFacts] = {}
        self.ended: dict[str, ClassFacts] = {}
        self.seats: list[SeatOrder] = []
        self.orders: list[ClassOrder] = []
        self.refusal: TandemError | None = None  # of the next order
        self.is_told = True  # reports have them

    def list_news(self) -> tuple[KeptClass, ...]:
        if not self.is_told:
            return ()
        kept = [KeptClass(one, False, {"code": one.code}) for one in self.running.values()]
        return (*kept, *(KeptClass(one, True, {"code": one.code}) for one in self.ended.values()))

    async def open(self, order: ClassOrder) -> ClassFacts:
        self._answer()
        if self.refusal is not None:
            raise self.refusal
        self.orders.append(order)
        facts = ClassFacts(
            *(order.code, f"token of {order.code}", order.options.kind, order.owner),
            *(order.address, order.lesson or f"live-{order.code}", order.source_sha256),
        )
        self.running[order.code] = facts
        return facts

    async def find(self, code: str) -> ClassFacts | None:
        self._answer()
        return self.running.get(code)

    async def describe(self, code: str) -> dict[str, object]:
        return {"code": self._get(code).code}

    async def report(self, code: str) -> dict[str, Any]:
        return {"code": code, "complete": code in self.ended}

    async def end(self, code: str) -> None:
        self.ended[code] = self._get(code)
        del self.running[code]

    async def take_seat(self, order: SeatOrder) -> OpenedSession:
        self._answer()
        arrival, guest = order.arrival, order.guest
        if guest is not None:  # of a class of another host
            lesson = guest.lesson, guest.source_sha256
        else:
            facts = self._get(order.code)
            lesson = facts.lesson_id, facts.source_sha256
        if self.refusal is not None:
            raise self.refusal
        self.seats.append(order)
        self._orders[order.session] = SessionOrder(
            *(order.session, *lesson, arrival.mirror, False),
            *(arrival.learner, arrival.address, arrival.counted_as, arrival.invitation),
            offer_sdp=order.offer_sdp,
        )
        return OpenedSession("answer", '"tag"', arrival.learner)

    async def open_encoder(self, code: str, offer_sdp: str, address: str) -> tuple[str, str]:
        return f"{self._get(code).code} {address}", f"answer to {offer_sdp}"

    async def add_encoder_fragment(
        self, code: str, id: str, fragment: Fragment, address: str
    ) -> str | None:
        raise NotImplementedError

    async def close_encoder(self, code: str, id: str) -> None:
        raise NotImplementedError

    def _get(self, code: str) -> ClassFacts:
        self._answer()
        if code not in self.running:
            raise ClassEnded(code)
        return self.running[code]
