"""One learner from the offer to the end: wires the parts together and owns their tasks."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rtc_server.config import Config
from rtc_server.history.results import Result
from rtc_server.lessons.store import Lesson
from rtc_server.metrics import Metrics
from rtc_server.pose.camera_latency import CameraLatencyCheck
from rtc_server.pose.inference import FramePose, InferenceService, Tracker
from rtc_server.pose.positioning import Framing
from rtc_server.protocol.server_messages import (
    EndReason,
    SummaryMessage,
    build_calibrated,
    build_error,
    build_welcome,
)
from rtc_server.scoring.attempt import Attempt, Mirror
from rtc_server.scoring.reference import Reference
from rtc_server.session import pipeline
from rtc_server.session.control_channel import Control
from rtc_server.session.heartbeat import Heartbeat
from rtc_server.session.playback import Playback
from rtc_server.session.resume import ResumableSession
from rtc_server.sync.player import Player
from rtc_server.webrtc.downlink import Downlink
from rtc_server.webrtc.peer import Peer
from rtc_server.webrtc.trickle import Fragment
from rtc_server.webrtc.uplink import Uplink

logger = logging.getLogger(__name__)

GOODBYE_S = 1.5
# Nobody is there to wait for, or they have another connection already.
SHORT_GOODBYES_S: dict[EndReason, float] = {
    "vanished": 0.0,
    "lost": 0.0,
    "never connected": 0.0,
    "replaced": 0.5,
}
# Ends after which the learner may go on in another session.
BREAKS: set[EndReason] = {
    *("vanished", "lost", "never connected"),
    *("replaced", "failed"),
}


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """What a learner asked for when they connected."""

    lesson: Lesson
    reference: Reference
    mirror: Mirror
    annotated: bool
    learner: str | None = None  # None: nothing of theirs is kept


class Session:
    """A seat taken. `negotiate` first, then `run` until it returns; both once."""

    def __init__(
        self,
        order: SessionRequest,
        config: Config,
        posing: InferenceService,
        tracker: Tracker,
        metrics: Metrics,
        keep: Callable[[Result], Awaitable[None]],
        former: ResumableSession | None = None,
    ) -> None:
        """:param keep: is told the result before the learner is, and may take its time briefly.
        :param former: what another session left, to go on with.
        """
        self.id = secrets.token_hex(16)
        self.order = order
        self.learner = order.learner
        self.started_at = time.time()
        self.ended_at: float | None = None
        self.attempt = former.attempt if former else Attempt(order.reference, order.mirror)
        self.how_it_ended: EndReason | None = None
        # Names the ICE session (RFC 9725, 4.3.1), of which there is one.
        self.ice_tag = f'"{secrets.token_hex(8)}"'
        self._config = config
        self._metrics = metrics
        self._keep = keep
        self._summary: SummaryMessage | None = None  # the last word
        self._resumed = former.message() if former else None
        self._left_at_s = 0.0  # in the lesson
        self._may_return = False
        self._now = asyncio.get_running_loop().time
        self._peer = Peer(config.ice_servers)
        self._player = Player(order.lesson.duration_s, self._now)
        if former is not None:
            self._player.set_rate(former.rate)
            self._player.set_loop(former.loop)
            self._player.seek(former.lesson_s)
        self._down = Downlink(order.lesson, self._player, annotated=order.annotated)
        self._up = Uplink(self._now)
        self._arms = CameraLatencyCheck()
        self._poses = posing.open_slot(tracker, draw=order.annotated)
        self._playback = Playback(
            self._player, self._down.playhead, config.countdown_s, self._peer.send_control
        )
        self._heartbeat = Heartbeat(
            *(self._peer, self._playback, self._player, config),
            lambda: self._up.update_metrics(metrics),
        )

    async def negotiate(self, offer_sdp: str) -> str:
        """Negotiate; the connection is closed again where that fails.

        :raises BadOffer: SDP that cannot be read.
        :raises UnfitOffer: SDP that lacks what a session needs.
        """
        try:
            answer = await self._peer.negotiate(offer_sdp, self._down.tracks())
            self._down.start(answer.video_sender, answer.video_codec)
            self._up.connect(answer.webcam_receiver)
        except BaseException:
            await self._peer.close()
            raise
        return answer.sdp

    async def add_candidates(self, fragment: Fragment) -> None:
        """Take candidates that come after the offer.

        :raises UnfitFragment: they do not belong to the offer.
        """
        await self._peer.add_candidates(fragment)

    def describe(self) -> dict[str, object]:
        """What `GET /api/sessions/{id}` says."""
        return {
            "id": self.id,
            "state": "ended" if self.how_it_ended else self._playback.state,
            "lesson": self.order.lesson.id,
            "lesson_s": round(self._player.position_s, 3),
            "started_at": self.started_at,
            "mirror": self.order.mirror,
            "resumed": self._resumed,
            "samples": self.attempt.samples,
            "dropped": self.attempt.dropped,
            "rate": self._player.clock.rate,
            "loop": self._player.clock.loop,
            "webcam_frames_too_old": self._poses.too_old,
            **self._down.statistics(),
            **self._up.statistics(),
            "messages_lost": self._peer.messages_lost,
            "scores_lost": self._peer.scores_lost,
        }

    def result(self) -> Result:
        """What there is to tell and to keep so far, or of the whole once it has ended."""
        return Result(
            attempt=self.attempt.id,
            session=self.id,
            learner=self.learner,
            lesson=self.order.lesson.id,
            title=self.order.lesson.title,
            started_at_s=self.started_at,
            ended_at_s=self.ended_at,
            reason=self.how_it_ended,
            summary=self._summary or self.attempt.summary(complete=False).message(),
        )

    def end(self, reason: EndReason, *, may_return: bool = False) -> None:
        """Ask for an end; `run` then returns soon.

        :param may_return: the learner may want to go on, even though they were not lost.
        """
        self._may_return = may_return
        self._playback.end(reason)

    @property
    def left(self) -> ResumableSession | None:
        """What the learner can go on with; None after an end that was meant."""
        if self.how_it_ended not in BREAKS and not self._may_return:
            return None
        its, clock = self.order, self._player.clock
        return ResumableSession(
            *(its.lesson, self.attempt, its.mirror, self.learner),
            *(self._left_at_s, clock.rate, clock.loop),
        )

    async def run(self) -> None:
        """Serve the learner until the lesson, the learner or the server ends it."""
        reason: EndReason = "failed"
        try:
            reason = await self._serve()
        except* Exception:  # one learner's failure is logged and must not reach the others
            logger.exception("session %s failed", self.id[:8])
            self._peer.send_control(build_error("internal", "the server failed; please retry"))
        finally:
            self._up.update_metrics(self._metrics)
            await self._finish(reason)

    async def _serve(self) -> EndReason:
        async with asyncio.TaskGroup() as tasks:
            jobs = [
                tasks.create_task(job)
                for job in (
                    self._up.receive_frames(),
                    self._control().obey(),
                    self._coach(),
                    self._playback.count_down(),
                    self._heartbeat.watch(),
                )
            ]
            reason = await self._playback.over
            for job in jobs:
                job.cancel()
        return reason

    def _control(self) -> Control:
        return Control(
            peer=self._peer,
            playback=self._playback,
            up=self._up,
            down=self._down,
            arms=self._arms,
            heartbeat=self._heartbeat,
            metrics=self._metrics,
            now=self._now,
            welcome=build_welcome(self.id, self.order.lesson, self._config.pose_fps, self._resumed),
        )

    async def _coach(self) -> None:
        await self._peer.channels_open.wait()
        self._playback.tell_ready()
        await pipeline.coach(
            pipeline.Coach(
                frames=self._up.frames,
                poses=self._poses,
                capture=self._up.capture_clock,
                playhead=self._down.playhead,
                player=self._player,
                playback=self._playback,
                reference=self.order.reference,
                attempt=self.attempt,
                annotated=self._down.annotated,
                send=self._peer.send_score,
                followed=self._heartbeat.followed,
                packets=lambda: self._peer.packets_received,
                saw=self._watch_arms,
                framing=Framing(),
                complain=lambda code, text: self._peer.send_control(build_error(code, text)),
                metrics=self._metrics,
                pose_fps=self._config.pose_fps,
            )
        )

    def _watch_arms(self, posed: FramePose) -> None:
        """Tell what the check came to, once it is done; a lesson that begins ends it."""
        if self._playback.state not in ("ready", "paused"):
            self._arms.drop()
        found = self._arms.saw(self._up.capture_clock.captured_ms(posed.frame.rtp), posed.pose)
        if found is not None:
            self._peer.send_control(
                build_calibrated(found.latency_ms, found.spread_ms, found.cycles, found.problem)
            )

    async def _finish(self, reason: EndReason) -> None:
        """Have the result kept, then tell the summary: what was told is not lost any more."""
        self.ended_at = time.time()
        self._left_at_s = self._heartbeat.place_s
        self.how_it_ended = reason
        summary = self.attempt.summary(complete=reason == "finished")
        self._summary = summary.message()
        self._playback.tell_ended(reason)
        try:
            await self._keep(self.result())
        finally:
            self._peer.send_control(self._summary)
            heard = await self._peer.close(SHORT_GOODBYES_S.get(reason, GOODBYE_S))
            if reason == "finished" and not heard:  # they were cut off near the end
                self._may_return = True
