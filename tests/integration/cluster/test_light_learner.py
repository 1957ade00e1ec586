"""The learners of the test of several machines send what they get, frame by frame."""

from __future__ import annotations

import asyncio
from typing import Any

import aiortc.rtcrtpreceiver
import av
import pytest
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection

from rtc_server.client.options import LearnerOptions
from tests.integration.cluster.light_learner import TIME_BASE, LightLearner, NoDecoder
from tests.waiting import PATIENCE_S

KEY_FRAME = bytes([0x10, 0, 0, 0x9D, 0x01, 0x2A, 64, 0, 48, 0])  # RFC 6386, 9.1: of 64 × 48
FRAMES = [KEY_FRAME + bytes([number]) * 2000 for number in range(20)]  # two packets each


class Film(MediaStreamTrack):
    """Frames that nobody could decode, again and again: the first may come before anybody hears."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._sent = 0

    async def recv(self) -> av.Packet:
        await asyncio.sleep(0.01)
        packet = av.Packet(FRAMES[self._sent % len(FRAMES)])
        packet.pts, packet.time_base = self._sent * 3000, TIME_BASE
        self._sent += 1
        return packet


async def test_what_comes_is_sent_back_undecoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiortc.rtcrtpreceiver, "get_decoder", NoDecoder)
    learner = LightLearner(LearnerOptions("http://127.0.0.1:1", "demo", "instructor"))
    server = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    camera = learner._open_camera()
    learner._add_transceivers(camera)
    came: asyncio.Queue[Any] = asyncio.Queue()
    server.on("track", came.put_nowait)
    offering = learner._connection
    await offering.setLocalDescription(await offering.createOffer())
    await server.setRemoteDescription(offering.localDescription)
    server.getTransceivers()[1].sender.replaceTrack(Film())
    server.getTransceivers()[1].direction = "sendonly"
    await server.setLocalDescription(await server.createAnswer())
    await offering.setRemoteDescription(server.localDescription)
    receiver = offering.getTransceivers()[1].receiver
    watching = asyncio.create_task(learner._screen.receive("video", receiver))
    try:
        async with asyncio.timeout(PATIENCE_S):
            echo = await came.get()
            seen = {(await echo.recv()).content for _ in range(2 * len(FRAMES))}
    finally:
        camera.stop()
        watching.cancel()
        await offering.close()
        await server.close()
    assert seen == set(FRAMES)
    assert learner.outcome.frames >= len(seen)
