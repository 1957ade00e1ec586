"""All sessions of all hosts, as HTTP asks for them: the front's counterpart of a registry."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import Any

from rtc_server import __version__
from rtc_server.classes.live.recording.studio import LessonMaker
from rtc_server.cluster.attempt_store import AttemptStore
from rtc_server.cluster.attempts.finder import AttemptFinder
from rtc_server.cluster.attempts.kept_attempt import KeptAttempt
from rtc_server.cluster.classes.class_store import ClassStore
from rtc_server.cluster.classes.front_seats import FrontSeats
from rtc_server.cluster.classes.recordings.front_recordings import FrontRecordings
from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.handle import HostRuntime
from rtc_server.cluster.host_log import write_log
from rtc_server.cluster.host_record import HostRecord
from rtc_server.cluster.lesson_copies.catalog import find_source
from rtc_server.cluster.lesson_copies.fetch import LessonSource
from rtc_server.cluster.orders import make_order, require_kept_lesson
from rtc_server.cluster.places.front_places import FrontPlaces
from rtc_server.cluster.pool import HostPool
from rtc_server.cluster.remote_session import RemoteSession
from rtc_server.cluster.remote_sessions import RemoteSessions
from rtc_server.cluster.reports import HostReport, OpenedSession
from rtc_server.cluster.sockets.socket_relay import SocketRelay
from rtc_server.config import Config
from rtc_server.errors import OtherLesson
from rtc_server.history.results import Result
from rtc_server.invitations.invitation import Invitation, owner_of
from rtc_server.metrics import Metrics
from rtc_server.protocol.server_messages import EndReason
from rtc_server.session.dancers import cost_of
from rtc_server.session.owned_sessions import end_uninvited, remove_name, require_own
from rtc_server.session.recent_results import RecentResults, ResultSink
from rtc_server.session.resume import LessonKey, require_resumable
from rtc_server.session.session_request import SessionRequest
from rtc_server.webrtc.offers.offer import check_offer
from rtc_server.websocket.socket import Socket


class ClusterDirectory:
    """A `SessionDirectory` whose sessions run on hosts; leaving the block ends them all."""

    def __init__(
        self,
        config: Config,
        runtime: HostRuntime,
        metrics: Metrics,
        history: ResultSink,
        now: Callable[[], float],
        maker: LessonMaker,
    ) -> None:
        """:param maker: makes lessons of recordings on this machine."""
        self._config = config
        self._metrics = metrics
        self._history = history
        self._now = now
        self._machine = runtime.machine
        self._places = FrontPlaces(config, metrics, now, lambda: self.pool)
        self._sessions = RemoteSessions(self._spawn, self._places.admission.release)
        self._results = RecentResults()
        self._attempts = AttemptStore(now)
        self.class_store = ClassStore(now)
        self._finder = AttemptFinder(lambda: self.pool, self._attempts)
        self.class_seats = FrontSeats(
            *(self._places, self._sessions, self._attempts, self._results),
            *(self._finder, lambda: self.pool, now),
        )
        self._tasks = asyncio.TaskGroup()
        self.recordings = FrontRecordings(
            config, maker, self._spawn, has_others=runtime.finder is not None
        )
        self.pool: HostPool = HostPool(
            *(config, runtime, metrics, now, self._on_report, self._on_gone),
            self.recordings.give_orders,
        )

    async def __aenter__(self) -> ClusterDirectory:
        await self._tasks.__aenter__()
        await self.pool.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.drain("server stopping")
        await self.pool.__aexit__(*error)
        await self.recordings.sweep()
        await self._tasks.__aexit__(*error)

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Iterator[RemoteSession]:
        return iter(self._sessions)

    async def open(
        self, request: SessionRequest, offer_sdp: str, resume: str | None = None
    ) -> tuple[RemoteSession, str]:
        """Open a session on the host that has most time for it; see `SessionRegistry.open`.

        :raises ServerFull: every place is taken, or no host takes learners.
        """
        with self._places.intake.request():
            check_offer(offer_sdp, request.sender)  # first: a bad one ends nobody's session
            session, opened = await self._admit(request, offer_sdp, resume)
            return session, opened.answer_sdp

    async def open_socket(
        self, request: SessionRequest, socket: Socket, resume: str | None = None
    ) -> tuple[RemoteSession, SocketRelay]:
        """Open a session over a WebSocket; it runs while the relay carries its messages.

        :raises ServerFull: every place is taken, or no host takes learners.
        """
        with self._places.intake.request():
            session, _ = await self._admit(request, None, resume)
            return session, SocketRelay(socket, session.id, session.host)

    async def _admit(
        self, request: SessionRequest, offer_sdp: str | None, resume: str | None
    ) -> tuple[RemoteSession, OpenedSession]:
        places, source = self._places, self.find_source(request.lesson)
        kept = None if resume is None else await self._take_over(resume, request)
        try:
            resumes, cost = kept is not None, cost_of((kept or request).dancers)
            claim = places.intake.take_place(request.counted_as, resumes=resumes, cost=cost)
            try:
                host, order, opened = await self.pool.place(
                    lambda host: make_order(host, request, offer_sdp, kept, source),
                    lambda host: places.require_room(host, self, resumes=resumes, cost=cost),
                )
            except BaseException:
                places.admission.release(claim)
                raise
        except BaseException:
            if kept is not None:
                self._attempts.leave(kept)  # so that another offer can go on with it
            raise
        session = self._sessions.add(order.session, request, opened, host, claim)
        if kept is not None:
            self._attempts.set_successor(kept.session, session.id)
            self._metrics.sessions_resumed.inc()
        return session, opened

    async def _take_over(self, resume: str, request: SessionRequest) -> KeptAttempt:
        """Take what a session has that is to be gone on with; if it still runs, it is ended.

        :raises UnknownSession, OtherLesson: there is nothing to go on with, or of another lesson.
        """
        id, owner = self._attempts.resolve(resume), owner_of(request.invitation)
        if (running := self._sessions.get(id)) is not None:
            require_resumable(id, running.request, request)
        kept = await self._finder.fetch(id, owner)
        self._attempts.forget(id)
        if (running := self._sessions.get(id)) is not None:
            running.end("replaced")  # where its host did not say that it has ended
            self._sessions.forget(id)
        try:
            require_kept_lesson(kept.lesson, kept.source_sha256, request)
        except OtherLesson:
            self._attempts.leave(kept)
            raise
        return kept

    def find_source(self, lesson: LessonKey) -> LessonSource | None:
        """Which machines have a lesson; None: this one is alone."""
        return find_source(self.pool, lesson.id, lesson.source_sha256)

    def list_kept_lessons(self) -> Iterable[LessonKey]:
        """Those that somebody may want to go on with here, whose machine is lost."""
        return self._attempts.list_lessons()

    def find(self, id: str, owner: str | None = None) -> RemoteSession:
        """The running session of that id; see `SessionRegistry.find`.

        :raises UnknownSession: it has ended, is somebody else's, or never existed.
        """
        return require_own(self._sessions.get(id), id, owner)

    async def result(self, id: str, owner: str | None = None) -> Result:
        """See `SessionRegistry.result`.

        :raises UnknownSession: it neither runs nor is one of the last that ended.
        """
        result = self._results.get(id)
        if result is None or owner not in (None, result.owner):
            return await self.find(id, owner).fetch_result()
        return result

    async def close(self, id: str, reason: EndReason, *, may_resume: bool = False) -> None:
        """End a session and wait until it is gone.

        :raises UnknownSession: it is gone already.
        """
        await self.find(id).close(reason, may_resume=may_resume)
        self._sessions.forget(id)

    async def delete_learner(self, learner: str, owner: str | None = None) -> None:
        """Delete everything under that name; sessions that run under it go on without a name.

        :raises HistoryUnavailable: the database fails; try again.
        """
        remove_name(self, learner, owner)
        for host in self.pool:
            with contextlib.suppress(HostLost):
                await host.ask(lambda handle: handle.remove_name(learner, owner))
        self._results.remove_learner(learner, owner)
        self._attempts.remove_name(learner, owner)
        if self._history.enabled:
            await self._history.delete_learner(learner, owner)

    def end_uninvited(self, holds: Callable[[Invitation], bool]) -> None:
        """End the sessions of those whose invitation was revoked meanwhile."""
        end_uninvited(self, holds)

    def describe(self) -> dict[str, object]:
        """What `GET /api/cluster` answers."""
        return {
            "version": __version__,
            "machine": self._machine.label,
            "workers": self.pool.wanted,
            "sessions": len(self),
            "max_sessions": self._config.max_sessions or None,
            "places": self._places.admission.places,
            "hosts": [self.pool.describe(host) for host in self.pool],
        }

    def places_lost(self) -> int:
        """Places that are taken without a session: a defect of this server."""
        return 0  # each host says so of itself

    async def drain(self, reason: EndReason) -> None:
        """Accept no more sessions, and end all."""
        self._places.intake.close()
        self.pool.wanted = 0  # no host takes the place of one that ends now
        async with asyncio.TaskGroup() as group:
            for host in self.pool:
                if host.is_own:
                    group.create_task(_drain(host, reason))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self._tasks.create_task(work)

    def _on_report(self, host: HostRecord, report: HostReport) -> None:
        self._sessions.on_report(host, report)
        self._places.on_report(host, report)
        self._attempts.update(host.name, report.kept, report.resumable)
        self.class_store.update(host.name, report.classes)
        self.recordings.on_report(host, report.recordings)
        self._take_news(host, report)
        for one in report.results:
            if host.on_result(one.number):
                self._results.add(one.result.session, one.result)
                if host.is_own:
                    self._spawn(self._keep_result(host, one.number, one.result))
        write_log(host.name, report)

    def _take_news(self, host: HostRecord, report: HostReport) -> None:
        """What came of requests that another machine's front got."""
        for id, facts in report.sessions.items():
            if self._sessions.get(id) is None:
                self._sessions.add(id, facts, facts, host, None)
            if facts.continues is not None:
                self._attempts.forget(facts.continues)
                self._attempts.set_successor(facts.continues, id)
        for learner, owner in report.removed_names:
            self._results.remove_learner(learner, owner)
            self._attempts.remove_name(learner, owner)

    async def _keep_result(self, host: HostRecord, number: int, result: Result) -> None:
        await self._history.save(result)
        host.on_kept(number)

    def _on_gone(self, host: HostRecord) -> None:
        self._sessions.on_gone(host)
        self.class_store.on_host_gone(host.name)
        self.recordings.on_gone(host, {other.machine for other in self.pool})
        self._attempts.on_host_gone(host.name)
        self._places.on_gone(host)


async def _drain(host: HostRecord, reason: EndReason) -> None:
    with contextlib.suppress(HostLost):
        await host.reachable.drain(reason)
