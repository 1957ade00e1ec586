"""Fails the day that aiortc moves what we use of its insides, or of what we know of it changes."""

from __future__ import annotations

import inspect
from importlib.metadata import version

import pytest
from aiortc import RTCPeerConnection, rtp
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtcrtpreceiver import RTCRtpReceiver
from aiortc.rtp import RtpPacket
from aiortc.sdp import SessionDescription

from rtc_server import insides
from rtc_server.client import Learner, Wish
from rtc_server.jitter import FrameBuffer
from rtc_server.keyframes import KeyFrameGate
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
    insides.replace_receive_buffer(receiver, FrameBuffer(lambda: 0.0), KeyFrameGate(lambda: 0.0))
    handler = inspect.signature(getattr(RTCRtpReceiver, insides.HANDLE_RTP))
    assert list(handler.parameters) == ["self", "packet", "arrival_time_ms"]
    await connection.close()


async def test_a_senders_feedback_comes_to_the_track() -> None:
    """Built and parsed by aiortc itself, as they come from the wire."""
    connection = RTCPeerConnection()
    sender = connection.addTransceiver("video").sender
    heard: list[tuple[str, float]] = []
    insides.on_feedback(sender, Listener(heard))
    mine = sender._ssrc
    lost = rtp.RtcpReceiverInfo(mine, 64, 9, 100, 0, 0, 0)
    estimate = rtp.pack_remb_fci(500_000, [mine])
    for packet in (
        rtp.RtcpRrPacket(ssrc=1, reports=[lost]),
        rtp.RtcpPsfbPacket(fmt=rtp.RTCP_PSFB_APP, ssrc=1, media_ssrc=0, fci=estimate),
        rtp.RtcpPsfbPacket(fmt=rtp.RTCP_PSFB_PLI, ssrc=1, media_ssrc=mine),
    ):
        for parsed in rtp.RtcpPacket.parse(bytes(packet)):
            await sender._handle_rtcp_packet(parsed)
    (loss, estimated, key) = heard
    assert loss == ("loss", 0.25) and key == ("key", 0)
    assert estimated[0] == "estimate" and estimated[1] == pytest.approx(500_000, rel=0.01)
    await connection.close()


class Listener:
    def __init__(self, heard: list[tuple[str, float]]) -> None:
        self.heard = heard

    def ask_for_key(self) -> None:
        self.heard.append(("key", 0))

    def reported_loss(self, fraction: float) -> None:
        self.heard.append(("loss", fraction))

    def reported_estimate(self, bit_rate: float) -> None:
        self.heard.append(("estimate", bit_rate))


async def test_picture_and_sound_are_one_stream(server: Running) -> None:
    """Browsers keep lips in time within a stream (msid, RFC 8830)."""
    async with Puppet(server.url) as puppet:
        answer = SessionDescription.parse(puppet.connection.remoteDescription.sdp)
        streams = {m.kind: m.msid.split()[0] for m in answer.media if m.direction == "sendonly"}
        assert set(streams) == {"video", "audio"}
        assert len(set(streams.values())) == 1


async def test_packets_of_the_stream_of_what_is_sent_again_are_not_told_of() -> None:
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("video").receiver
    told: list[int] = []
    insides.on_rtp_packet(receiver, told.append)
    getattr(receiver, insides.RETRANSMITTED)[7] = 6  # as RTCRtpReceiver.receive does
    for ssrc, timestamp in ((7, 0), (6, 3000), (7, 3000), (6, 6000)):
        packet = RtpPacket(payload_type=127, ssrc=ssrc, timestamp=timestamp)
        await getattr(receiver, insides.HANDLE_RTP)(packet, arrival_time_ms=0)
    assert told == [3000, 6000]
    await connection.close()


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
