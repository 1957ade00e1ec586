"""Sessions in classes as a front opens them: on the host of their class, or where there is room."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from rtc_server.classes.directory import Arrival, ClassFacts
from rtc_server.cluster.attempt_store import AttemptStore
from rtc_server.cluster.attempts.finder import AttemptFinder
from rtc_server.cluster.attempts.kept_attempt import KeptAttempt
from rtc_server.cluster.classes.orders import SeatOrder
from rtc_server.cluster.classes.spread.messages import GuestOrder
from rtc_server.cluster.errors import HostLost, LessonUnreachable
from rtc_server.cluster.host_record import HostRecord
from rtc_server.cluster.lesson_copies.catalog import find_source
from rtc_server.cluster.lesson_copies.fetch import LessonSource
from rtc_server.cluster.placement import sort_by_load
from rtc_server.cluster.places.front_places import FrontPlaces
from rtc_server.cluster.pool import HostPool
from rtc_server.cluster.remote_session import RemoteSession
from rtc_server.cluster.remote_sessions import RemoteSessions
from rtc_server.cluster.reports import LessonFacts, OpenedSession
from rtc_server.cluster.session_ids import make_session_id
from rtc_server.errors import (
    NoRoom,
    OtherLesson,
    ServerFull,
    TandemError,
    UnknownLesson,
    UnknownSession,
)
from rtc_server.invitations.invitation import owner_of
from rtc_server.session.recent_results import RecentResults
from rtc_server.session.resume import ResumeRequest, require_resumable, require_same_lesson
from rtc_server.webrtc.offers.offer import check_offer


@dataclass(frozen=True, slots=True)
class WantedSeat:
    """Who comes into which class."""

    facts: ClassFacts
    arrival: Arrival
    offer_sdp: str | None = field(repr=False)  # None: over a WebSocket

    def make_order(self, host: str, home: str, source: LessonSource | None) -> SeatOrder:
        """The session as an order for that host.

        :param home: the class's own.
        :param source: which machines have the lesson, where there are several.
        """
        facts, guest = self.facts, None
        if host != home:
            title = facts.title if facts.is_live else None
            guest = GuestOrder(home, facts.lesson_id, facts.source_sha256, source, title)
        session = make_session_id(host)
        return SeatOrder(session, facts.code, self.arrival, self.offer_sdp, guest)


class FrontSeats:
    """Gives places to who comes into a class, as to any learner."""

    def __init__(
        self,
        places: FrontPlaces,
        sessions: RemoteSessions,
        attempts: AttemptStore,
        results: RecentResults,
        finder: AttemptFinder,
        pool: Callable[[], HostPool],
        now: Callable[[], float],
    ) -> None:
        self._places, self._sessions = places, sessions
        self._attempts, self._results = attempts, results
        self._finder, self._pool, self._now = finder, pool, now

    def has_room(self, host: HostRecord) -> bool:
        """Whether a host has time for one more learner."""
        try:
            self._places.require_room(host, self._sessions, resumes=False)
        except ServerFull:
            return False
        return True

    async def open(
        self, home: HostRecord, wanted: WantedSeat, request: ResumeRequest
    ) -> tuple[RemoteSession, str]:
        """Open a session; return it and the answer to the offer.

        :param home: the class's own host.
        :param request: with what stands for the lesson.
        :raises ServerFull: every place is taken, or no host has time for one more.
        """
        arrival, places = wanted.arrival, self._places
        with places.intake.request():
            if wanted.offer_sdp is not None:
                check_offer(wanted.offer_sdp, arrival.sender)  # first: a bad one ends nothing
            resumes = arrival.resume is not None and await self._end_before(arrival.resume, request)
            claim = places.intake.take_place(arrival.counted_as, resumes=resumes)
            try:
                host, order, opened = await self._place(home, wanted, request, resumes=resumes)
            except BaseException:
                places.admission.release(claim)
                raise
            session = self._sessions.add(order.session, request, opened, host, claim)
            if arrival.resume is not None:
                self._attempts.set_successor(arrival.resume, session.id)
            return session, opened.answer_sdp

    async def _place(
        self, home: HostRecord, wanted: WantedSeat, request: ResumeRequest, *, resumes: bool
    ) -> tuple[HostRecord, SeatOrder, OpenedSession]:
        """Have it opened by the class's host; a learner's without room there by another one.

        :raises HostLost: the class's host has died.
        """
        refusal: TandemError | None = None
        for host in self._choose_hosts(home, wanted):
            source = find_source(self._pool(), request.lesson.id, request.lesson.source_sha256)
            order = wanted.make_order(host.name, home.name, source)
            try:
                self._places.require_room(host, self._sessions, resumes=resumes)
                if wanted.facts.is_live:
                    order = self._without_lost(host, order)
                return host, order, await self._open_on(host, order, request)
            except HostLost as error:
                if host is home:
                    raise
                refusal = refusal or error
            except (LessonUnreachable, NoRoom, ServerFull, UnknownLesson) as error:
                refusal = refusal or error
        assert refusal is not None
        raise refusal

    def _choose_hosts(self, home: HostRecord, wanted: WantedSeat) -> list[HostRecord]:
        """The class's own first; before it the one on which a learner was who comes back.

        What was danced in a live class stays there, and so do they.
        """
        arrival = wanted.arrival
        if arrival.learner is None:
            return [home]
        others = [host for host in sort_by_load(self._pool(), self._now()) if host is not home]
        if arrival.resume is None:
            return [home, *others]
        before = self._finder.find_host(self._attempts.resolve(arrival.resume))
        if before is not None and wanted.facts.is_live:
            return [before]
        return sorted([home, *others], key=lambda host: host is not before)

    def _without_lost(self, host: HostRecord, order: SeatOrder) -> SeatOrder:
        """Who was in a live class on a host that is gone dances anew, as the one they were."""
        resume = order.arrival.resume
        if resume is None or self._finder.is_on(host, self._attempts.resolve(resume)):
            return order
        return replace(order, arrival=replace(order.arrival, resume=None, lost=resume))

    async def _open_on(
        self, host: HostRecord, order: SeatOrder, request: ResumeRequest
    ) -> OpenedSession:
        """Have a host open it, with what was danced on another one."""
        kept = await self._take_kept(host, order.arrival, request)
        order = replace(order, kept=kept)
        try:
            return await host.open(lambda handle: handle.classes.take_seat(order))
        except BaseException:
            if kept is not None:
                self._attempts.leave(kept)  # so that another offer can go on with it
            raise

    async def _take_kept(
        self, host: HostRecord, arrival: Arrival, request: ResumeRequest
    ) -> KeptAttempt | None:
        """What a learner goes on with who was not on that host; None: nothing, or it has that.

        :raises UnknownSession, OtherLesson: there is nothing to go on with, or of another lesson.
        """
        if arrival.resume is None or arrival.learner is None:
            return None
        id, owner = self._attempts.resolve(arrival.resume), owner_of(request.invitation)
        if self._finder.is_on(host, id):
            return None
        kept = await self._finder.fetch(id, owner)
        self._attempts.forget(id)
        try:
            require_same_lesson(LessonFacts(kept.lesson, kept.source_sha256), request.lesson)
        except OtherLesson:
            self._attempts.leave(kept)
            raise
        return kept

    async def _end_before(self, resume: str, request: ResumeRequest) -> bool:
        """End a session that is to be gone on with; False: nothing is known of it.

        Its place is free then. Its host has what was danced in it.
        """
        id = self._attempts.resolve(resume)
        if (running := self._sessions.get(id)) is None:
            return self._results.get(id) is not None or self._attempts.is_left(id)
        require_resumable(id, running.request, request)
        with contextlib.suppress(UnknownSession):  # it has ended meanwhile
            await running.close("replaced")
        self._sessions.forget(id)
        return True
