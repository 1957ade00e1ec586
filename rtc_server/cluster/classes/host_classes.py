"""The classes of one session host; its methods are those of `ClassesHandle`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rtc_server.classes.directory import ClassFacts, NewClass
from rtc_server.classes.errors import ClassEnded, UnknownClass
from rtc_server.classes.local import LocalClass, build_facts
from rtc_server.classes.options import KeepRight
from rtc_server.classes.registry import ClassRegistry
from rtc_server.cluster.classes.orders import NOT_KEPT, ClassOrder, SeatOrder
from rtc_server.cluster.host_lessons import HostLessons
from rtc_server.cluster.machines.host_reporter import HostReporter
from rtc_server.cluster.reports import OpenedSession
from rtc_server.cluster.sockets.host_sockets import HostSockets
from rtc_server.errors import ServerFull, UploadsOff
from rtc_server.metrics import Metrics
from rtc_server.webrtc.trickle import Fragment


class HostClasses:
    """Opens classes, and sessions in them."""

    def __init__(
        self,
        registry: ClassRegistry,
        lessons: HostLessons,
        reporter: HostReporter,
        sockets: HostSockets,
        metrics: Metrics,
        add_addresses: Callable[[str], str],
    ) -> None:
        """:param add_addresses: adds this machine's public addresses to an answer."""
        self._registry, self._lessons, self._reporter = registry, lessons, reporter
        self._sockets, self._metrics, self._add_addresses = sockets, metrics, add_addresses

    async def open(self, order: ClassOrder) -> ClassFacts:
        """Open a class.

        :raises ServerFull: this host takes no more.
        :raises TandemError: as `ClassRegistry.open` and `HostLessons.get` do.
        """
        if self._reporter.state == "draining":  # which another machine's front may not know yet
            raise ServerFull("this host takes no more classes; try another one")
        with self._reporter.opening(order.code):
            return await self._open(order)

    async def _open(self, order: ClassOrder) -> ClassFacts:
        lesson = reference = None
        if order.lesson is not None:
            lesson, reference = await self._lessons.get(
                order.lesson, order.source_sha256, order.lesson_source
            )
        wish = NewClass(
            *(order.options, order.address, order.owner, lesson, reference, order.about_lesson),
            right=KeepRight(UploadsOff(NOT_KEPT)),
        )
        return build_facts(self._registry.open(wish, order.code))

    async def find(self, code: str) -> ClassFacts | None:
        try:
            return build_facts(self._registry.get(code))
        except (ClassEnded, UnknownClass):
            return None

    async def describe(self, code: str) -> dict[str, object]:
        return await self._get(code).describe()

    async def report(self, code: str) -> dict[str, Any]:
        return self._registry.get_known(code).report()

    async def end(self, code: str) -> None:
        self._registry.get_known(code).end()

    async def take_seat(self, order: SeatOrder) -> OpenedSession:
        """Open the session of a learner, or of the teacher.

        :raises ClassEnded: the class has ended.
        :raises TandemError: as `OpenClass.join` and `OpenClass.teach` do.
        """
        room, arrival, answer = self._get(order.code), order.arrival, ""
        if order.offer_sdp is None:
            session = await self._sockets.open(
                lambda connect: room.join_over(arrival, connect, order.session),
                annotated=arrival.annotated,
            )
        else:
            enter = room.teach if arrival.learner is None else room.join
            session, answer = await enter(arrival, order.offer_sdp, order.session)
            answer = self._add_addresses(answer)
        if arrival.resume is not None:
            self._reporter.note_continued(order.session, arrival.resume)
        return OpenedSession(answer, session.ice_tag, session.learner, session.cost)

    async def open_encoder(self, code: str, offer_sdp: str, address: str) -> tuple[str, str]:
        id, answer = await self._get(code).open_encoder(offer_sdp, address)
        return id, self._add_addresses(answer)

    async def add_encoder_fragment(
        self, code: str, id: str, fragment: Fragment, address: str
    ) -> str | None:
        answer = await self._get(code).add_encoder_fragment(id, fragment, address)
        return answer and self._add_addresses(answer)

    async def close_encoder(self, code: str, id: str) -> None:
        await self._get(code).close_encoder(id)

    def _get(self, code: str) -> LocalClass:
        """
        :raises ClassEnded: it has ended.
        """
        return LocalClass(self._registry.get(code), self._registry, self._metrics)
