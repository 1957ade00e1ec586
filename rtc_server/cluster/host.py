"""A session host: an event loop with a pose network, UDP ports and sessions of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator

from rtc_server.classes.live.recording.studio import make_space
from rtc_server.classes.registry import ClassRegistry
from rtc_server.cluster.attempts.kept_attempt import KeptAttempt
from rtc_server.cluster.attempts.restored import restored
from rtc_server.cluster.classes.host_classes import HostClasses
from rtc_server.cluster.classes.host_registries import open_registries
from rtc_server.cluster.classes.news import HostClassNews
from rtc_server.cluster.classes.recordings.host_recordings import HostRecordings
from rtc_server.cluster.classes.spread.guest_classes import GuestClasses
from rtc_server.cluster.classes.spread.home_guests import HomeGuests
from rtc_server.cluster.handle import HostFinder, HostSpec
from rtc_server.cluster.host_lessons import HostLessons
from rtc_server.cluster.host_log import ReportedLog
from rtc_server.cluster.host_results import HostResults
from rtc_server.cluster.host_watch import HostCostMeter
from rtc_server.cluster.machines.host_reporter import HostReporter
from rtc_server.cluster.reports import (
    DrainWish,
    FragmentAnswer,
    HostReport,
    LessonChange,
    OpenedSession,
    ReportRequest,
    SessionOrder,
)
from rtc_server.cluster.snapshots import can_move, keep_attempt
from rtc_server.cluster.sockets.host_sockets import HostSockets
from rtc_server.cluster.sockets.relayed_socket import FromClient, ToClient
from rtc_server.config import AUTO
from rtc_server.errors import ServerFull, UnknownSession
from rtc_server.history.results import Result
from rtc_server.invitations.invitation import owner_of
from rtc_server.loop_watchdog import LoopWatchdog, watching
from rtc_server.metrics import Metrics
from rtc_server.pose.inference import InferenceService
from rtc_server.pose.live_model import LiveModel, frames_at_once
from rtc_server.protocol.server_messages import EndReason
from rtc_server.public_addresses import PublicAddresses
from rtc_server.session.cameras.session_cameras import CameraOffer
from rtc_server.session.places.capacity_watch import estimate_cost, settle_precision
from rtc_server.session.registry import SessionRegistry
from rtc_server.session.session_request import SessionRequest
from rtc_server.webrtc import loop_errors
from rtc_server.webrtc.trickle import Fragment
from rtc_server.webrtc.udp.aiortc_gatherer import CandidateGatherer
from rtc_server.webrtc.udp.gatherers import open_gatherer

logger = logging.getLogger(__name__)


class SessionHost:
    """What one host does; `open_session_host` makes one. Its methods are those of `HostHandle`."""

    def __init__(
        self,
        spec: HostSpec,
        registry: SessionRegistry,
        classes: ClassRegistry,
        results: HostResults,
        metrics: Metrics,
        watchdog: LoopWatchdog,
        log: ReportedLog,
        tasks: asyncio.TaskGroup,
        public_addresses: PublicAddresses,
        cost: HostCostMeter | None,
        finder: HostFinder | None,
        gatherer: CandidateGatherer,
        recordings: HostRecordings,
    ) -> None:
        """:param tasks: owns what carries the sessions' WebSockets.
        :param public_addresses: of this machine, which another one's front does not know.
        :param cost: None: the number of places is set.
        :param finder: of the other hosts.
        :param gatherer: opens UDP ports.
        """
        self._registry = registry
        self._metrics = metrics
        self._watchdog = watchdog
        self.sockets = HostSockets(metrics, tasks)
        self._lessons = HostLessons(spec.config, finder)
        news = HostClassNews(classes, time.monotonic)
        self._reporter = HostReporter(
            *(spec.machine, registry, results, log, cost, news, recordings)
        )
        self._public_addresses = public_addresses
        self.classes = HostClasses(
            *(classes, registry, self._lessons, self._reporter, self.sockets, metrics),
            public_addresses.add_to,
            HomeGuests(
                *(classes, spec.machine.label, time.monotonic, metrics),
                public_addresses.add_to,
            ),
            GuestClasses(
                *(spec, registry, self._lessons, gatherer, finder, tasks),
                *(time.monotonic, metrics),
            ),
        )

    async def open(self, order: SessionOrder) -> OpenedSession:
        """Open a session.

        :raises ServerFull: this host takes no more learners.
        :raises TandemError: as `SessionRegistry.open` does.
        """
        if self._reporter.state == "draining":  # which another machine's front may not know yet
            raise ServerFull("this host takes no more learners; try another one")
        with self._reporter.opening(order.session):
            return await self._open(order)

    async def _open(self, order: SessionOrder) -> OpenedSession:
        lesson, reference = await self._lessons.get(
            order.lesson, order.source_sha256, order.lesson_source
        )
        request = SessionRequest(
            *(lesson, reference, order.mirror, order.annotated),
            learner=order.learner,
            dancers=order.dancers,
            other_names=order.other_names,
            instructors=order.instructors,
            address=order.address,
            counted_as=order.counted_as,
            invitation=order.invitation,
            session_id=order.session,
            screen_only=order.screen_only,
        )
        store = self._registry.resume_store
        with restored(store, order.kept, lesson, reference) as resume:
            if order.offer_sdp is None:
                session = await self.sockets.open(
                    lambda connect: self._registry.open_over(request, connect, resume),
                    annotated=order.annotated,
                )
                answer = ""
            else:
                session, answer = await self._registry.open(request, order.offer_sdp, resume)
                answer = self._public_addresses.add_to(answer)
        if order.kept is not None:
            self._reporter.note_continued(order.session, order.kept.session)
        return OpenedSession(answer, session.ice_tag, session.learner, session.cost)

    async def put_message(self, session: str, message: FromClient) -> None:
        await self.sockets.put(session, message)

    async def take_message(self, session: str, frames_received: int) -> ToClient | None:
        return await self.sockets.take(session, frames_received)

    async def describe(self, session: str) -> dict[str, object]:
        return self._registry.find(session).describe()

    async def result(self, session: str) -> Result:
        return await self._registry.result(session)

    async def add_fragment(self, session: str, fragment: Fragment, address: str) -> FragmentAnswer:
        found = self._registry.find(session)
        answer = await found.add_fragment(fragment, address)
        if answer is not None:
            answer = self._public_addresses.add_to(answer)
        return FragmentAnswer(answer, found.ice_tag)

    async def add_camera(self, session: str, order: CameraOffer) -> str:
        answer = await self._registry.find(session).add_camera(order)
        return self._public_addresses.add_to(answer)

    async def close(self, session: str, reason: EndReason, *, may_resume: bool) -> None:
        await self._registry.close(session, reason, may_resume=may_resume)

    async def take_over(self, session: str, owner: str | None) -> KeptAttempt:
        """Hand a session to whoever goes on with it; it is ended first if it still runs.

        :raises UnknownSession: there is nothing to go on with, or it is somebody else's, or it is
            in a live class, which is on this host alone.
        """
        self._require_movable(session, owner)
        with contextlib.suppress(UnknownSession):
            if owner_of(self._registry.find(session).request.invitation) == owner:
                await self._registry.close(session, "replaced")
        return keep_attempt(session, self._registry.resume_store.pop(session, owner))

    def _require_movable(self, session: str, owner: str | None) -> None:
        """
        :raises UnknownSession: no other host can go on with it.
        """
        running = next((one for one in self._registry if one.id == session), None)
        store = self._registry.resume_store
        one = running.build_resumable() if running else store.get(session, owner)
        if not can_move(one):
            raise UnknownSession("resume: expected a session outside a live class, got one in it")

    async def remove_name(self, learner: str, owner: str | None) -> None:
        """Let sessions under that name go on without it."""
        await self._registry.delete_learner(learner, owner)
        self._reporter.readers.add_removed_name((learner, owner))

    async def wish_drain(self, *, is_replaced: bool) -> None:
        """Tell the front of this machine, with the next report, that an operator wishes it."""
        self._reporter.drain_wish = DrainWish(is_replaced)

    async def read_lesson_part(self, manifest_sha256: str, file: str, offset: int) -> bytes:
        return await self._lessons.read_part(self._reporter.catalog, manifest_sha256, file, offset)

    async def change_lesson(self, change: LessonChange) -> None:
        await self._lessons.change(change)

    async def report(self, request: ReportRequest) -> HostReport:
        """Wait a second, or until a session has ended, and say how things are."""
        return await self._reporter.report(request, self._find_problem)

    def _find_problem(self) -> str | None:
        if lost := self._registry.places_lost():
            return f"{lost} places are taken though no session uses them"
        return self._watchdog.why_unhealthy()

    async def metrics_text(self) -> str:
        self._metrics.count_tasks()
        return (await asyncio.to_thread(self._metrics.text)).decode()

    async def drain(self, reason: EndReason) -> None:
        """End all sessions, within `drain_timeout_s`."""
        await self._registry.drain(reason)


@contextlib.asynccontextmanager
async def open_session_host(
    spec: HostSpec, log: ReportedLog, finder: HostFinder | None = None
) -> AsyncIterator[SessionHost]:
    """A host whose pose network is warm, until the block is left.

    :param finder: of hosts of other machines; None: this one is alone.
    :raises BadConfig: a UDP port is taken or not allowed.
    :raises ModelError, PoseError: the pose network cannot be used.
    """
    metrics, results = Metrics(), HostResults()
    recordings = HostRecordings(make_space(spec.config))
    loop_errors.count_failures(asyncio.get_running_loop(), metrics)
    model = LiveModel(spec.config)
    await asyncio.to_thread(model.load)
    meter = None
    if spec.config.max_sessions == AUTO:
        cost = await asyncio.to_thread(model.measure_look_cost)
        meter = HostCostMeter(estimate_cost(cost, spec.config.pose_fps), metrics)
    service = InferenceService(metrics, frames_at_once())
    watchdog = LoopWatchdog(metrics)
    try:
        async with (
            watching(watchdog),
            open_gatherer(spec.config, metrics) as gatherer,
            asyncio.TaskGroup() as tasks,
        ):
            measuring = tasks.create_task(metrics.measure_loop_lag())
            settling = tasks.create_task(settle_precision(model, spec.config.pose_fps, meter))
            async with open_registries(
                *(spec.config, service, model, metrics, results, gatherer, recordings)
            ) as (registry, classes):
                registry.sweeper.start()
                metrics.registry.unregister(metrics.places)
                addresses = PublicAddresses(spec.config.public_addresses)
                await addresses.refresh()
                resolving = tasks.create_task(addresses.keep_resolved())
                host = SessionHost(
                    *(spec, registry, classes, results, metrics, watchdog, log, tasks),
                    *(addresses, meter, finder, gatherer, recordings),
                )
                yield host
            host.sockets.stop()
            host.classes.stop()
            measuring.cancel()
            settling.cancel()
            resolving.cancel()
    finally:
        service.close()
