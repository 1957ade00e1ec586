"""What a learner's receiver reports by RTCP, over the wire, and what the server does about it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiortc import rtp

from rtc_server.webrtc.video_track import KEY_INTERVAL_S
from tests.integration.conftest import RunningServer
from tests.integration.scripted_learner import ScriptedLearner
from tests.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")


def video_receiver(learner: ScriptedLearner) -> Any:
    return learner.connection.getTransceivers()[1].receiver


def ssrc_of(receiver: Any) -> int:
    (ssrc, *_) = receiver._RTCRtpReceiver__remote_streams
    return int(ssrc)


async def test_a_requested_key_frame_comes_at_once_with_all_that_follow_it(
    server: RunningServer,
) -> None:
    """The lesson stands still, so that the clock sends nothing."""
    async with ScriptedLearner(server.url) as learner:
        await learner.wait_for(type="state", state="ready")
        session = server.sessions.find(learner.id)
        track = session._downlink._video
        learner.send("seek", lesson_s=2.6)
        await learner.wait_for(type="state", lesson_s=2.6)
        frames = track.renditions.full
        shown = frames.index_at(2.6)
        group = shown - frames.key_before(shown) + 1  # from the key frame to the one on screen
        assert group >= 6
        # The learner's decoder gets each frame when the next one's first packet has come.
        await wait_until(lambda: track._next == shown + 1 and learner.frames >= group - 1)
        await asyncio.sleep(KEY_INTERVAL_S)  # sooner a request is ignored
        before = learner.frames
        receiver = video_receiver(learner)
        await receiver._send_rtcp_pli(ssrc_of(receiver))
        await wait_until(lambda: learner.frames >= before + group)
        assert session.describe()["key_frames_on_request"] == 1
        assert (track._next, learner.frames) == (shown + 1, before + group)


async def test_a_receiver_that_loses_much_gets_the_lower_bit_rate(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        await learner.wait_for(type="state", state="ready")
        learner.send("start")
        await learner.wait_for(type="state", state="playing")
        await wait_until(lambda: learner.frames >= 8)
        receiver = video_receiver(learner)
        session = server.sessions.find(learner.id)
        lost = rtp.RtcpReceiverInfo(ssrc_of(receiver), 100, 50, 1000, 0, 0, 0)
        for _ in range(4):
            await receiver._send_rtcp(rtp.RtcpRrPacket(ssrc=1, reports=[lost]))
        await wait_until(lambda: session.describe()["low_bit_rate"])
        assert session.describe()["bit_rate_changes"] == 1
