"""Webcam frames that cost more than they may: too large, too many, of too many parts, broken."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from aiortc import MediaStreamTrack
from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtp import RtpPacket

from tests.encoded_frames import build_sps, h264_key_frame, vp8_key_frame
from tests.integration.attacks.conftest import Attack
from tests.integration.attacks.hostile_peer import HostilePeer
from tests.integration.attacks.server_process import ServerProcess
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="module")

MAX_GROWTH_MB = 60  # decoding one picture of 1920×1920 takes 20; the attacks took 880 and more


class SilentCamera(MediaStreamTrack):
    """A track that sends nothing, so that the test's packets are the only ones."""

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

    async def send_until_counted(self, victim: ServerProcess, codec: str, reason: str) -> None:
        """Send a frame to be refused, again and again if packets of it are lost."""
        name = f'tandem_webcam_frames_refused_total{{reason="{reason}"}}'
        before = (await victim.metrics()).get(name, 0.0)
        async with asyncio.timeout(PATIENCE_S):
            while (await victim.metrics()).get(name, 0.0) == before:
                await self.send_frame(codec, FRAMES_TO_REFUSE[codec, reason])
                await asyncio.sleep(0.1)


def _packetize_h264(data: bytes, _: int) -> list[bytes]:
    return H264Encoder._packetize(H264Encoder._split_bitstream(data))


FRAMES_TO_REFUSE = {
    ("VP8", "size"): vp8_key_frame(16_383, 16_383),
    ("H264", "size"): h264_key_frame(build_sps(8_192, 8_192)),
    ("H264", "units"): b"\0\0\1\x67" * 1_100,
    ("VP8", "undecodable"): vp8_key_frame(640, 480, 20),
}


@pytest.mark.parametrize(("codec", "reason"), FRAMES_TO_REFUSE)
async def test_a_frame_over_a_limit_is_counted_and_takes_no_memory(
    victim: ServerProcess, attack: Attack, codec: str, reason: str
) -> None:
    async with attack(), FramePeer(victim.url) as peer:
        before_mb = victim.memory_mb()
        await peer.send_until_counted(victim, codec, reason)
        assert victim.memory_mb() < before_mb + MAX_GROWTH_MB
        peer.send("bye")
        await asyncio.wait_for(peer.closed.wait(), PATIENCE_S)
