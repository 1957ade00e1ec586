"""What the headless learner looks at: the instructor's frames, each shown when it is due."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import av
from aiortc import RTCRtpReceiver
from aiortc.mediastreams import MediaStreamError

from rtc_server.client.cameras import Camera, EchoCamera
from rtc_server.client.outcome import Outcome
from rtc_server.sync.playout import Playout
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.jitter_buffer import JitterBuffer
from rtc_server.webrtc.keyframe_gate import KeyFrameGate

PLAYHEAD_EVERY_S = 0.1


class Screen:
    """Takes in what comes down, counts it in the outcome, and tells the server what it shows."""

    def __init__(
        self,
        now: Callable[[], float],
        outcome: Outcome,
        say: Callable[[Mapping[str, Any]], None],
    ) -> None:
        """:param say: sends a message on `control`."""
        self._now = now
        self._outcome = outcome
        self._say = say
        self._playout: Playout[av.VideoFrame] = Playout()
        self._came = asyncio.Event()
        self._presented = 0
        self._told_s = 0.0
        self._shown_s: float | None = None  # the last picture; None while the lesson stands still

    def run(self, playing: bool) -> None:
        """The lesson runs from now on, or stands still."""
        self._shown_s = self._now() if playing else None

    async def watch(self, name: str, receiver: RTCRtpReceiver) -> None:
        """Look at (or listen to) one incoming track, `video`, `audio` or `annotated`."""
        if name != "audio":
            buffer, gate = JitterBuffer(self._now), KeyFrameGate(self._now)
            aiortc_internals.replace_jitter_buffer(receiver, buffer, gate)
        with contextlib.suppress(MediaStreamError):  # so a track ends
            while True:
                frame = await receiver.track.recv()
                if name == "audio":
                    self._outcome.sound_frames += 1
                elif name == "annotated":
                    self._outcome.annotated_frames += 1
                elif isinstance(frame, av.VideoFrame):
                    self._outcome.frames += 1
                    self._playout.add(self._now(), frame.time or 0.0, frame)
                    self._came.set()

    async def present(self, receiver: RTCRtpReceiver, camera: Camera) -> None:
        """Show the instructor's frames; a camera that echoes films each."""
        while True:
            if (due_s := self._playout.due_s) is None:
                self._came.clear()
                await self._came.wait()
            elif (frame := self._playout.take(self._now())) is not None:
                self._show(receiver, frame, camera)
            else:
                await asyncio.sleep(due_s - self._now())

    def _show(self, receiver: RTCRtpReceiver, frame: av.VideoFrame, camera: Camera) -> None:
        """The frame is "on the screen" from now on."""
        self._presented += 1
        now_s = self._now()
        if self._shown_s is not None:
            stood_ms = (now_s - self._shown_s) * 1000
            self._outcome.freeze_ms = max(self._outcome.freeze_ms, stood_ms)
            self._shown_s = now_s
        if now_s - self._told_s >= PLAYHEAD_EVERY_S:
            self._told_s = now_s
            self._say(
                {
                    "type": "playhead",
                    "rtp": aiortc_internals.rtp_timestamp(receiver, frame.pts or 0),
                    "shown_ms": now_s * 1000,
                    "presented": self._presented,
                    "sent_ms": now_s * 1000,
                }
            )
        if isinstance(camera, EchoCamera):
            camera.show(frame)
