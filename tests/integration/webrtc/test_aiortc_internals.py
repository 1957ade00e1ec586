"""Fails the day that aiortc moves what we use of its insides, or of what we know of it changes."""

from __future__ import annotations

import asyncio
import inspect
import queue
import socket
import threading
import time
from importlib.metadata import version

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, rtcrtpreceiver, rtp
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtcrtpreceiver import RTCRtpReceiver
from aiortc.rtp import RtcpPacket, RtcpSenderInfo, RtcpSrPacket, RtpPacket
from aiortc.sdp import SessionDescription

from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from rtc_server.webcam.frame_decoder import FrameDecoder
from rtc_server.webrtc import aiortc_decoder, aiortc_internals
from rtc_server.webrtc.jitter_buffer import JitterBuffer
from rtc_server.webrtc.keyframe_gate import KeyFrameGate
from tests.integration.conftest import RunningServer
from tests.integration.scripted_learner import ScriptedLearner
from tools.loopback_peers import BITRATE_ESTIMATOR

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_aiortc_is_the_version_whose_insides_we_read() -> None:
    assert version("aiortc") == "1.16.0"


async def test_a_sender_has_the_timestamp_we_read() -> None:
    connection = RTCPeerConnection()
    assert aiortc_internals.last_sent_timestamp(connection.addTransceiver("video").sender) == 0
    await connection.close()


async def test_a_receiver_has_the_mapper_and_the_handler_we_wrap() -> None:
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("video").receiver
    mapper = getattr(receiver, aiortc_internals.TIMESTAMP_MAPPER)
    assert (mapper.map(5000), mapper.map(8000)) == (0, 3000)
    assert aiortc_internals.rtp_timestamp(receiver, 3000) == 8000
    handler = inspect.signature(getattr(RTCRtpReceiver, aiortc_internals.HANDLE_RTP))
    assert list(handler.parameters) == ["self", "packet", "arrival_time_ms"]
    await connection.close()


async def test_a_senders_feedback_comes_to_the_track() -> None:
    """Built and parsed by aiortc itself, as they come from the wire."""
    connection = RTCPeerConnection()
    sender = connection.addTransceiver("video").sender
    heard: list[tuple[str, float]] = []
    aiortc_internals.on_feedback(sender, Listener(heard))
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


async def test_a_sender_has_the_bit_rate_that_we_set_or_less() -> None:
    near, far = RTCPeerConnection(), RTCPeerConnection()
    line = near.addTransceiver("video", direction="sendonly")
    await near.setLocalDescription(await near.createOffer())
    await far.setRemoteDescription(near.localDescription)
    await far.setLocalDescription(await far.createAnswer())
    await near.setRemoteDescription(far.localDescription)
    aiortc_internals.set_bit_rate(line, 750_000)
    encoder = getattr(line.sender, aiortc_internals.ENCODER)
    assert isinstance(encoder, Vp8Encoder) and encoder.target_bitrate == 750_000
    for estimated, used in ((300_000, 300_000), (1_400_000, 750_000)):
        encoder.target_bitrate = estimated
        assert encoder.target_bitrate == used
    await near.close()
    await far.close()


async def test_a_turn_of_the_loop_reads_all_that_has_come() -> None:
    """asyncio reads one datagram of a socket a turn: with our reader they are all there at once."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.createDataChannel("control")
    await connection.setLocalDescription(await connection.createOffer())
    wires = aiortc_internals.read_in_bursts(connection)
    ice = getattr(connection.sctp.transport.transport, aiortc_internals.ICE_CONNECTION)
    address = next(p.transport.get_extra_info("sockname") for p in ice._protocols)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as learner:
        for k in range(50):
            learner.sendto(b"\x80 no STUN " + bytes([k]), address)
    for _ in range(3):  # to notice, to read
        await asyncio.sleep(0)
    assert ice._queue.qsize() == 50
    assert [ice._queue.get_nowait()[0][-1] for _ in range(50)] == list(range(50))
    await connection.close()
    for wire in wires:
        wire.close()


async def test_a_connection_counts_its_packets(server: RunningServer) -> None:
    async with ScriptedLearner(server.url) as learner:
        await learner.wait_for(type="score")
        webcam = learner.connection.getTransceivers()[0].receiver
        stats = (await webcam.getStats()).values()
        (told,) = {s.packetsReceived for s in stats if s.type == "transport"}
        assert 0 < told <= aiortc_internals.packets_received(webcam)
        learner.send("bye")
    await server.wait_until_empty()


class Listener:
    def __init__(self, heard: list[tuple[str, float]]) -> None:
        self.heard = heard

    def on_key_frame_request(self) -> None:
        self.heard.append(("key", 0))

    def on_loss_report(self, fraction: float) -> None:
        self.heard.append(("loss", fraction))

    def on_bitrate_estimate(self, bit_rate: float) -> None:
        self.heard.append(("estimate", bit_rate))


async def test_picture_and_sound_are_one_stream(server: RunningServer) -> None:
    """Browsers keep lips in time within a stream (msid, RFC 8830)."""
    async with ScriptedLearner(server.url) as learner:
        answer = SessionDescription.parse(learner.connection.remoteDescription.sdp)
        streams = {m.kind: m.msid.split()[0] for m in answer.media if m.direction == "sendonly"}
        assert set(streams) == {"video", "audio"}
        assert len(set(streams.values())) == 1


async def test_a_receiver_has_what_our_buffer_takes_the_place_of() -> None:
    """test_webcam_loss.py shows that the decoder takes the frames of ours."""
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("video").receiver
    buffer = getattr(receiver, aiortc_internals.JITTER_BUFFER)
    assert list(inspect.signature(buffer.add).parameters) == ["packet"]
    assert isinstance(getattr(receiver, aiortc_internals.CODECS), dict)
    assert isinstance(getattr(receiver, aiortc_internals.DECODER_QUEUE), queue.Queue)
    assert getattr(receiver, aiortc_internals.DECODER_THREAD) is None
    now = time.monotonic
    aiortc_decoder.replace_jitter_buffer(receiver, JitterBuffer(now), KeyFrameGate(now))
    assert hasattr(receiver, BITRATE_ESTIMATOR)
    handled = inspect.getsource(getattr(RTCRtpReceiver, aiortc_internals.HANDLE_RTP))
    for line in (  # what we do in its place, for each frame
        "pli_flag, encoded_frame = self.__jitter_buffer.add(packet)",
        "if encoded_frame is not None and self.__decoder_thread:",
        "encoded_frame.timestamp = self.__timestamp_mapper.map(",
        "self.__decoder_queue.put((codec, encoded_frame))",
    ):
        assert line in handled
    await connection.close()


async def test_the_decoder_thread_takes_its_work_from_the_queue_that_we_replace() -> None:
    """test_webcam_loss.py shows that our decoder decodes."""
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("video").receiver
    aiortc_decoder.replace_decoder(receiver, FrameDecoder(), lambda *_: None)
    assert isinstance(getattr(receiver, aiortc_decoder.DECODER_ERROR), threading.Event)
    tasks: queue.Queue[None] = getattr(receiver, aiortc_internals.DECODER_QUEUE)
    started = inspect.getsource(RTCRtpReceiver.receive)
    for argument in ("target=decoder_worker", "self.__decoder_queue,"):
        assert argument in started
    worker = inspect.getsource(rtcrtpreceiver.decoder_worker)
    assert worker.index("task = input_q.get()") < worker.index("if task is None:")
    tasks.put(None)
    assert tasks.get() is None
    await connection.close()


async def test_packets_that_show_no_picture_tell_no_time() -> None:
    """Chromium's first packets are padding, sent as if it came again, under timestamps of 0."""
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("video").receiver
    codecs: dict[int, RTCRtpCodecParameters] = getattr(receiver, aiortc_internals.CODECS)
    for kind, name in ((97, "VP8"), (98, "rtx")):
        codecs[kind] = RTCRtpCodecParameters(f"video/{name}", 90_000, payloadType=kind)
    told: list[int] = []
    aiortc_internals.on_media_packet(receiver, told.append)
    for kind, payload, stamp in ((98, b"", 0), (97, b"", 1), (97, b"\x10\0", 2), (98, b"\0\0", 3)):
        packet = RtpPacket(payload_type=kind, timestamp=stamp, payload=payload)
        await getattr(receiver, aiortc_internals.HANDLE_RTP)(packet, 0)
    assert told == [2]
    await connection.close()


async def test_sender_reports_carry_both_halves_to_the_handler_we_wrap() -> None:
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("video").receiver
    told: list[tuple[int, int]] = []
    aiortc_internals.on_sender_report(receiver, lambda ntp, rtp: told.append((ntp, rtp)))
    retransmitted: dict[int, int] = getattr(receiver, aiortc_internals.RTX_SSRCS)
    retransmitted[2] = 1
    for ssrc in (1, 2):
        sent = bytes(RtcpSrPacket(ssrc, RtcpSenderInfo(7 << 32, 90_000 * ssrc, 1, 1)))
        (packet,) = RtcpPacket.parse(sent)
        await getattr(receiver, aiortc_internals.HANDLE_RTCP)(packet)
    assert told == [(7 << 32, 90_000)]
    await connection.close()


async def test_the_instructor_is_never_encoded(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A learner decodes the instructor's frames while only the learner's own camera is encoded."""
    encoded: list[int] = []
    encode = Vp8Encoder.encode

    def counted(self: Vp8Encoder, frame: object, force_keyframe: bool = False) -> object:
        encoded.append(id(self))
        return encode(self, frame, force_keyframe)

    monkeypatch.setattr(Vp8Encoder, "encode", counted)
    outcome = await Learner(
        LearnerOptions(server.url, "short", "instructor", mirror="off")
    ).follow()
    assert outcome.frames > 0  # a busy machine decodes few of the 75
    assert len(set(encoded)) == 1  # the learner's camera
