"""The teacher of one live class, in place of a lesson; see `classes.live_teacher`."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from rtc_server.classes.live.class_judge import ClassJudge
from rtc_server.classes.live.media_counts import count_media
from rtc_server.classes.live.recording.class_recording import ClassRecording
from rtc_server.classes.live.recording.studio import RecordingStudio
from rtc_server.classes.live.stand_in import make_stand_in
from rtc_server.classes.live.teacher_poses import TeacherPoses
from rtc_server.classes.options import ClassOptions, KeepRight
from rtc_server.config import Config
from rtc_server.errors import UnknownSession
from rtc_server.lessons.lesson import Lesson
from rtc_server.metrics import Metrics
from rtc_server.pose.inference import InferenceService
from rtc_server.pose.pose_slot import AnyTracker, PoseSlot
from rtc_server.protocol.class_messages import LiveProblem
from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.scoring.growing.reference import LONGEST_S, GrowingReference
from rtc_server.sync.player import Player
from rtc_server.webrtc.connection import WebRtcConnection
from rtc_server.webrtc.live.downlink import LiveDownlink
from rtc_server.webrtc.live.encoder_connection import EncoderConnection
from rtc_server.webrtc.live.source import LiveSource
from rtc_server.webrtc.live.teacher_media import TeacherMedia
from rtc_server.webrtc.live.viewer_connection import ViewerConnection
from rtc_server.webrtc.negotiation import IncomingMedia
from rtc_server.webrtc.offers.offer import check_offer
from rtc_server.webrtc.peer import Peer
from rtc_server.webrtc.trickle import Fragment
from rtc_server.webrtc.udp.aiortc_gatherer import CandidateGatherer

logger = logging.getLogger(__name__)

MAX_ENCODERS = 2  # of one class: the one in use, and the one that takes its place


@dataclass(frozen=True, slots=True)
class LiveTeachers:
    """Opens the teachers of live classes; what they share."""

    config: Config
    inference: InferenceService
    make_tracker: Callable[[], AnyTracker]
    metrics: Metrics
    gatherer: CandidateGatherer
    studio: RecordingStudio

    def open(self, code: str, options: ClassOptions, right: KeepRight) -> StreamedTeacher:
        """The teacher of a new class, who is not there yet."""
        teacher = StreamedTeacher(code, options.title, self, right)
        if options.keep and right.refusal is None:
            teacher.recording.set_keep(keep=True)
        return teacher


class StreamedTeacher:
    """The teacher's media, their poses as the reference, and the judging after the class."""

    def __init__(self, code: str, title: str, shared: LiveTeachers, right: KeepRight) -> None:
        now = asyncio.get_running_loop().time
        self.reference = GrowingReference()
        self.source = LiveSource(now)
        self._shared = shared
        self._lesson = make_stand_in(code, title, shared.config.pose_fps)
        self._poses = TeacherPoses(
            self.reference,
            PoseSlot(shared.inference, shared.make_tracker(), draw=False),
            *(shared.config.pose_fps, now, self.source.captured_s),
        )
        self._media: list[TeacherMedia] = []  # the last one is in use
        self._encoders: dict[str, EncoderConnection] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None
        self._judge = ClassJudge(self.reference)
        self._viewers: dict[str, ViewerConnection] = {}  # by the host that shows it
        self.recording = ClassRecording(
            *(code, title, self.source, right, shared.studio, self._begin)
        )
        self._counting = self._begin(count_media(self.statistics, shared.metrics))

    @property
    def lesson(self) -> Lesson:
        """Stands for the lesson that there is none of."""
        return self._lesson

    @property
    def problem(self) -> LiveProblem | None:
        """What keeps the teacher from being seen, or seen well; None: nothing."""
        return self.source.problem

    def open_downlink(self, player: Player) -> LiveDownlink:
        """The teacher's video and audio for one learner, once they are let in."""
        return LiveDownlink(self.source, player)

    def connect_teacher(self, connection: WebRtcConnection) -> None:
        """The teacher's own session: its media are the class's, if it sends any."""
        if connection.incoming != IncomingMedia():
            self._use(connection.incoming)

    async def open_encoder(self, offer_sdp: str, address: str) -> tuple[str, str]:
        """Answer an encoder's offer (WHIP); return its id and the answer.

        :raises BadOffer, UnfitOffer: SDP that cannot be read, or lacks what an encoder needs.
        """
        offer = check_offer(offer_sdp, "encoder")
        while len(self._encoders) >= MAX_ENCODERS:
            await self.close_encoder(next(iter(self._encoders)))
        shared = self._shared
        servers = shared.config.ice_servers
        peer = Peer(servers, shared.metrics, address, shared.gatherer, lossy_channel=None)
        connection = EncoderConnection(peer, shared.config.connect_timeout_s)
        answer = await connection.negotiate(offer)
        id = secrets.token_hex(16)
        self._encoders[id] = connection
        self._use(connection.incoming)
        self._begin(self._run_encoder(id, connection))
        return id, answer

    async def add_encoder_fragment(self, id: str, fragment: Fragment, address: str) -> str | None:
        """Candidates of an encoder that come after its offer, or an ICE restart.

        :raises UnknownSession: there is no such encoder (any more).
        """
        return await self._find_encoder(id).add_fragment(fragment, address)

    def encoder_ice_tag(self, id: str) -> str:
        """Identifies the encoder's ICE session (RFC 9725, 4.3.1).

        :raises UnknownSession: there is no such encoder (any more).
        """
        return self._find_encoder(id).ice_tag

    async def close_encoder(self, id: str) -> None:
        """
        :raises UnknownSession: there is no such encoder (any more).
        """
        self._find_encoder(id).end()
        del self._encoders[id]

    def begin(self, player: Player) -> None:
        """The class plays from now on: `player` has the time since then as its position."""
        self._poses.player = self.recording.player = player

    def end(self) -> None:
        """The class is over, before its sessions are."""
        self.recording.end()

    async def judge(self, attempt: GroupAttempt) -> None:
        """Judge an attempt by all that the teacher has danced."""
        await self._judge.judge(attempt)

    async def open_viewer(self, host: str, offer_sdp: str) -> str:
        """Answer the offer of another session host, which shows the teacher to its learners.

        :param host: one has one connection; a new one takes the place of the last.
        :raises BadOffer, UnfitOffer: SDP that cannot be read, or receives no video.
        """
        offer = check_offer(offer_sdp, "viewer")
        if (before := self._viewers.pop(host, None)) is not None:
            before.end()
        shared, now = self._shared, self.source.now
        peer = Peer((), shared.metrics, gatherer=shared.gatherer, lossy_channel=None)
        downlink = LiveDownlink(self.source, Player(LONGEST_S, now))
        connection = ViewerConnection(peer, shared.config.connect_timeout_s, downlink)
        answer = await connection.negotiate(offer)
        self._viewers[host] = connection
        self._begin(connection.run())
        return answer

    async def close(self) -> None:
        """The class has ended: close what is still open."""
        for id in list(self._encoders):
            await self.close_encoder(id)
        for viewer in self._viewers.values():
            viewer.end()
        await self.recording.close()
        self._counting.cancel()
        if self._looking is not None:
            self._looking.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    def statistics(self) -> Counter[str]:
        """What came and what became of it, from the beginning on."""
        counts = self.source.statistics() + self.recording.statistics()
        counts.update(poses=len(self.reference), poses_missed=self._poses.missed)
        return counts

    def _use(self, incoming: IncomingMedia) -> None:
        """The newest connection has the class's camera and microphone until it ends."""
        media = TeacherMedia(self.source, incoming)
        if self._media:
            self._media[-1].is_in_use = False
        self._media.append(media)
        self._switch()
        if media.uplink.has_camera:
            self._begin(self._receive(media))

    async def _receive(self, media: TeacherMedia) -> None:
        """Receive until it ends; then the one before it is in use again."""
        await media.uplink.receive_frames()
        was_in_use = media is self._media[-1]
        self._media.remove(media)
        media.is_in_use = False
        if was_in_use and self._media:
            self._switch()

    def _switch(self) -> None:
        media = self._media[-1]
        media.use()
        if self._looking is not None:
            self._looking.cancel()
        if media.uplink.has_camera:
            self._looking = self._begin(self._poses.run(media.uplink.frames))

    def _begin(self, part: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(part)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)
        return task

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._shared.metrics.class_failures.inc()
            logger.error("a part of a live class failed", exc_info=error)

    async def _run_encoder(self, id: str, connection: EncoderConnection) -> None:
        try:
            await connection.run()
        finally:
            self._encoders.pop(id, None)

    def _find_encoder(self, id: str) -> EncoderConnection:
        if (found := self._encoders.get(id)) is None:
            raise UnknownSession(f"expected an encoder of this class, got {id[:40]!r}")
        return found
