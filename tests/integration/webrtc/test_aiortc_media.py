"""A peer with real DTLS keys sends what it must not, to a `Peer` without a server around it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pylibsrtp
import pytest
from aiortc import (
    AudioStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
    rtp,
)
from aiortc.rate import RateCounter
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpreceiver import RTCRtpReceiver
from aiortc.rtcrtpsender import RTCRtpSender
from aiortc.rtp import RtpPacket

from rtc_server.metrics import Metrics
from rtc_server.protocol.inbox import MESSAGE_LIMIT
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.limits import aiortc_media
from rtc_server.webrtc.limits.datagram_filter import MAX_SSRCS
from rtc_server.webrtc.limits.retransmission import MAX_RESENDS
from rtc_server.webrtc.negotiation import OutgoingTracks
from rtc_server.webrtc.offers.offer import check_offer
from rtc_server.webrtc.peer import Peer
from tests.integration.webrtc.malformed_packets import RTX, VP8, malformed_rtcp, malformed_rtp
from tests.waiting import PATIENCE_S, wait_until

STUN_COOKIE = 0x2112A442
RECEIVED_STREAMS = "_RTCRtpReceiver__remote_streams"
OTHER_SSRC = 4242  # its numbers begin where a test wants


class Pair:
    """The server's end of a connection, and a client that sends what it likes."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self.peer = Peer([], self.metrics)
        self.client = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.control = self.client.createDataChannel("control")
        self.client.createDataChannel("scores", ordered=False, maxRetransmits=0)
        self.client.addTransceiver(VideoStreamTrack(), direction="sendonly")
        self.client.addTransceiver("video", direction="recvonly")

    async def connect(self) -> None:
        await self.client.setLocalDescription(await self.client.createOffer())
        tracks = OutgoingTracks(VideoStreamTrack(), AudioStreamTrack(), None)
        offer = check_offer(self.client.localDescription.sdp)
        answer = await self.peer.negotiate(offer, tracks)
        assert answer.video is not None
        self.sender, _ = answer.video
        await self.client.setRemoteDescription(RTCSessionDescription(answer.sdp, "answer"))
        async with asyncio.timeout(PATIENCE_S):
            await self.peer.channels_open.wait()
        await wait_until(lambda: self.server_knows_the_webcam)
        await wait_until(lambda: self.control.readyState == "open")

    @property
    def server_knows_the_webcam(self) -> bool:
        """Whether a packet of it has come: other SSRCs could else take its place."""
        return self.ssrc in getattr(self.peer.webcam_receiver, RECEIVED_STREAMS)

    @property
    def webcam(self) -> RTCRtpSender:
        sender: RTCRtpSender = self.client.getTransceivers()[0].sender
        return sender

    @property
    def ssrc(self) -> int:
        ssrc: int = self.webcam._ssrc
        return ssrc

    async def send(self, *packets: bytes) -> None:
        """Send RTP and RTCP, encrypted; what SRTP does not encrypt is left out."""
        for packet in packets:
            with contextlib.suppress(pylibsrtp.Error):
                await self.webcam.transport._send_rtp(packet)

    def socket(self) -> tuple[Any, tuple[str, int]]:
        """The client's transport, and the address of the server's."""
        (ice_pair,) = self.webcam.transport.transport._connection._nominated.values()
        return ice_pair.protocol.transport, ice_pair.remote_addr

    def refused(self, reason: str) -> float:
        return self.metrics.packets_refused.labels(reason=reason)._value.get()

    async def is_well(self) -> None:
        """Messages still come, and reports on the webcam are still written."""
        handle, reported = self.webcam._handle_rtcp_packet, asyncio.Event()

        async def handle_packet(packet: Any) -> None:
            if isinstance(packet, rtp.RtcpRrPacket):
                reported.set()
            await handle(packet)

        self.webcam._handle_rtcp_packet = handle_packet
        async with asyncio.timeout(PATIENCE_S):
            await reported.wait()
            self.control.send("well")
            while await self.peer.next_message() != "well":
                pass


@asynccontextmanager
async def connected() -> AsyncIterator[Pair]:
    """A connected pair; both ends close, and the server's in time."""
    pair = Pair()
    try:
        await pair.connect()
        yield pair
    finally:
        await pair.peer.close()
        await pair.client.close()
    assert pair.metrics.connections_cut_off._value.get() == 0


def media(ssrc: int, number: int, payload: bytes = b"\x10\0", timestamp: int = 0) -> bytes:
    data: bytes = RtpPacket(VP8, 1, number, timestamp, ssrc, payload).serialize()
    return data


async def test_eighty_ssrcs_leave_room_in_the_report() -> None:
    async with connected() as pair:
        for packets in (
            [media(1000 + k, k) for k in range(80)],
            [bytes(rtp.RtcpRrPacket(1000 + k)) for k in range(80)],
        ):
            wanted = pair.refused("ssrcs") + 80 - MAX_SSRCS
            while pair.refused("ssrcs") < wanted:  # a busy machine may lose some
                await pair.send(*packets)
                await asyncio.sleep(0.1)
        await pair.is_well()


async def test_malformed_packets_end_nothing() -> None:
    async with connected() as pair:
        packets = [*malformed_rtp(OTHER_SSRC), *malformed_rtcp(pair.ssrc)]
        for begin in range(0, len(packets), 50):
            await pair.send(*packets[begin : begin + 50])
            await asyncio.sleep(0.5)  # within the limits
        await wait_until(lambda: pair.refused("malformed") > 0)
        assert pair.peer.refused >= pair.refused("malformed")  # who goes on is ended as a flood
        await pair.is_well()


async def test_numbers_and_times_that_jump_end_nothing() -> None:
    """The jitter of such times is more than a report has bits for."""
    async with connected() as pair:
        for k in range(200):
            await pair.send(media(OTHER_SSRC, k * 32_767 % 65_536, timestamp=k % 2 * (2**32 - 1)))
        await pair.is_well()


@pytest.mark.parametrize("stranger", [True, False])
async def test_datagrams_that_nobody_encrypted_end_nothing(stranger: bool) -> None:
    """Whoever knows the port can send them."""
    stun = struct.pack("!HHL12s", 1, 8, STUN_COOKIE, b"x" * 12)
    datagrams = [
        *(b"", b"\x80", b"\x80" * 3000, b"\x80\xc8" * 1500, b"\x16" * 100, b"\x17", b"\xff"),
        *(stun + struct.pack("!HH4s", kind, 1, b"abcd") for kind in (0x20, 0x24, 1, 9)),
    ]
    async with connected() as pair:
        transport, address = pair.socket()
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as other:
            for datagram in datagrams:
                if stranger:
                    other.sendto(datagram, address)
                else:
                    transport.sendto(datagram, address)
        await wait_until(lambda: pair.refused("unknown") >= 2)
        await pair.is_well()


async def test_a_flood_is_refused_before_it_is_decrypted_and_blamed_on_its_sender() -> None:
    async with connected() as pair:
        transport, address = pair.socket()
        while pair.peer.refused < 3000:
            for _ in range(100):
                transport.sendto(media(pair.ssrc, 1), address)
            await asyncio.sleep(0.001)
        assert pair.refused("rtp_rate") >= 3000
        await pair.is_well()


async def test_messages_beyond_the_limit_are_dropped_and_counted() -> None:
    async with connected() as pair:
        for _ in range(int(1.25 * MESSAGE_LIMIT.burst)):
            pair.control.send("again")
        dropped = pair.metrics.messages_dropped.labels(reason="rate")._value
        await wait_until(lambda: dropped.get() > 0)
        assert pair.peer.refused > 0


async def test_a_packet_is_sent_again_a_few_times_however_often_it_is_asked_for() -> None:
    async with connected() as pair:
        history, ssrc = getattr(pair.sender, aiortc_media.RTP_HISTORY), pair.sender._ssrc
        await wait_until(lambda: len(history) > 20)
        sent: list[bytes] = []
        send = pair.sender.transport._send_rtp

        async def count(data: bytes) -> None:
            if data[1] & 0x7F == RTX:
                sent.append(data)
            await send(data)

        pair.sender.transport._send_rtp = count
        asked = [packet.sequence_number for packet in list(history.values())[-10:]]
        for _ in range(40):
            wanted = b"".join(struct.pack("!HH", number, 0) for number in asked * 20)
            head = struct.pack("!BBHLL", 0x81, rtp.RTCP_RTPFB, 2 + len(wanted) // 4, 1, ssrc)
            await pair.send(head + wanted)
            await asyncio.sleep(0.03)
        refused = pair.metrics.retransmissions_refused.labels(reason="repeated")._value
        await wait_until(lambda: refused.get() > 100)
        assert 0 < len(sent) <= MAX_RESENDS * len(asked)


async def test_the_bit_rate_is_counted_anew_after_a_long_gap() -> None:
    """Counted as aiortc counts it, but without a step for each millisecond of the gap."""
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("video").receiver
    aiortc_media.bound_receiver(receiver, lambda _: None)
    ours = getattr(receiver, aiortc_media.BITRATE_ESTIMATOR).incoming_bitrate
    theirs = RateCounter(1000, 8000)
    for now_ms in (0, 10, 500, 900, 1700, 2500, 4600, 9000, 9001, 9500):
        assert ours.rate(now_ms) == theirs.rate(now_ms)
        for counter in (ours, theirs):
            counter.add(1200, now_ms)
    ours.add(1200, 10**15)  # 30,000 years later
    ours.add(1200, 10**15 + 999)
    assert ours.rate(10**15 + 999) == 8000 * 2400 / 1000
    await connection.close()


async def test_what_is_replaced_and_called_is_there() -> None:
    """Every name that is set on an object of aiortc is one that it calls or reads by that name."""
    connection = RTCPeerConnection()
    transceiver = connection.addTransceiver("video")
    assert getattr(transceiver.receiver, aiortc_media.NACK_GENERATOR).missing == set()
    assert getattr(transceiver.sender, aiortc_media.RTP_HISTORY) == {}
    assert getattr(transceiver.sender, aiortc_media.SENT_BYTES) == 0
    assert rtp.RTP_HISTORY_SIZE == aiortc_media.HISTORY
    calls = {
        RTCDtlsTransport.start: (aiortc_media.SET_UP_SRTP,),
        RTCDtlsTransport._recv_next: (aiortc_media.RECEIVING_SRTP, *aiortc_media.HANDLERS),
        RTCRtpReceiver._run_rtcp: (aiortc_media.SEND_RTCP,),
        RTCRtpSender._run_rtcp: (aiortc_media.SEND_RTCP,),
        RTCRtpSender._handle_rtcp_packet: (
            aiortc_media.RETRANSMIT,
            aiortc_internals.SEND_KEY_FRAME,
        ),
    }
    for function, names in calls.items():
        assert set(names) <= set(function.__code__.co_names)
    await connection.close()
