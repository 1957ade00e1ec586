"""The classes of other hosts that have learners on this one."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from rtc_server.classes.directory import Arrival
from rtc_server.classes.live.stand_in import make_stand_in
from rtc_server.classes.seats import LearnerSeat
from rtc_server.cluster.classes.spread.guest_class import GuestClass
from rtc_server.cluster.classes.spread.handle import GuestsHandle
from rtc_server.cluster.classes.spread.home_offset import HomeOffset
from rtc_server.cluster.classes.spread.link import GuestLink
from rtc_server.cluster.classes.spread.messages import GuestOrder, PlaceRequest
from rtc_server.cluster.classes.spread.pulled_teacher import PulledTeacher
from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.handle import HostFinder, HostSpec
from rtc_server.cluster.host_lessons import HostLessons
from rtc_server.lessons.lesson import Lesson
from rtc_server.metrics import Metrics
from rtc_server.scoring.growing.reference import AttemptReference
from rtc_server.session.connection import Connect
from rtc_server.session.registry import SessionRegistry
from rtc_server.session.session import Session
from rtc_server.session.session_request import SessionRequest
from rtc_server.webrtc.udp.aiortc_gatherer import CandidateGatherer

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VisitedClass:
    """One class, for who comes into it here; as `LocalClass` is on its own host."""

    code: str
    guest: GuestClass
    link: GuestLink
    lesson: Lesson
    reference: AttemptReference
    sessions: SessionRegistry

    async def join(
        self, arrival: Arrival, offer_sdp: str, session_id: str | None = None
    ) -> tuple[Session, str]:
        """Open a learner's session; return it and the answer to the offer.

        :raises NameTaken, ClassFull, ClassEnded: there is no place for them in the class.
        :raises HostLost: the class's host does not answer.
        """
        request = self._build_request(arrival, session_id)
        async with self._place(arrival, request) as seat:
            return await self.sessions.open(request, offer_sdp, arrival.resume, seat)

    async def join_over(
        self, arrival: Arrival, connect: Connect, session_id: str | None = None
    ) -> Session:
        """The same over a connection of any other kind."""
        request = self._build_request(arrival, session_id)
        async with self._place(arrival, request) as seat:
            return await self.sessions.open_over(request, connect, arrival.resume, seat)

    def _build_request(self, arrival: Arrival, session_id: str | None) -> SessionRequest:
        return arrival.build_request(self.lesson, self.reference, session_id)

    @contextlib.asynccontextmanager
    async def _place(self, arrival: Arrival, request: SessionRequest) -> AsyncIterator[LearnerSeat]:
        """A learner's place while their session is opened; given back where that fails."""
        assert arrival.learner is not None and request.session_id is not None
        mirror = {"on": True, "off": False}.get(arrival.mirror)
        wanted = PlaceRequest(
            *(self.guest.name, request.session_id, arrival.learner, arrival.owner),
            *(arrival.resume or arrival.lost, mirror),
        )
        self.link.opening += 1
        try:
            home = await self.link.ask_home()
            place = await home.take_place(self.code, wanted)
            visit = self.guest.add(wanted, place.number, is_let_in=place.is_let_in)
            visit.member.seat = seat = LearnerSeat(self.guest, visit.member)
            try:
                yield seat
            except BaseException:
                self.guest.remove(visit)
                with contextlib.suppress(HostLost):
                    await home.give_back(self.code, self.guest.name, wanted.session)
                raise
        finally:
            self.link.opening -= 1


class GuestClasses:
    """Opens a guest class with the first learner of it, and forgets it after the last."""

    def __init__(
        self,
        spec: HostSpec,
        sessions: SessionRegistry,
        lessons: HostLessons,
        gatherer: CandidateGatherer,
        finder: HostFinder | None,
        tasks: asyncio.TaskGroup,
        now: Callable[[], float],
        metrics: Metrics,
    ) -> None:
        """:param finder: of other hosts; None: there are none.
        :param tasks: owns the links to home hosts.
        """
        self._spec, self._sessions, self._finder = spec, sessions, finder
        self._lessons, self._gatherer = lessons, gatherer
        self._tasks, self._now, self._metrics = tasks, now, metrics
        self._numbers = itertools.count(1)
        self._start = secrets.token_hex(2)  # another host may have had this one's name
        self._classes: dict[str, tuple[GuestClass, GuestLink]] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def enter(self, code: str, order: GuestOrder) -> VisitedClass:
        """The class of that code, which lives on the host that the order names.

        :raises TandemError: as `HostLessons.get` does.
        """
        reference: AttemptReference | None = None
        if order.live_title is not None:
            lesson = make_stand_in(code, order.live_title, self._spec.config.pose_fps)
        else:
            lesson, reference = await self._lessons.get(
                order.lesson, order.source_sha256, order.lesson_source
            )
        if code not in self._classes:
            self._classes[code] = self._open(code, order, lesson)
        guest, link = self._classes[code]
        if guest.live is not None:
            reference = guest.live.reference
        assert reference is not None
        return VisitedClass(code, guest, link, lesson, reference, self._sessions)

    def stop(self) -> None:
        """End all links; all sessions have ended."""
        for task in self._running:
            task.cancel()

    def _open(self, code: str, order: GuestOrder, lesson: Lesson) -> tuple[GuestClass, GuestLink]:
        name = f"{self._spec.name}-{self._start}-{next(self._numbers)}"
        guest = GuestClass(name, lesson.duration_s, self._now, self._metrics)
        offset = HomeOffset(self._spec.machine.label)

        async def find_home() -> GuestsHandle:
            if self._finder is None:
                raise HostLost(f"host {order.home} is not known here")
            return (await self._finder.find(order.home)).classes.guests

        link = GuestLink(code, guest, find_home, offset, self._now, self._metrics)
        if order.live_title is not None:
            guest.live = PulledTeacher(link.pull, self._gatherer, self._metrics)
        task = self._tasks.create_task(self._run(code, link), name=f"guest-class-{code[:2]}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return guest, link

    async def _run(self, code: str, link: GuestLink) -> None:
        """An error that left this task would end everybody's session."""
        try:
            await link.run()
        except Exception:  # of any kind, see above
            self._metrics.class_failures.inc()
            logger.exception("a class's link to its home host failed")
        finally:
            del self._classes[code]
