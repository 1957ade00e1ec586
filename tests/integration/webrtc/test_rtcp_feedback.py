"""What a learner's receiver reports by RTCP, over the wire, and what the server makes of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiortc import rtp

from tests.integration.conftest import RunningServer
from tests.integration.scripted_learner import ScriptedLearner

pytestmark = [pytest.mark.alone, pytest.mark.asyncio(loop_scope="module")]


async def playing(learner: ScriptedLearner) -> Any:
    """The receiver of the instructor's picture, once that moves."""
    await learner.wait_for(type="state", state="ready")
    learner.send("start")
    await learner.wait_for(type="state", state="playing")
    before = learner.frames
    async with asyncio.timeout(5):
        while learner.frames < before + 8:
            await asyncio.sleep(0.01)
    return learner.connection.getTransceivers()[1].receiver


def ssrc_of(receiver: Any) -> int:
    (ssrc, *_) = receiver._RTCRtpReceiver__remote_streams
    return int(ssrc)


async def test_who_asks_for_a_key_frame_gets_it_at_once(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        receiver = await playing(learner)
        session = server.sessions.find(learner.id)
        assert session.describe()["key_frames_on_request"] == 0
        frames = learner.frames
        await receiver._send_rtcp_pli(ssrc_of(receiver))
        async with asyncio.timeout(0.5):
            while session.describe()["key_frames_on_request"] == 0:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        # Those since the last key frame came once more, all at once.
        assert learner.frames - frames >= 0.2 * 30 + 6


async def test_a_receiver_that_loses_much_gets_the_lower_bit_rate(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        receiver = await playing(learner)
        session = server.sessions.find(learner.id)
        lost = rtp.RtcpReceiverInfo(ssrc_of(receiver), 100, 50, 1000, 0, 0, 0)
        for _ in range(4):
            await receiver._send_rtcp(rtp.RtcpRrPacket(ssrc=1, reports=[lost]))
        async with asyncio.timeout(2):
            while not session.describe()["low_bit_rate"]:
                await asyncio.sleep(0.01)
        assert session.describe()["bit_rate_changes"] == 1
