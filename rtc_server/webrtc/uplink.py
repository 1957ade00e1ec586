"""What comes from a learner: the webcam's packets, up to the newest decoded frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import av
from aiortc import RTCRtpReceiver
from aiortc.mediastreams import MediaStreamError

from rtc_server.metrics import Metrics
from rtc_server.sync.capture_clock import CaptureClock
from rtc_server.webcam.frame_decoder import FrameDecoder
from rtc_server.webcam.wanted_frames import HeldFrames, WantedFrames
from rtc_server.webcam.webcam_frame import WebcamFrame
from rtc_server.webrtc import aiortc_decoder, aiortc_internals
from rtc_server.webrtc.jitter_buffer import JitterBuffer, choose_gap_wait_s
from rtc_server.webrtc.keyframe_gate import KeyFrameGate


class Uplink:
    """One webcam's jitter buffer, key frame gate, newest frame and capture clock."""

    def __init__(self, now: Callable[[], float], capture_clock: CaptureClock | None = None) -> None:
        """:param capture_clock: of another kind; None: the camera is the screen's own."""
        self._now = now
        self.capture_clock = capture_clock or CaptureClock()
        self.jitter_buffer, self._gate = JitterBuffer(now), KeyFrameGate(now)
        self._decoder = FrameDecoder()
        self.frames = WantedFrames()
        self._held = HeldFrames[aiortc_decoder.DecoderTask](now, lambda: self.frames.is_wanted)
        self._receiver: RTCRtpReceiver | None = None
        self._counted = (0, 0, 0)  # received, replaced and skipped frames that the metrics have
        self._refused: Counter[str] = Counter()  # refused frames that the metrics have, by reason

    def connect(self, receiver: RTCRtpReceiver, tap: aiortc_decoder.FrameTap | None = None) -> None:
        """Replace aiortc's decoder and jitter buffer; pass packets and reports to the clock.

        :param tap: sees each frame first, and says whether it may be decoded.
        """
        self._receiver = receiver
        aiortc_decoder.replace_decoder(receiver, self._decoder, self._on_pictures)
        feed = aiortc_decoder.replace_jitter_buffer(
            receiver, self.jitter_buffer, self._gate, tap, self._held
        )
        self.frames.decode_held = feed.decode_held
        aiortc_internals.on_media_packet(
            receiver, lambda rtp: self.capture_clock.on_media_packet(rtp, self._now())
        )
        aiortc_internals.on_sender_report(
            receiver, lambda ntp, rtp: self.capture_clock.on_sender_report(ntp, rtp, self._now())
        )

    async def receive_frames(self) -> None:
        """Wait until the webcam's track ends; its frames come by `_on_pictures`."""
        if self._receiver is None:
            return
        try:
            while True:
                await self._receiver.track.recv()
        except MediaStreamError:
            pass
        finally:
            self.frames.close()

    def _on_pictures(self, newest: av.VideoFrame, count: int) -> None:
        """Keep the newest decoded frame: the track's queue would wake up a task for each."""
        assert self._receiver is not None
        rtp = aiortc_internals.rtp_timestamp(self._receiver, newest.pts or 0)
        self.frames.put(WebcamFrame(newest, rtp, self._now()), count)

    def on_round_trip(self, rtt_ms: float) -> None:
        """Wait for a lost packet as long as it takes to get it again."""
        self.jitter_buffer.gap_wait_s = choose_gap_wait_s(rtt_ms)

    @property
    def has_camera(self) -> bool:
        """Whether a webcam was negotiated."""
        return self._receiver is not None

    @property
    def problem(self) -> str:
        """Why the last frame that was not decoded was refused; empty if none was."""
        return self._decoder.last_refusal

    @property
    def frames_held(self) -> int:
        """How many frames came that are decoded with a later one."""
        return len(self._held)

    @property
    def frames_skipped(self) -> int:
        """How many frames came that were not decoded, because frames before them are missing."""
        return self._gate.skipped

    def update_metrics(self, metrics: Metrics) -> bool:
        """Add the frames since the last call to the metrics; return whether there were any."""
        counts = self.frames.received, self.frames.dropped, self._gate.skipped
        received, replaced, skipped = (
            now - before for now, before in zip(counts, self._counted, strict=True)
        )
        self._counted = counts
        metrics.webcam_frames.inc(received)
        metrics.webcam_frames_replaced.inc(replaced)
        metrics.webcam_frames_skipped.inc(skipped)
        for reason, refused in self._decoder.refused.copy().items():
            metrics.webcam_frames_refused.labels(reason).inc(refused - self._refused[reason])
            self._refused[reason] = refused
        return received > 0

    def statistics(self) -> dict[str, int]:
        """What was received and what was lost, for `GET /api/sessions/{id}`."""
        return {
            "webcam_frames": self.frames.received,
            "webcam_frames_replaced": self.frames.dropped,
            "packets_given_up": self.jitter_buffer.gaps_given_up,
            "webcam_frames_skipped": self._gate.skipped,
            "webcam_frames_refused": self._decoder.refused.total(),
            "key_frames_asked": self._gate.key_frames_requested,
            "decoder_late": self._gate.decoder_stalls,
        }
