"""What our sender puts on the wire, against what aiortc's does with the same frames."""

from __future__ import annotations

import asyncio
import datetime
import itertools
import math
from fractions import Fraction
from typing import Any

import av
import pytest
from aiortc import MediaStreamTrack, RTCRtpSender, clock, rtp
from aiortc.mediastreams import MediaStreamError
from aiortc.rtcrtpparameters import (
    RTCRtcpParameters,
    RTCRtpCodecParameters,
    RTCRtpHeaderExtensionParameters,
    RTCRtpSendParameters,
)
from aiortc.rtcrtpsender import RTCRtpSender as Sender

from rtc_server.sync.player import Player
from rtc_server.webrtc.aiortc_internals import last_sent_timestamp
from rtc_server.webrtc.packets import EncodedPacket, EncodedTrack
from rtc_server.webrtc.rtp import aiortc_sender
from rtc_server.webrtc.rtp.aiortc_sender import RtpHeader, send_encoded
from tests.unit.rtc_server.webrtc.rtp.fake_transport import LEARNER, FakeTransport

FRAMES = [bytes([k]) * size for k, size in enumerate((5000, 1, 1296, 1297, 30))]
NAL = b"\0\0\0\1"
SPS, PPS, SLICE = b"\x67" + bytes(20), b"\x68" + bytes(8), b"\x65" + bytes(range(1, 250)) * 12
H264_FRAMES = [NAL + SPS + NAL + PPS + NAL + SLICE, NAL + SLICE[:900]]
CODECS = {
    "VP8": (RTCRtpCodecParameters("video/VP8", 90_000, payloadType=97), FRAMES),
    "H264": (RTCRtpCodecParameters("video/H264", 90_000, payloadType=99), H264_FRAMES),
    "opus": (RTCRtpCodecParameters("audio/opus", 48_000, 2, 111), [b"\xf8\xff\xfe", b"a" * 160]),
}
RTX = RTCRtpCodecParameters("video/rtx", 90_000, payloadType=98, parameters={"apt": 97})
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"


def parameters(codec: str, extensions: dict[str, int] | None = None) -> RTCRtpSendParameters:
    given = {MID: 1, ABS_SEND_TIME: 2} if extensions is None else extensions
    return RTCRtpSendParameters(
        codecs=[CODECS[codec][0], RTX],
        headerExtensions=[RTCRtpHeaderExtensionParameters(id, uri) for uri, id in given.items()],
        muxId="0",
        rtcp=RTCRtcpParameters(cname="name"),
    )


class PacketTrack(MediaStreamTrack):
    """What aiortc sends itself."""

    def __init__(self, kind: str, frames: list[bytes], hz: int) -> None:
        super().__init__()
        self.kind = kind
        self._packets = iter(enumerate(frames))
        self._hz = hz

    async def recv(self) -> Any:
        try:
            k, frame = next(self._packets)
        except StopIteration:
            raise MediaStreamError from None
        packet: Any = av.Packet(frame)
        packet.pts, packet.time_base = 3000 * k, Fraction(1, self._hz)
        return packet


class PolledTrack(EncodedTrack):
    """The same for our sender; `due` frames are there, the others when the player changes."""

    def __init__(self, kind: str, frames: list[bytes], due: int = 99) -> None:
        super().__init__(Player(3.0, asyncio.get_running_loop().time))
        self.kind = kind
        self.frames = list(enumerate(frames))
        self.due = due
        self.error: Exception | None = None

    def poll(self) -> EncodedPacket | float:
        if self.error is not None:
            raise self.error
        if not self.frames or self.due == 0:
            return math.inf
        self.due -= 1
        k, frame = self.frames.pop(0)
        return EncodedPacket(frame, 3000 * k)


async def start(
    track: PolledTrack, codec: str = "VP8", extensions: dict[str, int] | None = None
) -> tuple[RTCRtpSender, FakeTransport]:
    transport = FakeTransport()
    sender = RTCRtpSender(track, transport)  # type: ignore[arg-type]
    send_encoded(sender, track)
    await sender.send(parameters(codec, extensions))
    await turns()
    return sender, transport


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def describe(transport: FakeTransport, codec: str) -> list[tuple[object, ...]]:
    """Each packet, relative to the first where it begins at random."""
    packets = transport.packets
    first = packets[0]
    return [
        (
            *(p.payload_type, p.marker, p.ssrc == first.ssrc),
            (p.sequence_number - first.sequence_number) % (1 << 16),
            (p.timestamp - first.timestamp) % (1 << 32),
            p.payload[:2] + p.payload[4:] if codec == "VP8" else p.payload,  # without picture id
        )
        for p in packets
    ]


@pytest.mark.parametrize("codec", CODECS)
async def test_the_packets_are_those_of_aiortc(codec: str) -> None:
    settings, frames = CODECS[codec]
    kind = settings.mimeType.split("/")[0]
    theirs = FakeTransport()
    track = PacketTrack(kind, frames, settings.clockRate)
    sender = RTCRtpSender(track, theirs)  # type: ignore[arg-type]
    await sender.send(parameters(codec))
    await turns()
    await sender.stop()
    sender, ours = await start(PolledTrack(kind, frames), codec)
    await sender.stop()
    assert describe(ours, codec) == describe(theirs, codec)
    assert ours.addresses == {LEARNER}


async def test_picture_ids_go_on_from_frame_to_frame() -> None:
    sender, transport = await start(PolledTrack("video", FRAMES))
    ids = [int.from_bytes(p.payload[2:4], "big") & 0x7FFF for p in transport.packets if p.marker]
    assert [(b - a) % (1 << 15) for a, b in itertools.pairwise(ids)] == [1] * 4
    await sender.stop()


@pytest.mark.parametrize(
    "extensions", [{}, {MID: 1}, {ABS_SEND_TIME: 3}, {MID: 4, ABS_SEND_TIME: 2}, {MID: 20}]
)
def test_a_header_is_that_of_aiortc(extensions: dict[str, int]) -> None:
    ids = rtp.HeaderExtensionsMap()
    ids.configure(parameters("VP8", extensions))
    header = RtpHeader(97, 0xFEDCBA98, "0", ids)
    when = datetime.datetime(2026, 11, 29, 4, 5, 6, 654_321, datetime.UTC)
    for number, timestamp, marker in ((0, 5, 0), (65535, 0xFFFFFFFF, 0x80), (7, 8, 0)):
        header.set_time(timestamp, when.timestamp())
        theirs = rtp.RtpPacket(97, marker >> 7, number, timestamp, 0xFEDCBA98)
        theirs.extensions.mid = "0"
        theirs.extensions.abs_send_time = (clock.datetime_to_ntp(when) >> 14) & 0xFFFFFF
        assert header.write(number, marker) == theirs.serialize(ids)
    assert len(header) == len(theirs.serialize(ids))


async def test_reports_count_what_was_sent() -> None:
    sender, transport = await start(PolledTrack("video", FRAMES))
    packets = transport.packets
    counted: Any = sender
    assert counted._RTCRtpSender__packet_count == len(packets)
    assert counted._RTCRtpSender__octet_count == sum(len(p.payload) for p in packets)
    assert last_sent_timestamp(sender) == packets[-1].timestamp
    away_s = (counted._RTCRtpSender__ntp_timestamp - clock.current_ntp_time()) / (1 << 32)
    assert abs(away_s) < 60  # on a machine that is very busy
    stats: Any = transport
    assert stats._RTCDtlsTransport__tx_packets == len(packets)
    assert stats._RTCDtlsTransport__tx_bytes == sum(map(len, transport.sent))
    await sender.stop()


async def test_a_packet_is_sent_again_as_aiortc_does() -> None:
    sender, transport = await start(PolledTrack("video", FRAMES))
    second = transport.packets[1]
    for _ in range(2):
        transport.sent.clear()
        await sender._retransmit(second.sequence_number)
        (again,) = transport.packets
        assert again.payload_type == RTX.payloadType
        assert again.payload == second.sequence_number.to_bytes(2, "big") + second.payload
        assert (again.timestamp, again.marker) == (second.timestamp, second.marker)
    await sender.stop()


async def test_a_change_of_the_player_is_looked_at() -> None:
    track = PolledTrack("video", FRAMES, due=1)
    sender, transport = await start(track)
    assert [p.marker for p in transport.packets] == [0, 0, 0, 1]
    track.due = 1
    track.player.notify()
    await turns()
    assert len(transport.packets) == 5
    await sender.stop()
    assert track.player._listeners == []


async def test_while_the_line_is_inactive_nothing_is_sent() -> None:
    track = PolledTrack("video", FRAMES, due=0)
    sender, transport = await start(track)
    sender._enabled = False
    track.due = 2
    track.player.notify()
    await turns()
    assert track.frames == list(enumerate(FRAMES))[2:] and transport.packets == []
    await sender.stop()


@pytest.mark.parametrize("error", [MediaStreamError(), ConnectionError(), ValueError("of a track")])
async def test_whatever_ends_a_track_the_sender_stops(error: Exception) -> None:
    told: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    track = PolledTrack("video", FRAMES, due=1)
    sender, _ = await start(track)
    track.error = error
    track.player.notify()
    async with asyncio.timeout(30):
        await getattr(sender, aiortc_sender.EXITED).wait()
        await sender.stop()
    assert track.readyState == "ended"
    assert [context["exception"] for context in told] == [error] * isinstance(error, ValueError)


async def test_without_a_connection_the_sender_stops() -> None:
    track = PolledTrack("video", FRAMES, due=0)
    sender, transport = await start(track)
    transport.ice._nominated.clear()
    track.due = 1
    track.player.notify()
    async with asyncio.timeout(30):
        await getattr(sender, aiortc_sender.EXITED).wait()
        await sender.stop()
    assert transport.packets == []


def test_what_is_replaced_is_what_aiortc_calls() -> None:
    assert aiortc_sender.RUN_RTP in Sender.send.__code__.co_names
    assert aiortc_sender.RETRANSMIT in Sender._handle_rtcp_packet.__code__.co_names
    assert aiortc_sender.HISTORY in Sender._retransmit.__code__.co_names
    stopped = Sender.stop.__code__.co_names
    assert {aiortc_sender.STARTED, aiortc_sender.EXITED} <= set(stopped)
    assert set(aiortc_sender.SENDER_PARTS[-4:]) <= set(Sender._run_rtcp.__code__.co_names)
