"""One learner from the offer to the end: wires the parts together and owns their tasks."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rtc_server import PROTOCOL, __version__, conductor, insides, messages, pipeline, webcam
from rtc_server.annotated import AnnotatedVideo
from rtc_server.capture import CaptureClock
from rtc_server.conductor import Conductor
from rtc_server.config import Config
from rtc_server.errors import BadMessage, NotImplementedYet, OutOfOrder
from rtc_server.instructor import InstructorSound, InstructorVideo, Player
from rtc_server.jitter import FrameBuffer, patience_s
from rtc_server.keyframes import KeyFrameGate
from rtc_server.lessons import Lesson
from rtc_server.mailbox import Closed, Mailbox
from rtc_server.messages import Bye, Hello, Ping, PlayheadAt
from rtc_server.metrics import Metrics
from rtc_server.peer import Peer
from rtc_server.playhead import Playhead, SentFrames
from rtc_server.posing import PosingService, Tracker
from rtc_server.reference import Reference
from rtc_server.report import Attempt, Mirror
from rtc_server.webcam import WebcamFrame

logger = logging.getLogger(__name__)

VANISHED_CHECK_S = 1.0


@dataclass(frozen=True, slots=True)
class Order:
    """What a learner asked for when they connected."""

    lesson: Lesson
    reference: Reference
    mirror: Mirror
    annotated: bool


class Session:
    """A seat taken. `answer` first, then `run` until it returns; both once."""

    def __init__(
        self,
        order: Order,
        config: Config,
        posing: PosingService,
        tracker: Tracker,
        metrics: Metrics,
    ) -> None:
        self.id = secrets.token_hex(16)
        self.order = order
        self.started_at = time.time()
        self.attempt = Attempt(order.reference, order.mirror)
        self.how_it_ended: str | None = None
        self._config = config
        self._metrics = metrics
        self._now = asyncio.get_running_loop().time
        self._heard_s = self._now()
        self._peer = Peer(config.ice_servers)
        self._player = Player(order.lesson.duration_s, self._now)
        self._sent = SentFrames()
        self._playhead = Playhead()
        self._capture = CaptureClock()
        self._buffer, self._gate = FrameBuffer(self._now), KeyFrameGate(self._now)
        self._frames: Mailbox[WebcamFrame] = Mailbox()
        self._counted = (0, 0, 0)  # frames received, replaced and skipped, that the metrics know of
        self._annotated = AnnotatedVideo(self._now) if order.annotated else None
        self._poses = posing.open_slot(tracker, draw=order.annotated)
        self._conductor = Conductor(
            self._player, self._playhead, config.countdown_s, self._peer.send_control
        )

    async def answer(self, offer_sdp: str) -> str:
        """Negotiate; the connection is closed again where that fails.

        :raises BadOffer: SDP that cannot be read.
        :raises UnfitOffer: SDP that lacks what a session needs.
        """
        lesson = self.order.lesson
        video = InstructorVideo(self._player, self._sent)
        sound = lesson.rendition("opus") if lesson.has_audio else None
        try:
            answer, codec = await self._peer.answer(
                offer_sdp, video, InstructorSound(self._player, sound), self._annotated
            )
        except BaseException:
            await self._peer.close()
            raise
        video.rendition = lesson.rendition("h264" if codec == "h264" else "vp8")
        if self._peer.webcam is not None:
            insides.replace_receive_buffer(self._peer.webcam, self._buffer, self._gate)
            insides.on_rtp_packet(
                self._peer.webcam, lambda rtp: self._capture.media_arrived(rtp, self._now())
            )
            insides.on_sender_report(
                self._peer.webcam, lambda ntp, rtp: self._capture.reported(ntp, rtp, self._now())
            )
        return answer

    def describe(self) -> dict[str, object]:
        """What `GET /api/sessions/{id}` says."""
        return {
            "id": self.id,
            "state": "ended" if self.how_it_ended else self._conductor.state,
            "lesson": self.order.lesson.id,
            "lesson_s": round(self._player.position_s, 3),
            "started_at": self.started_at,
            "mirror": self.order.mirror,
            "samples": self.attempt.samples,
            "dropped": self.attempt.dropped,
            "webcam_frames": self._frames.received,
            "webcam_frames_replaced": self._frames.dropped,
            "packets_given_up": self._buffer.given_up,
            "webcam_frames_skipped": self._gate.skipped,
            "key_frames_asked": self._gate.asked,
            "decoder_late": self._gate.late,
            "messages_lost": self._peer.messages_lost,
            "scores_lost": self._peer.scores_lost,
        }

    def end(self, reason: str) -> None:
        """Ask for an end; `run` then returns soon."""
        self._conductor.end(reason)

    async def run(self) -> None:
        """Serve the learner until the lesson, the learner or the server ends it."""
        reason = conductor.FAILED
        try:
            reason = await self._serve()
        except* Exception:  # one learner's failure is logged and must not reach the others
            logger.exception("session %s failed", self.id[:8])
            self._peer.send_control(messages.error("internal", "the server failed; please retry"))
        finally:
            self._count_frames()
            self._say_goodbye(reason)
            await self._peer.close()
            self.how_it_ended = reason

    async def _serve(self) -> str:
        async with asyncio.TaskGroup() as tasks:
            jobs = [
                tasks.create_task(job)
                for job in (
                    self._receive(),
                    self._obey(),
                    self._coach(),
                    self._conductor.count_down(),
                    self._watch(),
                )
            ]
            reason = await self._conductor.over
            for job in jobs:
                job.cancel()
        return reason

    async def _receive(self) -> None:
        if self._peer.webcam is not None:
            await webcam.drain(self._peer.webcam, self._frames, self._now)

    async def _coach(self) -> None:
        await self._peer.open.wait()
        self._conductor.tell_ready()
        await pipeline.coach(
            pipeline.Coach(
                frames=self._frames,
                poses=self._poses,
                capture=self._capture,
                playhead=self._playhead,
                player=self._player,
                conductor=self._conductor,
                reference=self.order.reference,
                attempt=self.attempt,
                annotated=self._annotated,
                send=self._peer.send_score,
                complain=lambda code, text: self._peer.send_control(messages.error(code, text)),
                metrics=self._metrics,
                pose_fps=self._config.pose_fps,
            )
        )

    async def _obey(self) -> None:
        """Read the control channel; what is wrong with a message is told, and nothing ends."""
        try:
            while True:
                text = await self._peer.next_message()
                self._heard_s = self._now()
                try:
                    self._take(messages.parse_control(text), self._heard_s)
                except (BadMessage, OutOfOrder, NotImplementedYet) as error:
                    self._metrics.bad_messages.inc()
                    self._peer.send_control(messages.error(error.code, str(error)))
        except Closed:
            self._conductor.end(conductor.LEFT)

    def _take(self, message: messages.Control | None, arrived_s: float) -> None:
        match message:
            case None:
                pass
            case Hello():
                self._peer.send_control(self._welcome())
            case Ping(t0_ms, rtt_ms, wall_ms):
                self._capture.pinged(t0_ms, arrived_s, rtt_ms, wall_ms)
                if rtt_ms is not None:
                    self._buffer.give_up_s = patience_s(rtt_ms)
                self._peer.send_control(messages.pong(t0_ms, arrived_s * 1000, self._now() * 1000))
            case PlayheadAt(rtp, shown_ms):
                if (frame := self._sent.find(rtp)) is not None:
                    self._playhead.observe(shown_ms, frame, self.order.lesson.duration_s)
            case Bye():
                self._conductor.end(conductor.LEFT)
            case _:
                self._conductor.obey(message)

    async def _watch(self) -> None:
        """End a session that never connects, or of which nothing has been heard for long."""
        limit_s = self._config.connect_timeout_s
        try:
            async with asyncio.timeout(limit_s):
                await self._peer.open.wait()
        except TimeoutError:
            self._conductor.end(conductor.NEVER_CAME)
            return
        while self._now() - self._heard_s < self._config.silence_timeout_s:
            if self._peer.gone.is_set():
                self._conductor.end(conductor.LEFT)
                return
            if self._count_frames():
                self._heard_s = self._now()
            await asyncio.sleep(VANISHED_CHECK_S)
        self._conductor.end(conductor.VANISHED)

    def _count_frames(self) -> bool:
        """Tell the metrics of frames since the last time; whether there were any."""
        counts = self._frames.received, self._frames.dropped, self._gate.skipped
        received, replaced, skipped = (
            now - before for now, before in zip(counts, self._counted, strict=True)
        )
        self._counted = counts
        self._metrics.frames.inc(received)
        self._metrics.frames_replaced.inc(replaced)
        self._metrics.frames_skipped.inc(skipped)
        return received > 0

    def _welcome(self) -> Mapping[str, Any]:
        lesson = self.order.lesson
        return {
            "type": "welcome",
            "protocol": PROTOCOL,
            "version": __version__,
            "session": self.id,
            "lesson": {
                "id": lesson.id,
                "title": lesson.title,
                "duration_s": lesson.duration_s,
                "width": lesson.width,
                "height": lesson.height,
            },
            "pose_fps": self._config.pose_fps,
        }

    def _say_goodbye(self, reason: str) -> None:
        self._conductor.tell_ended(reason)
        summary = self.attempt.summary(complete=reason == conductor.FINISHED)
        self._peer.send_control(summary.message())
