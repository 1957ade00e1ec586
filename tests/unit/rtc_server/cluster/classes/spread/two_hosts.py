"""A class on its home host and its guest class on another, without a network between."""

from __future__ import annotations

from typing import Any

from rtc_server.classes.classroom import Classroom
from rtc_server.cluster.classes.spread.guest_class import GuestClass
from rtc_server.cluster.classes.spread.home_class import HomeClass
from rtc_server.cluster.classes.spread.messages import GuestUpdate, PlaceRequest
from rtc_server.cluster.classes.spread.visit import Visit
from rtc_server.metrics import Metrics
from tests.unit.rtc_server.classes.people import Clock, FakeSeat, make_room


class TwoHosts:
    """What is said between them is carried when the test wants it to be."""

    def __init__(self, **options: Any) -> None:
        self.now = Clock()
        self.room: Classroom = make_room(self.now, **options)
        self.metrics = Metrics()
        self.home = HomeClass(self.room, self.now, self.metrics)
        self.guest = GuestClass("w2", self.room.lesson.duration_s, self.now, self.metrics)

    def join(self, name: str, **who: Any) -> tuple[Visit, FakeSeat]:
        """A learner gets a session on the guest host, and is connected."""
        request = PlaceRequest(
            *("w2", f"session of {name}", name, who.get("owner"), who.get("resume"), True)
        )
        place = self.home.take_place(request)
        visit = self.guest.add(request, place.number, is_let_in=place.is_let_in)
        visit.member.seat = seat = FakeSeat()
        self.guest.on_learner(visit.member)
        return visit, seat

    def update(self) -> GuestUpdate:
        """The home host hears what is new on the guest host."""
        update = self.guest.take_update()
        self.home.update(update)
        self.guest.on_updated(update)
        return update

    async def tell(self, offset_s: float = 0.0) -> None:
        """The guest host hears what is new on the home host."""
        news = await self.home.wait_for_news("w2", self.guest.confirmed)
        self.guest.take_news(news, offset_s)

    async def exchange(self) -> None:
        self.update()
        await self.tell()
