"""What a learner's receiver reports by RTCP, over the wire, and what the server makes of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiortc import rtp

from tests.integration.conftest import Running
from tests.integration.puppet import Puppet

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def playing(puppet: Puppet) -> Any:
    """The receiver of the instructor's picture, once that moves."""
    await puppet.until(type="state", state="ready")
    puppet.say("start")
    await puppet.until(type="state", state="playing")
    before = puppet.frames
    async with asyncio.timeout(5):
        while puppet.frames < before + 8:
            await asyncio.sleep(0.01)
    return puppet.connection.getTransceivers()[1].receiver


def ssrc_of(receiver: Any) -> int:
    (ssrc, *_) = receiver._RTCRtpReceiver__remote_streams
    return int(ssrc)


async def test_who_asks_for_a_key_frame_gets_it_at_once(server: Running) -> None:
    async with Puppet(server.url) as puppet:
        receiver = await playing(puppet)
        session = server.sessions.find(puppet.id)
        assert session.describe()["key_frames_on_request"] == 0
        frames = puppet.frames
        await receiver._send_rtcp_pli(ssrc_of(receiver))
        async with asyncio.timeout(0.5):
            while session.describe()["key_frames_on_request"] == 0:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        # Those since the last key frame came once more, all at once.
        assert puppet.frames - frames >= 0.2 * 30 + 6


async def test_a_receiver_that_loses_much_gets_the_lower_bit_rate(server: Running) -> None:
    async with Puppet(server.url) as puppet:
        receiver = await playing(puppet)
        session = server.sessions.find(puppet.id)
        lost = rtp.RtcpReceiverInfo(ssrc_of(receiver), 100, 50, 1000, 0, 0, 0)
        for _ in range(4):
            await receiver._send_rtcp(rtp.RtcpRrPacket(ssrc=1, reports=[lost]))
        async with asyncio.timeout(2):
            while not session.describe()["low_bit_rate"]:
                await asyncio.sleep(0.01)
        assert session.describe()["bit_rate_changes"] == 1
