"""All sessions of this server: how many may be open, lookup by id, shutdown."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

from rtc_server.config import Config
from rtc_server.history.results import Result
from rtc_server.invitations.invitation import Invitation, owner_of
from rtc_server.metrics import Metrics
from rtc_server.pose.inference import InferenceService
from rtc_server.pose.pose_slot import AnyTracker
from rtc_server.protocol.server_messages import EndReason
from rtc_server.session.admission import Admission, Claim
from rtc_server.session.connection import Connect
from rtc_server.session.dancers import cost_of
from rtc_server.session.lost_places import count_lost_places
from rtc_server.session.offer_intake import OfferIntake
from rtc_server.session.owned_sessions import end_uninvited, remove_name, require_own
from rtc_server.session.places.capacity import Capacity
from rtc_server.session.places.capacity_watch import CapacityWatch, estimate_retry_s
from rtc_server.session.recent_results import RecentResults, ResultSink
from rtc_server.session.resume import (
    ResumableSession,
    ResumeStore,
    build_player,
    open_tracker,
    require_resumable,
    require_same_lesson,
)
from rtc_server.session.session import Session
from rtc_server.session.session_log import record_left
from rtc_server.session.session_request import SessionRequest
from rtc_server.webrtc.connection import WebRtcOpening
from rtc_server.webrtc.gc_sweeper import GcSweeper
from rtc_server.webrtc.offers.offer import check_offer
from rtc_server.webrtc.udp.aiortc_gatherer import CandidateGatherer, SessionSockets

logger = logging.getLogger(__name__)


class SessionRegistry:
    """Owns the task of every session; leaving the `async with` block ends them all."""

    def __init__(
        self,
        config: Config,
        inference: InferenceService,
        make_tracker: Callable[..., AnyTracker],  # called as `open_tracker` does
        metrics: Metrics,
        history: ResultSink,
        gatherer: CandidateGatherer | None = None,
    ) -> None:
        self._gatherer = gatherer or SessionSockets()  # opens the sessions' UDP ports; None: any
        self._config = config
        self._inference = inference
        self._make_tracker = make_tracker
        self._metrics = metrics
        self._history = history
        self._offers_answered = 0  # at the moment
        self._admission = Admission(
            max(1, config.max_sessions),  # until `adapt_places`, where that is automatic
            *(config.max_sessions_per_address, config.max_pending_per_address, time.monotonic),
        )
        metrics.places.set(self._admission.places)
        self._intake = OfferIntake(self._admission, metrics, lambda: estimate_retry_s(self))
        self._running: dict[str, tuple[Session, asyncio.Task[None]]] = {}
        self._results = RecentResults()
        self.resume_store = ResumeStore(time.monotonic)
        self.sweeper = GcSweeper()
        self._tasks = asyncio.TaskGroup()
        metrics.sessions.set_function(lambda: len(self._running))
        metrics.places_lost.set_function(self.places_lost)

    async def __aenter__(self) -> SessionRegistry:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.drain("server stopping")
        await self._tasks.__aexit__(*error)
        self.sweeper.stop()

    def __len__(self) -> int:
        return len(self._running)

    def __iter__(self) -> Iterator[Session]:
        return iter([session for session, _ in self._running.values()])

    def adapt_places(self, capacity: Capacity) -> CapacityWatch:
        """There are as many places as the machine has time for, while the result runs."""
        return CapacityWatch(capacity, self._admission, lambda: [*self], self._metrics)

    def places_lost(self) -> int:
        """Places that are taken by mistake; may be called in any thread."""
        running = [session for session, _ in list(self._running.values())]
        return count_lost_places(self._admission, running, self._offers_answered)

    async def open(
        self, request: SessionRequest, offer_sdp: str, resume: str | None = None
    ) -> tuple[Session, str]:
        """Open a session over WebRTC; return it and the answer to the offer.

        :raises BadOffer, UnfitOffer: SDP that cannot be read, or lacks what a session needs.
        :raises TandemError: what `open_over` raises.
        """
        with self._intake.request():
            offer = check_offer(offer_sdp, request.sender)  # first: a bad one ends nobody's session
        opening = WebRtcOpening(
            *(offer, request.lesson, self._config.ice_servers, self._metrics),
            *(request.address, self._gatherer, request.annotated),
        )
        return await self.open_over(request, opening.connect, resume), opening.answer

    async def open_over(
        self, request: SessionRequest, connect: Connect, resume: str | None = None
    ) -> Session:
        """Open a session over a connection of any kind.

        :param connect: is called once there is a place, with the session's player.
        :param resume: the id of a session to continue; it is ended if it still runs.
        :raises UnknownSession, OtherLesson: `resume` cannot be continued, or not in this lesson.
        :raises ServerFull, TooManyOffers, TooManyFromAddress: see `Admission.admit`.
        :raises ServerStopping: there will be no more sessions.
        """
        with self._intake.request():
            return await self._admit(request, connect, resume)

    async def _admit(
        self, request: SessionRequest, connect: Connect, resume: str | None
    ) -> Session:
        before = None if resume is None else await self._end_resumed(resume, request)
        cost = cost_of((before[1] if before else request).dancers)
        claim = self._intake.take_place(request.counted_as, resumes=before is not None, cost=cost)
        self._offers_answered += 1
        try:
            if before is not None:
                self.resume_store.pop(before[0], owner_of(request.invitation))
                request = before[1].take_over(request)
            session = await self._start(claim, request, connect, before and before[1])
        except BaseException:
            self._admission.release(claim)
            if before is not None:
                self.resume_store.add(*before)  # so that another offer can resume it
            raise
        finally:
            self._offers_answered -= 1
        if before is not None:
            self.resume_store.set_successor(before[0], session.id)
            self._metrics.sessions_resumed.inc()
        return session

    async def _start(
        self,
        claim: Claim,
        request: SessionRequest,
        connect: Connect,
        resumed: ResumableSession | None,
    ) -> Session:
        """Connect, and run the session in a task; the place is taken already."""
        player = build_player(request.lesson, resumed, asyncio.get_running_loop().time)
        tracker = open_tracker(self._make_tracker, request, resumed)
        connection = await connect(player)
        try:
            session = Session(
                *(request, connection, player, self._config),
                *(self._inference, tracker, self._metrics),
                save_result=self._history.save,
                resumed=resumed,
            )
        except BaseException:  # nobody else would close it
            await connection.peer.close(0.0, "failed")
            raise
        claim.session = session
        task = self._tasks.create_task(self._run(session, claim), name=f"session-{session.id[:8]}")
        self._running[session.id] = (session, task)
        self._metrics.sessions_started.inc()
        return session

    async def _end_resumed(self, id: str, request: SessionRequest) -> tuple[str, ResumableSession]:
        """End a session that is to be resumed, if it still runs; return what the store has of it.

        :raises UnknownSession, OtherLesson: there is nothing to resume, or of another lesson.
        """
        owner, store = owner_of(request.invitation), self.resume_store
        while (latest := store.resolve(id)) in self._running:
            require_resumable(latest, self.find(latest, owner).request, request)
            await self.close(latest, "replaced")
        require_same_lesson(store.get(latest, owner).lesson, request.lesson)
        return latest, store.get(latest, owner)

    def find(self, id: str, owner: str | None = None) -> Session:
        """The running session of that id.

        :param owner: only if it is this invited learner's.
        :raises UnknownSession: it has ended, is somebody else's, or never existed.
        """
        session, _ = self._running.get(id, (None, None))
        return require_own(session, id, owner)

    async def result(self, id: str, owner: str | None = None) -> Result:
        """The result of a running session so far, or of one of the last sessions that ended.

        :param owner: only if it is this invited learner's.
        :raises UnknownSession: it is neither.
        """
        result = self._results.get(id)
        if result is None or owner not in (None, result.owner):
            return self.find(id, owner).result()
        return result

    async def delete_learner(self, learner: str, owner: str | None = None) -> None:
        """Delete everything under that name; sessions that run under it go on without a name.

        :param owner: only what is this invited learner's.
        :raises HistoryUnavailable: the database fails; try again.
        """
        remove_name(self, learner, owner)
        self._results.remove_learner(learner, owner)
        self.resume_store.remove_name(learner, owner)
        if self._history.enabled:
            await self._history.delete_learner(learner, owner)

    def end_uninvited(self, holds: Callable[[Invitation], bool]) -> None:
        """End the sessions of those whose invitation was revoked meanwhile."""
        end_uninvited(self, holds)

    async def close(self, id: str, reason: EndReason, *, may_resume: bool = False) -> None:
        """End a session and wait until it is gone.

        :raises UnknownSession: it is gone already.
        """
        self.find(id).end(reason, may_resume=may_resume)
        await asyncio.wait({self._running[id][1]})

    async def drain(self, reason: EndReason) -> None:
        """Accept no more sessions, end all, and cancel those that do not end in time."""
        self._intake.close()
        for session in self:
            session.end(reason)
        if tasks := {task for _, task in self._running.values()}:
            _, late = await asyncio.wait(tasks, timeout=self._config.drain_timeout_s)
            for task in late:
                logger.warning("%s did not end in time and was cut off", task.get_name())
                task.cancel()

    async def _run(self, session: Session, claim: Claim) -> None:
        """Run a session to its end; an error that left this task would end everybody's session."""
        try:
            try:
                await session.run()
            finally:
                self._admission.release(claim)
                self._on_end(session)
        except Exception:  # of any kind: it would end the other sessions, too
            self._metrics.session_failures.inc()
            logger.exception("session %s failed", session.id[:8])

    def _on_end(self, session: Session) -> None:
        """Forget the session, which cannot fail; then keep what is left of it."""
        del self._running[session.id]
        self.sweeper.schedule()
        self._metrics.sessions_ended.labels(how=session.end_reason or "cut off").inc()
        logger.info("session %s ended: %s", session.id[:8], session.end_reason)
        record_left(session)
        self._results.add(session.id, session.result())
        if (resumable := session.resumable()) is not None:
            self.resume_store.add(session.id, resumable)
