"""Fails the day that aiortc moves what we use of its insides, or of what we know of it changes."""

from __future__ import annotations

import inspect
import queue
import time
from importlib.metadata import version

import pytest
from aiortc import RTCPeerConnection
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtcrtpreceiver import RTCRtpReceiver
from aiortc.rtp import RtcpPacket, RtcpSenderInfo, RtcpSrPacket, RtpPacket

from rtc_server import insides
from rtc_server.client import Learner, Wish
from rtc_server.jitter import FrameBuffer
from rtc_server.keyframes import KeyFrameGate
from tests.integration.conftest import Running
from tools.loopback import BITRATE_ESTIMATOR

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
    handler = inspect.signature(getattr(RTCRtpReceiver, insides.HANDLE_RTP))
    assert list(handler.parameters) == ["self", "packet", "arrival_time_ms"]
    await connection.close()


async def test_a_receiver_has_what_our_buffer_takes_the_place_of() -> None:
    """tests/integration/test_receive.py shows that the decoder takes what we give it."""
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("video").receiver
    buffer = getattr(receiver, insides.RECEIVE_BUFFER)
    assert list(inspect.signature(buffer.add).parameters) == ["packet"]
    assert isinstance(getattr(receiver, insides.CODECS), dict)
    assert isinstance(getattr(receiver, insides.DECODER_QUEUE), queue.Queue)
    assert getattr(receiver, insides.DECODER_THREAD) is None
    now = time.monotonic
    insides.replace_receive_buffer(receiver, FrameBuffer(now), KeyFrameGate(now))
    assert hasattr(receiver, BITRATE_ESTIMATOR)
    handled = inspect.getsource(getattr(RTCRtpReceiver, insides.HANDLE_RTP))
    for line in (  # what we do in its place, for each frame
        "pli_flag, encoded_frame = self.__jitter_buffer.add(packet)",
        "if encoded_frame is not None and self.__decoder_thread:",
        "encoded_frame.timestamp = self.__timestamp_mapper.map(",
        "self.__decoder_queue.put((codec, encoded_frame))",
    ):
        assert line in handled
    await connection.close()


async def test_packets_that_show_no_picture_tell_no_time() -> None:
    """Chromium's first packets are padding, sent as if it came again, under timestamps of 0."""
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("video").receiver
    codecs: dict[int, RTCRtpCodecParameters] = getattr(receiver, insides.CODECS)
    for kind, name in ((97, "VP8"), (98, "rtx")):
        codecs[kind] = RTCRtpCodecParameters(f"video/{name}", 90_000, payloadType=kind)
    told: list[int] = []
    insides.on_rtp_packet(receiver, told.append)
    for kind, payload, stamp in ((98, b"", 0), (97, b"", 1), (97, b"\x10\0", 2), (98, b"\0\0", 3)):
        packet = RtpPacket(payload_type=kind, timestamp=stamp, payload=payload)
        await getattr(receiver, insides.HANDLE_RTP)(packet, 0)
    assert told == [2]
    await connection.close()


async def test_sender_reports_carry_both_halves_to_the_handler_we_wrap() -> None:
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("video").receiver
    told: list[tuple[int, int]] = []
    insides.on_sender_report(receiver, lambda ntp, rtp: told.append((ntp, rtp)))
    retransmitted: dict[int, int] = getattr(receiver, insides.RETRANSMITTED)
    retransmitted[2] = 1
    for ssrc in (1, 2):
        sent = bytes(RtcpSrPacket(ssrc, RtcpSenderInfo(7 << 32, 90_000 * ssrc, 1, 1)))
        (packet,) = RtcpPacket.parse(sent)
        await getattr(receiver, insides.HANDLE_RTCP)(packet)
    assert told == [(7 << 32, 90_000)]
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
