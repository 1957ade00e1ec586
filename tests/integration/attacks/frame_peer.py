"""A peer that sends encoded frames of a test's choice as its webcam."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

from aiortc import MediaStreamTrack
from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtp import RtpPacket

from tests.integration.attacks.hostile_peer import HostilePeer


class SilentCamera(MediaStreamTrack):
    """A track that sends nothing, so that the test's own packets are the only ones."""

    kind = "video"

    async def recv(self) -> Any:
        await asyncio.Event().wait()


class FramePeer(HostilePeer):
    """Sends encoded frames of its own choice as its webcam."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.camera = SilentCamera()
        self._numbers = itertools.count(1)
        self._timestamps = itertools.count(90_000, 3_000)

    async def send_frame(self, codec: str, data: bytes) -> None:
        kind = next(
            codec_.payloadType
            for codec_ in self.connection.getTransceivers()[0]._codecs
            if codec_.name == codec
        )
        packetize = Vp8Encoder._packetize if codec == "VP8" else _packetize_h264
        payloads = packetize(data, 1)
        timestamp = next(self._timestamps)
        for k, payload in enumerate(payloads):
            packet = RtpPacket(
                payload_type=kind,
                marker=int(k == len(payloads) - 1),
                sequence_number=next(self._numbers),
                timestamp=timestamp,
                ssrc=self.webcam_ssrc,
                payload=payload,
            )
            await self.send_rtp(packet.serialize())


def _packetize_h264(data: bytes, _: int) -> list[bytes]:
    return H264Encoder._packetize(H264Encoder._split_bitstream(data))
