"""The camera of a session that counts: the screen's own, or a phone's.

To the rest of the session this is an uplink as any other. Where a phone is the camera, its capture
clock gives times on the screen's clock.
"""

from __future__ import annotations

from rtc_server.latest import Latest
from rtc_server.metrics import Metrics
from rtc_server.protocol.camera_messages import CameraSource
from rtc_server.protocol.client_messages import CameraChoice
from rtc_server.session.cameras.phone import Phone
from rtc_server.session.connection import SessionUplink
from rtc_server.sync.capture_clock import CaptureClock
from rtc_server.webcam.webcam_frame import WebcamFrame


class CameraSwitch:
    """A `SessionUplink` of the camera that counts."""

    def __init__(self, own: SessionUplink) -> None:
        """:param own: the screen's, with or without a camera."""
        self.own = own
        self.phone: Phone | None = None
        self.use: CameraChoice = "own"
        self._no_frames: Latest[WebcamFrame] = Latest()

    @property
    def is_phone(self) -> bool:
        """Whether a phone counts, be it there or not."""
        return self.use == "phone" or not self.own.has_camera

    @property
    def active_phone(self) -> Phone | None:
        """The phone that counts, if it is there."""
        return self.phone if self.is_phone else None

    @property
    def source(self) -> CameraSource:
        if not self.is_phone:
            return "own"
        return "none" if self.phone is None else "phone"

    @property
    def has_camera(self) -> bool:
        """Whether the one that counts is there, and, if it is a phone, sends pictures."""
        if self.is_phone:
            return self.phone is not None and self.phone.has_picture
        return True

    @property
    def _active(self) -> SessionUplink | None:
        if not self.is_phone:
            return self.own
        return None if self.phone is None else self.phone.uplink

    @property
    def frames(self) -> Latest[WebcamFrame]:
        return self._active.frames if self._active else self._no_frames

    @property
    def capture_clock(self) -> CaptureClock:
        return (self._active or self.own).capture_clock

    @property
    def problem(self) -> str:
        return self._active.problem if self._active else ""

    @property
    def frames_skipped(self) -> int:
        return self._active.frames_skipped if self._active else 0

    async def receive_frames(self) -> None:
        """Keep the newest frame of the screen's own camera; phones have tasks of their own."""
        await self.own.receive_frames()

    def on_round_trip(self, rtt_ms: float) -> None:
        self.own.on_round_trip(rtt_ms)

    def update_metrics(self, metrics: Metrics) -> bool:
        """Whether the screen sent frames: a phone's say nothing about who is at the screen."""
        if self.phone is not None:
            self.phone.uplink.update_metrics(metrics)
        return self.own.update_metrics(metrics)

    def statistics(self) -> dict[str, int]:
        return (self._active or self.own).statistics()

    def describe(self) -> dict[str, object]:
        """What only cameras of two kinds have, for `GET /api/sessions/{id}`."""
        fps = self.phone.fps if self.phone else None
        return {
            "source": self.source,
            "frames_per_s": None if fps is None else round(fps, 1),
            "clock_error_ms": round(self.capture_clock.error_ms, 1),
        }
