"""The teacher's video as an outgoing track of one learner: the same payloads, at once."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiortc import RTCRtpSender
from aiortc.mediastreams import MediaStreamError

from rtc_server.sync.player import Player
from rtc_server.sync.playhead import RTP_WRAP, SentFrame, SentFrames
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.bitrate import BitrateSelector
from rtc_server.webrtc.live.frames import VIDEO_HZ
from rtc_server.webrtc.live.source import LiveSource, Viewer
from rtc_server.webrtc.live.viewer_queue import QueuedFrame
from rtc_server.webrtc.packets import EncodedTrack, PassedPacket

logger = logging.getLogger(__name__)

EARLIEST_S = 10.0  # frames this much older than the session have times above 0


class LiveVideoTrack(EncodedTrack):
    """Hands out the frames that the source puts into the learner's queue.

    Where the learner's network does not carry them, as `bitrate` finds out, only key frames are
    sent: there is no smaller rendition, and to make one would mean to encode.
    """

    kind = "video"

    def __init__(self, source: LiveSource, player: Player, sent: SentFrames) -> None:
        """:param player: of the learner's session; its clock says which position a frame shows."""
        super().__init__(player)
        self.sender: RTCRtpSender | None = None
        self.bitrate = BitrateSelector()
        self.adapts = True  # False: the receiver has learners, who adapt one by one
        self.unsupported = 0  # frames of a codec that the learner does not take
        self._source = source
        self._sent = sent
        self._viewer = Viewer(lambda: None)
        self._is_let_in = self._is_sending = False
        self._origin = round((player.epoch_s - EARLIEST_S) * VIDEO_HZ)
        self._last_pts = -1

    @property
    def cuts(self) -> int:
        """How often the learner lost all up to a key frame."""
        return self._viewer.queue.cuts

    @property
    def frames_left_out(self) -> int:
        """Frames that the learner was not sent."""
        return self._viewer.queue.skipped

    def let_in(self) -> None:
        """From now on the learner may see the teacher."""
        self._is_let_in = True
        self._watch()

    @contextmanager
    def listening(self, on_change: Callable[[], None]) -> Iterator[None]:
        """Watch the source until the block is left; only then is anything kept to be sent."""
        self._viewer.on_frame = on_change
        self._is_sending = True
        self._watch()
        try:
            yield
        finally:
            self._is_sending = False
            self._source.remove_viewer(self._viewer)

    def _watch(self) -> None:
        if self._is_let_in and self._is_sending:
            self._source.add_viewer(self._viewer)

    def poll(self) -> PassedPacket | float:
        if self.readyState != "live":
            raise MediaStreamError
        self._learn_origin()
        queued = self._viewer.queue.pop()
        return math.inf if queued is None else self._pass_on(queued)

    def on_unsupported(self, codec: str) -> None:
        self.unsupported += 1
        if self.unsupported == 1:
            logger.info("the teacher sends %s, which a learner does not take", codec)

    def on_key_frame_request(self) -> None:
        """The receiver has lost frames and cannot go on without a key frame (PLI, FIR)."""
        self._source.request_key_frame()

    def on_loss_report(self, fraction: float) -> None:
        """The receiver lost this part of the packets since its last report, 0..1."""
        self.bitrate.on_loss_report(fraction, self.player.now())
        self._adapt()

    def on_bitrate_estimate(self, bit_rate: float) -> None:
        """The receiver estimates that it can receive this many bits a second (REMB)."""
        self.bitrate.on_bitrate_estimate(bit_rate, self.player.now())
        self._adapt()

    def _adapt(self) -> None:
        queue = self._viewer.queue
        if not self.adapts:
            return
        if self.bitrate.low and not queue.keys_only:
            queue.keys_only = True
            queue.cut()
        elif not self.bitrate.low and queue.keys_only:
            queue.keys_only = False
            self._source.request_key_frame()

    def _pass_on(self, queued: QueuedFrame) -> PassedPacket:
        frame, clock = queued.frame, self.player.clock
        if queued.on_time:
            self.bitrate.on_frame_sent(frame.size, self.player.now())
        pts = self._last_pts = max(queued.ticks - self._origin, self._last_pts + 1)
        run = clock.run
        # What was captured before the run is shown in it, and its delay means nothing.
        on_time = queued.on_time and frame.captured_s >= run.start_s
        lesson_s = clock.position_s(frame.captured_s)
        self._sent.record(
            pts, SentFrame(lesson_s, clock.run_number, run.start_lesson_s, run.rate, on_time)
        )
        return PassedPacket(frame.payloads, pts, frame.codec, frame.ntp)

    def _learn_origin(self) -> None:
        """As `InstructorVideoTrack` does: the timestamp of the first frame tells it."""
        if self._sent.rtp_origin is None and self._last_pts >= 0 and self.sender is not None:
            sent = aiortc_internals.last_sent_timestamp(self.sender)
            self._sent.rtp_origin = (sent - self._last_pts) % RTP_WRAP
