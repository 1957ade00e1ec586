"""The classes of one session host; its methods are those of `ClassesHandle`."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

from rtc_server.classes.directory import Arrival, ClassFacts, NewClass
from rtc_server.classes.errors import ClassEnded, UnknownClass
from rtc_server.classes.local import LocalClass, build_facts
from rtc_server.classes.registry import ClassRegistry
from rtc_server.cluster.attempts.restored import restored
from rtc_server.cluster.classes.orders import ClassOrder, SeatOrder
from rtc_server.cluster.classes.spread.guest_classes import GuestClasses
from rtc_server.cluster.classes.spread.home_guests import HomeGuests
from rtc_server.cluster.classes.spread.messages import GuestOrder
from rtc_server.cluster.host_lessons import HostLessons
from rtc_server.cluster.machines.host_reporter import HostReporter
from rtc_server.cluster.reports import OpenedSession
from rtc_server.cluster.sockets.host_sockets import HostSockets
from rtc_server.errors import ServerFull
from rtc_server.lessons.lesson import Lesson
from rtc_server.metrics import Metrics
from rtc_server.scoring.growing.reference import AttemptReference
from rtc_server.scoring.reference import Reference
from rtc_server.session.connection import Connect
from rtc_server.session.registry import SessionRegistry
from rtc_server.session.session import Session
from rtc_server.webrtc.trickle import Fragment

Enter = Callable[[Arrival, str, str], Awaitable[tuple[Session, str]]]
EnterOver = Callable[[Arrival, Connect, str], Awaitable[Session]]


class HostClasses:
    """Opens classes, and sessions in them."""

    def __init__(
        self,
        registry: ClassRegistry,
        sessions: SessionRegistry,
        lessons: HostLessons,
        reporter: HostReporter,
        sockets: HostSockets,
        metrics: Metrics,
        add_addresses: Callable[[str], str],
        guests: HomeGuests,
        guest_classes: GuestClasses,
    ) -> None:
        """:param add_addresses: adds this machine's public addresses to an answer.
        :param guests: what other hosts ask of those with learners there.
        :param guest_classes: those of other hosts with learners here.
        """
        self.guests, self._guest_classes, self._sessions = guests, guest_classes, sessions
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
            right=order.right,
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
        if order.guest is not None:
            return await self._take_guest_seat(order, order.guest)
        room = self._get(order.code)
        if order.arrival.learner is None:
            return await self._open_seat(order, order.arrival, room.teach, room.join_over)
        with self._going_on(order, room.lesson, room.reference) as arrival:
            return await self._open_seat(order, arrival, room.join, room.join_over)

    async def _take_guest_seat(self, order: SeatOrder, guest: GuestOrder) -> OpenedSession:
        """The same of a learner in a class of another host.

        :raises ServerFull: this host takes no more learners.
        :raises HostLost: the class's host does not answer.
        """
        if self._reporter.state == "draining":
            raise ServerFull("this host takes no more learners; try another one")
        with self._reporter.opening(order.session):
            room = await self._guest_classes.enter(order.code, guest)
            with self._going_on(order, room.lesson, room.reference) as arrival:
                return await self._open_seat(order, arrival, room.join, room.join_over)

    @contextlib.contextmanager
    def _going_on(
        self, order: SeatOrder, lesson: Lesson, reference: AttemptReference
    ) -> Iterator[Arrival]:
        """Who comes, with the id of what they go on with here."""
        if order.kept is None or not isinstance(reference, Reference):
            yield order.arrival
            return
        with restored(self._sessions.resume_store, order.kept, lesson, reference) as resume:
            yield replace(order.arrival, resume=resume)

    async def _open_seat(
        self, order: SeatOrder, arrival: Arrival, enter: Enter, enter_over: EnterOver
    ) -> OpenedSession:
        answer = ""
        if order.offer_sdp is None:
            session = await self._sockets.open(
                lambda connect: enter_over(arrival, connect, order.session),
                annotated=arrival.annotated,
            )
        else:
            session, answer = await enter(arrival, order.offer_sdp, order.session)
            answer = self._add_addresses(answer)
        if arrival.resume is not None:
            self._reporter.note_continued(order.session, arrival.resume)
        return OpenedSession(answer, session.ice_tag, session.learner, session.cost)

    def stop(self) -> None:
        """All sessions have ended."""
        self._guest_classes.stop()

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
