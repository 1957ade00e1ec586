"""What comes from a learner over a WebSocket: JPEG pictures, up to the newest decoded frame."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from rtc_server.latest import Latest
from rtc_server.metrics import Metrics
from rtc_server.protocol.pictures import WebcamPicture
from rtc_server.sync.capture_clock import ReportedCaptureClock
from rtc_server.webcam.frame_decoder import FrameDecoder
from rtc_server.webcam.webcam_frame import WebcamFrame

RTP_PER_MS = 90


class SocketUplink:
    """One webcam's newest picture, newest decoded frame and capture clock."""

    frames_skipped = 0  # each picture stands for itself
    has_camera = True

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.capture_clock = ReportedCaptureClock()
        self.frames: Latest[WebcamFrame] = Latest()
        self._pictures: Latest[WebcamPicture] = Latest()
        self._decoder = FrameDecoder()
        self._counted = (0, 0)  # received and replaced pictures that the metrics have
        self._refused: Counter[str] = Counter()  # refused pictures that the metrics have, by reason

    def put(self, picture: WebcamPicture, received_s: float) -> None:
        """A picture came; it takes the place of one that still waits to be decoded."""
        self.capture_clock.on_client_time(picture.sent_ms, received_s)
        self._pictures.put(picture)

    def on_round_trip(self, rtt_ms: float) -> None:
        """Nothing depends on it: TCP gets lost packets again."""

    async def receive_frames(self) -> None:
        """Keep the newest decoded frame, until cancelled; decoding takes a thread."""
        while True:
            picture = await self._pictures.take()
            pts = round(picture.captured_ms * RTP_PER_MS)
            frames, _ = await asyncio.to_thread(self._decoder.decode, "JPEG", picture.jpeg, pts)
            for frame in frames:
                self.frames.put(WebcamFrame(frame, picture.captured_ms, self._now()))

    @property
    def problem(self) -> str:
        return self._decoder.last_refusal

    @property
    def _replaced(self) -> int:
        return self._pictures.dropped + self.frames.dropped

    def update_metrics(self, metrics: Metrics) -> bool:
        """Add the frames since the last call to the metrics; return whether there were any."""
        received, replaced = self._pictures.received, self._replaced
        metrics.webcam_frames.inc(new := received - self._counted[0])
        metrics.webcam_frames_replaced.inc(replaced - self._counted[1])
        self._counted = received, replaced
        for reason, refused in self._decoder.refused.copy().items():
            metrics.webcam_frames_refused.labels(reason).inc(refused - self._refused[reason])
            self._refused[reason] = refused
        return new > 0

    def statistics(self) -> dict[str, int]:
        """What was received and what was lost; nothing here needs key frames."""
        return {
            "webcam_frames": self._pictures.received,
            "webcam_frames_replaced": self._replaced,
            "packets_given_up": 0,
            "webcam_frames_skipped": 0,
            "webcam_frames_refused": self._decoder.refused.total(),
            "key_frames_asked": 0,
            "decoder_late": 0,
        }
