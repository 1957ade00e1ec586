"""Fails the day that aiortc moves what we use of its insides, or of what we know of it changes."""

from __future__ import annotations

import inspect
from importlib.metadata import version

import pytest
from aiortc import RTCPeerConnection
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtcrtpreceiver import RTCRtpReceiver

from rtc_server import insides
from rtc_server.client import Learner, Wish
from rtc_server.jitter import FrameBuffer
from tests.integration.conftest import Running
from tests.integration.puppet import Puppet

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_aiortc_is_the_version_whose_insides_we_read() -> None:
    assert version("aiortc") == "1.16.0"


async def test_a_sender_has_the_timestamp_we_read() -> None:
    connection = RTCPeerConnection()
    assert insides.last_sent_timestamp(connection.addTransceiver("video").sender) == 0
    await connection.close()


async def test_a_receiver_has_the_mapper_and_the_handler_we_wrap() -> None:
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("video").receiver
    mapper = getattr(receiver, insides.TIMESTAMP_MAPPER)
    assert (mapper.map(5000), mapper.map(8000)) == (0, 3000)
    assert insides.wire_timestamp(receiver, 3000) == 8000
    buffer = getattr(receiver, insides.RECEIVE_BUFFER)
    assert list(inspect.signature(buffer.add).parameters) == ["packet"]
    insides.replace_receive_buffer(receiver, FrameBuffer(lambda: 0.0))
    handler = inspect.signature(getattr(RTCRtpReceiver, insides.HANDLE_RTP))
    assert list(handler.parameters) == ["self", "packet", "arrival_time_ms"]
    await connection.close()


async def test_a_connection_counts_its_packets(server: Running) -> None:
    async with Puppet(server.url) as puppet:
        await puppet.until(type="score")
        webcam = puppet.connection.getTransceivers()[0].receiver
        stats = (await webcam.getStats()).values()
        (told,) = {s.packetsReceived for s in stats if s.type == "transport"}
        assert 0 < told <= insides.packets_received(webcam)
        puppet.say("bye")
    await server.until_empty()


async def test_the_instructor_is_never_encoded(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A learner decodes many instructor frames while only the learner's own camera is encoded."""
    encoded: list[int] = []
    encode = Vp8Encoder.encode

    def counted(self: Vp8Encoder, frame: object, force_keyframe: bool = False) -> object:
        encoded.append(id(self))
        return encode(self, frame, force_keyframe)

    monkeypatch.setattr(Vp8Encoder, "encode", counted)
    outcome = await Learner(Wish(server.url, "short", "instructor", mirror="off")).follow()
    assert outcome.frames > 60
    assert len(set(encoded)) == 1  # the learner's camera
