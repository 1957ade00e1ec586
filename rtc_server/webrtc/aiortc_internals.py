"""The private parts of aiortc 1.16 that this project uses: this is the only place that knows them.

tests/integration/webrtc/test_aiortc_internals.py fails when one of them moves.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from aiortc import (
    RTCConfiguration,
    RTCDtlsTransport,
    RTCIceServer,
    RTCIceTransport,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCRtpSender,
    RTCRtpTransceiver,
)
from aiortc.codecs import is_rtx
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtcicetransport import connection_kwargs, parse_stun_turn_uri
from aiortc.rtp import (
    RTCP_PSFB_APP,
    AnyRtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpSrPacket,
    unpack_remb_fci,
)

from rtc_server.ice_servers import IceServer

RTP_WRAP = 1 << 32
MAX_BURST = 256  # datagrams of one learner that are read in one iteration of the event loop
MAX_DATAGRAM_BYTES = 1 << 16
SENDER_TIMESTAMP = "_RTCRtpSender__rtp_timestamp"
TIMESTAMP_MAPPER = "_RTCRtpReceiver__timestamp_mapper"
HANDLE_RTP = "_handle_rtp_packet"
JITTER_BUFFER = "_RTCRtpReceiver__jitter_buffer"
ICE_CONNECTION = "_connection"
PACKETS_RECEIVED = "_RTCDtlsTransport__rx_packets"
HANDLE_RTCP = "_handle_rtcp_packet"
SEND_KEY_FRAME = "_send_keyframe"
SSRC = "_ssrc"
CODECS = "_RTCRtpReceiver__codecs"
RTX_SSRCS = "_RTCRtpReceiver__rtx_ssrc"  # by an RTX stream's SSRC: that of the stream it repeats
DECODER_QUEUE = "_RTCRtpReceiver__decoder_queue"
DECODER_THREAD = "_RTCRtpReceiver__decoder_thread"
ENCODER = "_RTCRtpSender__encoder"
NEGOTIATED_CODECS = "_codecs"


def build_configuration(servers: Sequence[IceServer], relay_only: bool = False) -> RTCConfiguration:
    """What a connection of aiortc takes; URLs that aiortc cannot read (IPv6) are left out.

    Always with a list, even an empty one: for None aiortc uses a public STUN server.
    """
    readable = ((server, [url for url in server.urls if _is_readable(url)]) for server in servers)
    return RTCConfiguration(
        iceServers=[
            RTCIceServer(urls, server.username, server.credential)
            for server, urls in readable
            if urls
        ],
        iceTransportPolicy=RTCIceTransportPolicy.RELAY if relay_only else RTCIceTransportPolicy.ALL,
    )


def find_stun_server(servers: Sequence[IceServer]) -> tuple[str, int] | None:
    """The host and port of the STUN server that aiortc would ask: the first, if there is one."""
    found: tuple[str, int] | None = connection_kwargs(
        build_configuration(servers).iceServers or []
    ).get("stun_server")
    return found


def _is_readable(url: str) -> bool:
    try:
        parse_stun_turn_uri(url)
    except ValueError:
        return False
    return True


def last_sent_timestamp(sender: RTCRtpSender) -> int:
    """The RTP timestamp of the sender's last packet, including its random origin."""
    timestamp: int = getattr(sender, SENDER_TIMESTAMP)
    return timestamp


def rtp_timestamp(receiver: RTCRtpReceiver, pts: int) -> int:
    """The RTP timestamp of a decoded frame; aiortc counts its `pts` from the first frame."""
    origin: int | None = getattr(receiver, TIMESTAMP_MAPPER)._origin
    return (pts + (origin or 0)) % RTP_WRAP


def packets_received(receiver: RTCRtpReceiver) -> int:
    """The number of packets that came over the receiver's connection: media, RTCP and messages.

    `getStats()` has this number, too, but it is a coroutine.
    """
    packets: int = getattr(receiver.transport, PACKETS_RECEIVED)
    return packets


def dtls_transports(connection: RTCPeerConnection) -> set[RTCDtlsTransport]:
    """The DTLS transports of a connection: one for all lines that are bundled."""
    transports = {t.receiver.transport for t in connection.getTransceivers()}
    return transports | ({connection.sctp.transport} if connection.sctp is not None else set())


def ice_transports(connection: RTCPeerConnection) -> set[RTCIceTransport]:
    """The ICE transports below them."""
    return {transport.transport for transport in dtls_transports(connection)}


def read_in_bursts(connection: RTCPeerConnection) -> list[socket.socket]:
    """Read all waiting datagrams of a socket at once, and return sockets to close at the end.

    asyncio reads one datagram of a socket in each iteration of its event loop. Where iterations
    are long, because the machine is overloaded, fewer are read than come, and the rest waits in
    the kernel: with 18 learners on two cores webcam frames were four seconds old when they were
    noticed. Call this when the candidates are gathered; close the sockets with the connection.
    """
    return [
        duplicate
        for transport in ice_transports(connection)
        for duplicate in read_protocols_in_bursts(getattr(transport, ICE_CONNECTION))
    ]


def read_protocols_in_bursts(ice: Any) -> list[socket.socket]:
    """As `read_in_bursts`, for one connection of aioice."""
    duplicates = [_read_protocol_in_bursts(protocol) for protocol in ice._protocols]
    return [duplicate for duplicate in duplicates if duplicate is not None]


def _read_protocol_in_bursts(protocol: Any) -> socket.socket | None:
    """Have `protocol.datagram_received` also take what else waits, up to MAX_BURST datagrams.

    It reads from a duplicate of the protocol's socket, which is returned.
    """
    own = protocol.transport.get_extra_info("socket")
    if own is None or not isinstance(asyncio.get_running_loop(), asyncio.SelectorEventLoop):
        return None
    duplicate: socket.socket = own.dup()
    duplicate.setblocking(False)
    take = protocol.datagram_received

    def take_all(data: bytes, address: Any) -> None:
        take(data, address)
        with contextlib.suppress(OSError):  # no datagram is left, or the socket is closed
            for _ in range(MAX_BURST - 1):
                take(*duplicate.recvfrom(MAX_DATAGRAM_BYTES))

    protocol.datagram_received = take_all
    return duplicate


def on_media_packet(receiver: RTCRtpReceiver, callback: Callable[[int], None]) -> None:
    """Call `callback` with the RTP timestamp of each packet of a frame, before any jitter buffer.

    Two kinds of packets are left out. Retransmitted packets come too late to say when a frame was
    captured. Padding, with which browsers probe the network before the first frame, has timestamps
    that mean nothing.
    """
    handle = getattr(receiver, HANDLE_RTP)
    codecs: dict[int, Any] = getattr(receiver, CODECS)

    async def handle_packet(packet: Any, arrival_time_ms: int) -> None:
        codec = codecs.get(packet.payload_type)
        if codec is not None and not is_rtx(codec) and packet.payload:
            callback(packet.timestamp)
        await handle(packet, arrival_time_ms)

    setattr(receiver, HANDLE_RTP, handle_packet)


class FeedbackListener(Protocol):
    """Takes what the receiver of a sender's packets reports over RTCP."""

    def on_key_frame_request(self) -> None: ...

    def on_loss_report(self, fraction: float) -> None: ...

    def on_bitrate_estimate(self, bit_rate: float) -> None: ...


def on_feedback(sender: RTCRtpSender, listener: FeedbackListener) -> None:
    """Pass on RTCP feedback: key frame requests, loss (0..1), estimates (bits a second).

    aiortc passes it to its encoder, and a track of encoded packets has none.
    """
    handle = getattr(sender, HANDLE_RTCP)
    getattr(sender, SEND_KEY_FRAME)

    async def handle_packet(packet: AnyRtcpPacket) -> None:
        ssrc = getattr(sender, SSRC)
        if isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            for report in packet.reports:
                if report.ssrc == ssrc:
                    listener.on_loss_report(report.fraction_lost / 256)
        elif isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_APP:
            with contextlib.suppress(ValueError):  # an application message that is not REMB
                bit_rate, ssrcs = unpack_remb_fci(packet.fci)
                if ssrc in ssrcs:
                    listener.on_bitrate_estimate(bit_rate)
        await handle(packet)

    setattr(sender, HANDLE_RTCP, handle_packet)
    setattr(sender, SEND_KEY_FRAME, listener.on_key_frame_request)


def set_bit_rate(transceiver: RTCRtpTransceiver, bit_rate: int) -> None:
    """Encode a sent track with so many bits/s, or fewer if the receiver estimates less.

    aiortc itself begins with 500 kbit/s, whatever is sent, and goes up to 1.5 Mbit/s (VP8). Call it
    once the answer is set; another codec than VP8 is left as it is.
    """
    (codec, *_) = getattr(transceiver, NEGOTIATED_CODECS)
    if codec.name.upper() == "VP8":
        getattr(transceiver.sender, ENCODER)  # setattr alone would not notice that it has moved
        setattr(transceiver.sender, ENCODER, _BoundedVp8Encoder(bit_rate))


class _BoundedVp8Encoder(Vp8Encoder):
    def __init__(self, most_bps: int) -> None:
        super().__init__()
        self._most_bps = most_bps
        self.target_bitrate = most_bps

    @property
    def target_bitrate(self) -> int:
        return int(Vp8Encoder.target_bitrate.fget(self))  # type: ignore[attr-defined]

    @target_bitrate.setter
    def target_bitrate(self, bit_rate: int) -> None:
        Vp8Encoder.target_bitrate.fset(self, min(bit_rate, self._most_bps))  # type: ignore[attr-defined]


def on_sender_report(receiver: RTCRtpReceiver, callback: Callable[[int, int], None]) -> None:
    """Call `callback` with both times of each sender report: NTP (64 bits) and RTP.

    aiortc keeps the NTP time only. Retransmissions (RTX) are a stream with reports of its own,
    which are left out.
    """
    handle = getattr(receiver, HANDLE_RTCP)
    rtx_ssrcs: dict[int, int] = getattr(receiver, RTX_SSRCS)

    async def handle_packet(packet: Any) -> None:
        if isinstance(packet, RtcpSrPacket) and packet.ssrc not in rtx_ssrcs:
            callback(packet.sender_info.ntp_timestamp, packet.sender_info.rtp_timestamp)
        await handle(packet)

    setattr(receiver, HANDLE_RTCP, handle_packet)
