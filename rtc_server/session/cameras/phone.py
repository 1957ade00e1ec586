"""One phone that is, or wants to be, the camera of a session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rtc_server.protocol.camera_messages import PhoneState
from rtc_server.protocol.client_messages import PhoneProblem
from rtc_server.protocol.server_messages import EndReason
from rtc_server.session.cameras.picture_watch import SILENCE_S, PictureWatch
from rtc_server.webrtc.camera_connection import CameraConnection
from rtc_server.webrtc.limits.flood_detector import FloodDetector

FIRST_PICTURE_S = 4.0  # from the offer; cameras and encoders take a while to begin
GIVE_UP_S = 30.0  # a phone that is silent for so long has to connect anew


class Phone:
    """Its connection, and what is known of its pictures."""

    def __init__(self, id: str, connection: CameraConnection, now: Callable[[], float]) -> None:
        """:param id: a secret with which the phone may come back."""
        self.id = id
        self.peer, self.uplink = connection.peer, connection.uplink
        self.problem: PhoneProblem | None = None  # as the phone says itself
        self.latency_ms: float | None = None  # of its camera, where the phone knows it
        self.ended: asyncio.Future[EndReason] = asyncio.get_running_loop().create_future()
        self._now = now
        self._came_s = now()
        self._watch = PictureWatch(now())
        self._flood = FloodDetector()

    def end(self, reason: EndReason) -> None:
        """It is no camera any more; only the first reason counts."""
        if not self.ended.done():
            self.ended.set_result(reason)

    def check(self) -> None:
        """Look at what came since the last call; call it twice a second."""
        now_s = self._now()
        self._watch.update(self.uplink.frames.received, self.peer.packets_received, now_s)
        if self._flood.update(self.peer.refused, now_s):
            self.end("flooding")
        elif self._watch.silent_s(now_s) >= GIVE_UP_S:
            self.end("vanished")

    @property
    def has_picture(self) -> bool:
        return self._watch.has_picture(self._now())

    @property
    def fps(self) -> float | None:
        """Frames a second, where that is known."""
        return self._watch.fps

    @property
    def state(self) -> PhoneState:
        """How it is, for people."""
        began_s = self._now() - self._came_s
        if not self.peer.channels_open.is_set() or not (
            self._watch.had_picture or self.uplink.problem or began_s > FIRST_PICTURE_S
        ):
            return "joining"
        if self.has_picture:
            return "slow" if self._watch.is_slow else "connected"
        if self._watch.silent_s(self._now()) >= SILENCE_S:
            return "silent"
        if self.problem is not None:
            return self.problem
        return "refused" if self.uplink.problem else "no_picture"
