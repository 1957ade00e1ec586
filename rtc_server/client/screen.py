"""The headless learner's screen: it shows each frame of the instructor when it is due."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Mapping
from typing import Any

import av
from aiortc import RTCRtpReceiver
from aiortc.mediastreams import MediaStreamError

from rtc_server.client.cameras import CameraTrack, EchoCameraTrack
from rtc_server.client.outcome import Outcome
from rtc_server.sync.playout import Playout
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.jitter_buffer import JitterBuffer
from rtc_server.webrtc.keyframe_gate import KeyFrameGate

PLAYHEAD_INTERVAL_S = 0.1


class Screen:
    """Receives the downlink, counts it in the outcome, and reports to the server what it shows."""

    def __init__(
        self,
        now: Callable[[], float],
        outcome: Outcome,
        send: Callable[[Mapping[str, Any]], None],
    ) -> None:
        """:param send: sends a message on the control channel."""
        self._now = now
        self._outcome = outcome
        self._send = send
        self._playout: Playout[av.VideoFrame] = Playout()
        self._received = asyncio.Event()
        self._presented = 0
        self._reported_s = -math.inf  # a clock may be negative
        self._shown_s: float | None = None  # time of the last frame; None while not playing

    def set_playing(self, playing: bool) -> None:
        """Frames are expected from now on, or no longer."""
        self._shown_s = self._now() if playing else None

    async def receive(self, name: str, receiver: RTCRtpReceiver) -> None:
        """Receive one track, `video`, `audio` or `annotated`, until it ends."""
        if name != "audio":
            buffer, gate = JitterBuffer(self._now), KeyFrameGate(self._now)
            aiortc_internals.replace_jitter_buffer(receiver, buffer, gate)
        with contextlib.suppress(MediaStreamError):  # raised when the track ends
            while True:
                frame = await receiver.track.recv()
                if name == "audio":
                    self._outcome.audio_frames += 1
                elif name == "annotated":
                    self._outcome.annotated_frames += 1
                elif isinstance(frame, av.VideoFrame):
                    self._outcome.frames += 1
                    self._playout.add(self._now(), frame.time or 0.0, frame)
                    self._received.set()

    async def present(self, receiver: RTCRtpReceiver, camera: CameraTrack | None) -> None:
        """Show the instructor's frames until cancelled; an echo camera films each of them."""
        while True:
            if (due_s := self._playout.due_s) is None:
                self._received.clear()
                await self._received.wait()
            elif (frame := self._playout.take(self._now())) is not None:
                self._show(receiver, frame, camera)
            else:
                await asyncio.sleep(due_s - self._now())

    def _show(
        self, receiver: RTCRtpReceiver, frame: av.VideoFrame, camera: CameraTrack | None
    ) -> None:
        """Count the frame as shown from now on, and report it to the server now and then."""
        self._presented += 1
        now_s = self._now()
        if self._shown_s is not None:
            frozen_ms = (now_s - self._shown_s) * 1000
            self._outcome.freeze_ms = max(self._outcome.freeze_ms, frozen_ms)
            self._shown_s = now_s
        if now_s - self._reported_s >= PLAYHEAD_INTERVAL_S:
            self._reported_s = now_s
            self._send(
                {
                    "type": "playhead",
                    "rtp": aiortc_internals.rtp_timestamp(receiver, frame.pts or 0),
                    "shown_ms": now_s * 1000,
                    "presented": self._presented,
                    "sent_ms": now_s * 1000,
                }
            )
        if isinstance(camera, EchoCameraTrack):
            camera.film(frame)
