"""One session from the first message to the summary: wires the parts together, owns their tasks."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Callable

from rtc_server.config import Config
from rtc_server.history.results import Result
from rtc_server.invitations.invitation import owner_of
from rtc_server.metrics import Metrics
from rtc_server.pose.camera_latency import CameraLatencyCheck
from rtc_server.pose.inference import InferenceService
from rtc_server.pose.pose_slot import AnyTracker, PoseSlot
from rtc_server.protocol.server_messages import EndReason, build_error, build_welcome
from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.session.admission import Stage
from rtc_server.session.cameras.session_cameras import CameraOffer, SessionCameras
from rtc_server.session.class_seat import ClassSeat
from rtc_server.session.connection import SessionConnection
from rtc_server.session.control_channel import ControlChannel
from rtc_server.session.dancers import cost_of
from rtc_server.session.end_reasons import RESUMABLE_ENDS, get_close_wait_s
from rtc_server.session.heartbeat import Heartbeat
from rtc_server.session.network.ice_exchange import IceExchange
from rtc_server.session.pipeline import ScoringPipeline
from rtc_server.session.playback import Playback
from rtc_server.session.pose_sampler import PoseSampler
from rtc_server.session.resume import ResumableSession, begin_dancing
from rtc_server.session.session_request import SessionRequest
from rtc_server.session.session_state import describe_attempt, describe_connection
from rtc_server.sync.player import Player
from rtc_server.webrtc.trickle import Fragment


class Session:
    """One learner over one connection; call `run` once."""

    def __init__(
        self,
        request: SessionRequest,
        connection: SessionConnection,
        player: Player,
        config: Config,
        inference: InferenceService,
        tracker: AnyTracker,
        metrics: Metrics,
        save_result: Callable[[Result], Awaitable[None]],
        resumed: ResumableSession | None = None,
        seat: ClassSeat | None = None,
    ) -> None:
        """:param player: at the lesson position where the session begins.
        :param save_result: awaited before the learner gets the summary, so it must be quick.
        :param resumed: the session that broke off and is continued by this one.
        :param seat: the learner's, or the teacher's, in a class; None: they are alone.
        """
        self.id = request.session_id or secrets.token_hex(16)
        self.request = request
        self.started_at = time.time()
        self.ended_at: float | None = None
        self.end_reason: EndReason | None = None
        self._dancers = begin_dancing(request, resumed)
        self._config = config
        self._metrics = metrics
        self._save_result = save_result
        self._resumed = resumed.fields() if resumed else None
        self._last_lesson_s, self._may_resume = 0.0, False
        self._now = asyncio.get_running_loop().time
        self._player = player
        self._connection, self._downlink = connection, connection.downlink
        self._peer, self._uplink = connection.peer, connection.uplink
        self._pose_slot = PoseSlot(inference, tracker, draw=request.annotated)
        self._seat, playhead = seat, self._downlink.playhead
        if seat is not None:
            seat.on_connection(connection)
            self._playback = seat.make_playback(player, playhead, self._peer)
        else:
            self._playback = Playback(player, playhead, config.countdown_s, self._peer)
        watched = self._peer, self._uplink, self._playback, self._player
        self._heartbeat = Heartbeat(*watched, config, metrics)
        self._ice = IceExchange(connection, self._heartbeat.on_restart)
        self._welcome = build_welcome(
            self.id, request.lesson, config.pose_fps, request.dancers or 1, self._resumed
        )
        self._cameras = SessionCameras(
            *(connection, self._playback, self._heartbeat, metrics),
            *(config.connect_timeout_s, self._welcome),
        )

    @property
    def attempt(self) -> GroupAttempt:
        return self._dancers.attempt

    @property
    def learner(self) -> str | None:  # the first dancer's name
        return self._dancers.names[0]

    @property
    def cost(self) -> float:
        """How many learners' places it takes."""
        return cost_of(self.request.dancers)

    def forget_name(self, learner: str) -> None:
        """Keep nothing under that name."""
        self._dancers.forget_name(learner)

    @property
    def stage(self) -> Stage:
        return self._peer.stage

    @property
    def look_delay_s(self) -> float:
        """How long the learner waits for a look now."""
        return self._pose_slot.look_delay.delay_s(time.perf_counter())

    @property
    def remaining_s(self) -> float | None:
        """After how long the lesson ends as it plays now; None if that is not known."""
        return self._player.clock.remaining_s(self._now())

    @property
    def is_playing(self) -> bool:
        return self._playback.state == "playing" and self.end_reason is None

    @property
    def ice_tag(self) -> str:
        """Identifies the ICE session; empty where there is none."""
        return self._ice.tag

    async def add_fragment(self, fragment: Fragment, address: str) -> str | None:
        """As `IceExchange.add`: candidates that come after the offer, or an ICE restart."""
        return await self._ice.add(fragment, address)

    async def add_camera(self, order: CameraOffer) -> str:
        """As `SessionCameras.add`: let a phone become the camera, and return the answer."""
        return await self._cameras.add(order)

    async def fetch_description(self) -> dict[str, object]:
        """As `describe`, for who does not know whether the session is in this process."""
        return self.describe()

    def describe(self) -> dict[str, object]:
        """The state of the session, for `GET /api/sessions/{id}`."""
        return {
            "id": self.id,
            "state": "ended" if self.end_reason else self._playback.state,
            "started_at": self.started_at,
            "resumed": self._resumed,
            "webcam_frames_too_old": self._pose_slot.frames_too_old,
            **describe_attempt(self.request, self.attempt, self._player),
            **describe_connection(self._connection, self._cameras),
        }

    def result(self) -> Result:
        """The result so far, or of the whole attempt once the session has ended."""
        return Result(
            attempt=self.attempt.id,
            session=self.id,
            learner=self.learner,
            lesson=self.request.lesson.id,
            title=self.request.lesson.title,
            started_at_s=self.started_at,
            ended_at_s=self.ended_at,
            reason=self.end_reason,
            summary=self._dancers.summarize(complete=False),
            owner=owner_of(self.request.invitation),
        )

    def end(self, reason: EndReason, *, may_resume: bool = False) -> None:
        """Ask for an end; `run` then returns soon.

        :param may_resume: the learner may want to continue, even though this is a clean end.
        """
        self._may_resume = may_resume
        self._playback.end(reason)

    def resumable(self) -> ResumableSession | None:
        """What the learner can continue with; None after a clean end."""
        if self.end_reason not in RESUMABLE_ENDS and not self._may_resume:
            return None
        return self.build_resumable()

    def build_resumable(self) -> ResumableSession:
        """What is needed to go on from here, while it runs or after its end."""
        runs = self.end_reason is None
        return ResumableSession(
            lesson=self.request.lesson,
            attempt=self.attempt,
            mirror=self.request.mirror,
            learner=self.learner,
            dancers=self.request.dancers,
            other_names=tuple(self._dancers.names[1:]),
            memory=tuple(self._pose_slot.memory),
            owner=owner_of(self.request.invitation),
            lesson_s=self._heartbeat.last_lesson_s if runs else self._last_lesson_s,
            rate=self._player.clock.rate,
            loop=self._player.clock.loop,
        )

    async def run(self) -> None:
        """Serve the learner until the lesson, the learner or the server ends it.

        Whatever a part of it raises is raised here, once the connection is closed.
        """
        reason: EndReason = "failed"
        try:
            reason = await self._serve()
        except Exception:
            with contextlib.suppress(Exception):  # sending may be what failed
                self._peer.send_control(build_error("internal", "the server failed; please retry"))
            raise
        finally:
            self._uplink.update_metrics(self._metrics)
            await self._finish(reason)

    async def _serve(self) -> EndReason:
        camera_check = CameraLatencyCheck()
        self._ice.begin()
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(part)
                for part in (
                    self._uplink.receive_frames(),
                    self._control_channel(camera_check).run(),
                    self._scoring_pipeline(camera_check).run(),
                    self._playback.run(),
                    self._heartbeat.watch(),
                    self._cameras.run(),
                )
            ]
            reason = await self._playback.end_reason
            for task in tasks:
                task.cancel()
        return reason

    def _control_channel(self, camera_check: CameraLatencyCheck) -> ControlChannel:
        return ControlChannel(
            *(self._peer, self._playback, self._uplink, self._cameras, self._downlink),
            camera_check=camera_check,
            heartbeat=self._heartbeat,
            metrics=self._metrics,
            now=self._now,
            welcome=self._welcome,
            seat=self._seat,
        )

    def _scoring_pipeline(self, camera_check: CameraLatencyCheck) -> ScoringPipeline:
        sampler = PoseSampler(
            *(self._cameras.switch, self._pose_slot, self._peer, self._player, self._playback),
            *(self.attempt, self._metrics, self._config.pose_fps),
        )
        return ScoringPipeline(
            *(sampler, self._cameras, self._downlink, self._peer, self._player),
            playback=self._playback,
            heartbeat=self._heartbeat,
            camera_check=camera_check,
            attempt=self.attempt,
            metrics=self._metrics,
            is_group=self._dancers.is_group,
            seat=self._seat,
        )

    async def _finish(self, reason: EndReason) -> None:
        """Store the result, then send the summary: what a learner has seen is not lost."""
        self.ended_at = time.time()
        self._last_lesson_s = self._heartbeat.last_lesson_s
        self.end_reason = reason
        try:
            self._playback.send_ended(reason)
            if self._seat is not None:
                await self._seat.before_summary(self.attempt, reason)
            summary = self._dancers.finish(complete=reason == "finished")
            if self._seat is not None:
                self._seat.on_end(reason, summary)
            try:
                results = [first := self.result(), *self._dancers.results_of_others(first)]
                await asyncio.gather(*map(self._save_result, results))
            finally:
                self._peer.send_control(summary)
        finally:
            await self._ice.end()
            wait_s, sent = get_close_wait_s(reason), self._dancers.finished
            confirmed, _ = await asyncio.gather(
                self._peer.close(wait_s, reason), self._cameras.close(wait_s, reason, sent)
            )
            if reason == "finished" and not confirmed:  # the connection broke near the end
                self._may_resume = True
