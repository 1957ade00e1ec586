"""Sessions in classes as a front opens them: each on the host of its class."""

from __future__ import annotations

import contextlib

from rtc_server.cluster.attempt_store import AttemptStore
from rtc_server.cluster.classes.orders import SeatOrder
from rtc_server.cluster.host_record import HostRecord
from rtc_server.cluster.places.front_places import FrontPlaces
from rtc_server.cluster.remote_session import RemoteSession
from rtc_server.cluster.remote_sessions import RemoteSessions
from rtc_server.errors import ServerFull, UnknownSession
from rtc_server.session.recent_results import RecentResults
from rtc_server.session.resume import ResumeRequest, require_resumable
from rtc_server.webrtc.offers.offer import check_offer


class FrontSeats:
    """Gives places to who comes into a class, as to any learner."""

    def __init__(
        self,
        places: FrontPlaces,
        sessions: RemoteSessions,
        attempts: AttemptStore,
        results: RecentResults,
    ) -> None:
        self._places, self._sessions = places, sessions
        self._attempts, self._results = attempts, results

    def has_room(self, host: HostRecord) -> bool:
        """Whether a host has time for one more learner."""
        try:
            self._places.require_room(host, self._sessions, resumes=False)
        except ServerFull:
            return False
        return True

    async def open(
        self, host: HostRecord, order: SeatOrder, request: ResumeRequest
    ) -> tuple[RemoteSession, str]:
        """Open a session; return it and the answer to the offer.

        :param request: with what stands for the lesson.
        :raises ServerFull: every place is taken, or the host has no time for one more.
        """
        arrival, places = order.arrival, self._places
        with places.intake.request():
            if order.offer_sdp is not None:
                check_offer(order.offer_sdp, arrival.sender)  # first: a bad one ends nothing
            resumes = arrival.resume is not None and await self._end_before(arrival.resume, request)
            claim = places.intake.take_place(arrival.counted_as, resumes=resumes)
            try:
                places.require_room(host, self._sessions, resumes=resumes)
                opened = await host.open(lambda handle: handle.classes.take_seat(order))
            except BaseException:
                places.admission.release(claim)
                raise
            session = self._sessions.add(order.session, request, opened, host, claim)
            if arrival.resume is not None:
                self._attempts.set_successor(arrival.resume, session.id)
            return session, opened.answer_sdp

    async def _end_before(self, resume: str, request: ResumeRequest) -> bool:
        """End a session that is to be gone on with; False: nothing is known of it.

        Its place is free then. The class's host has what was danced in it.
        """
        id = self._attempts.resolve(resume)
        if (running := self._sessions.get(id)) is None:
            return self._results.get(id) is not None
        require_resumable(id, running.request, request)
        with contextlib.suppress(UnknownSession):  # it has ended meanwhile
            await running.close("replaced")
        self._sessions.forget(id)
        return True
