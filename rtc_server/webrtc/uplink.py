"""What comes up from a learner: the webcam's packets, on the way to its newest frame."""

from __future__ import annotations

from collections.abc import Callable

from aiortc import RTCRtpReceiver

from rtc_server.metrics import Metrics
from rtc_server.sync.capture_clock import CaptureClock
from rtc_server.webrtc import aiortc_internals, webcam
from rtc_server.webrtc.jitter_buffer import FrameBuffer
from rtc_server.webrtc.keyframe_gate import KeyFrameGate
from rtc_server.webrtc.latest import Latest
from rtc_server.webrtc.webcam import WebcamFrame


class Uplink:
    """Receive buffer, decoder's gate, newest frame and the clock of captures of one webcam."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.capture = CaptureClock()
        self.buffer, self._gate = FrameBuffer(now), KeyFrameGate(now)
        self.frames: Latest[WebcamFrame] = Latest()
        self._counted = (0, 0, 0)  # received, replaced and skipped, that the metrics know of

    def connect(self, receiver: RTCRtpReceiver) -> None:
        """Take the place of aiortc's buffer, and listen to what tells of captures."""
        aiortc_internals.replace_receive_buffer(receiver, self.buffer, self._gate)
        aiortc_internals.on_rtp_packet(
            receiver, lambda rtp: self.capture.media_arrived(rtp, self._now())
        )
        aiortc_internals.on_sender_report(
            receiver, lambda ntp, rtp: self.capture.reported(ntp, rtp, self._now())
        )

    async def drain(self, receiver: RTCRtpReceiver) -> None:
        """Keep the newest frame, until the track ends."""
        await webcam.drain(receiver, self.frames, self._now)

    def count(self, metrics: Metrics) -> bool:
        """Tell the metrics of frames since the last time; whether there were any."""
        counts = self.frames.received, self.frames.dropped, self._gate.skipped
        received, replaced, skipped = (
            now - before for now, before in zip(counts, self._counted, strict=True)
        )
        self._counted = counts
        metrics.frames.inc(received)
        metrics.frames_replaced.inc(replaced)
        metrics.frames_skipped.inc(skipped)
        return received > 0

    def figures(self) -> dict[str, int]:
        """What was received and what was lost, for `GET /api/sessions/{id}`."""
        return {
            "webcam_frames": self.frames.received,
            "webcam_frames_replaced": self.frames.dropped,
            "packets_given_up": self.buffer.given_up,
            "webcam_frames_skipped": self._gate.skipped,
            "key_frames_asked": self._gate.asked,
            "decoder_late": self._gate.late,
        }
