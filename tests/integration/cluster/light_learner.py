"""A headless learner who costs little: what comes is sent back as it is, and nothing is decoded.

Nine of those that decode the lesson and encode a webcam take more than two processors, and the
servers of a test need some, too.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import aiortc.rtcrtpreceiver
import av
from aiortc import RTCRtpReceiver, RTCRtpSender
from aiortc.mediastreams import MediaStreamError

from rtc_server.client import reconnect
from rtc_server.client.cameras import VIDEO_HZ, CameraTrack, EchoCameraTrack
from rtc_server.client.learner import Learner
from rtc_server.client.screen import Screen
from rtc_server.webrtc import aiortc_decoder
from rtc_server.webrtc.jitter_buffer import JitterBuffer
from rtc_server.webrtc.keyframe_gate import KeyFrameGate

TIME_BASE = Fraction(1, VIDEO_HZ)


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """A frame of the instructor's video that nobody has decoded."""

    content: bytes
    pts: int  # as aiortc counts it, in 1/90000 s


class NoDecoder:
    """Takes the place of aiortc's decoders."""

    def __init__(self, codec: Any) -> None:
        self._is_video = codec.mimeType.startswith("video/")

    def decode(self, encoded: Any) -> list[EncodedPicture]:
        if not self._is_video:
            return []
        return [EncodedPicture(bytes(encoded.data), encoded.timestamp)]


class PacketEcho(EchoCameraTrack):
    """Sends each frame of the instructor's video: without one of them, none after it is right."""

    def film(self, frame: Any) -> None:
        self._delayed.append((self._now(), frame))
        self._arrived.set()

    async def recv(self) -> av.Packet:  # type: ignore[override]  # aiortc sends both
        while not self._delayed:
            self._arrived.clear()
            await self._arrived.wait()
            if self.readyState != "live":
                raise MediaStreamError
        captured_s, picture = self._delayed.popleft()
        packet = av.Packet(picture.content)  # type: ignore[attr-defined]  # an EncodedPicture
        packet.pts = round((captured_s - self._began_s) * VIDEO_HZ)
        packet.time_base = TIME_BASE
        return packet


class LightScreen(Screen):
    """Shows each frame when it comes."""

    camera: CameraTrack | None = None

    async def receive(self, name: str, receiver: RTCRtpReceiver) -> None:
        if name == "video":
            buffer, gate = JitterBuffer(self._now), KeyFrameGate(self._now)
            aiortc_decoder.replace_jitter_buffer(receiver, buffer, gate)
        with contextlib.suppress(MediaStreamError):  # raised when the track ends
            while True:
                picture: Any = await receiver.track.recv()
                if name == "video":
                    self._outcome.frames += 1
                    self._show(receiver, picture, self.camera)

    async def present(self, *_: object) -> None:
        """Nothing waits here."""
        await asyncio.Event().wait()


class LightLearner(Learner):
    """A `Learner` in every other way."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._screen: LightScreen = LightScreen(self._now, self.outcome, self._send)

    def _open_camera(self) -> CameraTrack:
        self._screen.camera = PacketEcho(self._now, 0.0)
        return self._screen.camera

    def _add_transceivers(self, camera: CameraTrack | None) -> list[str]:
        names = super()._add_transceivers(camera)
        codecs = RTCRtpSender.getCapabilities("video").codecs
        vp8 = [codec for codec in codecs if codec.mimeType == "video/VP8"]
        for transceiver in self._connection.getTransceivers():
            if transceiver.kind == "video":
                transceiver.setCodecPreferences(vp8)  # what comes is what is sent
        return names


def use_light_learners() -> None:
    """Make each learner of this process such a one."""
    aiortc.rtcrtpreceiver.get_decoder = NoDecoder  # type: ignore[assignment]
    reconnect.Learner = LightLearner  # type: ignore[misc]
