"""What we need of aiortc 1.16 and it keeps private, in one place.

tests/integration/test_insides.py fails the day one of these moves.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import socket
from collections.abc import Callable
from typing import Any, Protocol

from aiortc import RTCPeerConnection, RTCRtpReceiver, RTCRtpSender
from aiortc.codecs import is_rtx
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import (
    RTCP_PSFB_APP,
    AnyRtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpSrPacket,
    unpack_remb_fci,
)

from rtc_server.webrtc.jitter_buffer import Frame, FrameBuffer, Packet
from rtc_server.webrtc.keyframe_gate import KeyFrameGate, begins_key_frame

RTP_WRAP = 1 << 32
BURST = 256  # datagrams of one learner in a turn of the loop, at most
LARGEST_DATAGRAM = 1 << 16
SENDER_TIMESTAMP = "_RTCRtpSender__rtp_timestamp"
TIMESTAMP_MAPPER = "_RTCRtpReceiver__timestamp_mapper"
HANDLE_RTP = "_handle_rtp_packet"
RECEIVE_BUFFER = "_RTCRtpReceiver__jitter_buffer"
ICE_CONNECTION = "_connection"
PACKETS_RECEIVED = "_RTCDtlsTransport__rx_packets"
HANDLE_RTCP = "_handle_rtcp_packet"
SEND_KEY_FRAME = "_send_keyframe"
SSRC = "_ssrc"
CODECS = "_RTCRtpReceiver__codecs"
RETRANSMITTED = "_RTCRtpReceiver__rtx_ssrc"  # by stream of RTX: the stream that it repeats
DECODER_QUEUE = "_RTCRtpReceiver__decoder_queue"
DECODER_THREAD = "_RTCRtpReceiver__decoder_thread"


def last_sent_timestamp(sender: RTCRtpSender) -> int:
    """The RTP timestamp of the sender's last packet, random origin included."""
    stamp: int = getattr(sender, SENDER_TIMESTAMP)
    return stamp


def wire_timestamp(receiver: RTCRtpReceiver, pts: int) -> int:
    """The RTP timestamp of a decoded frame; aiortc counts `pts` from the first frame."""
    origin: int | None = getattr(receiver, TIMESTAMP_MAPPER)._origin
    return (pts + (origin or 0)) % RTP_WRAP


def replace_receive_buffer(
    receiver: RTCRtpReceiver, buffer: FrameBuffer, gate: KeyFrameGate
) -> None:
    """Put our buffer and gate in place of aiortc's buffer, before the first packet comes."""
    getattr(receiver, RECEIVE_BUFFER)  # an attribute that has moved must not pass unnoticed
    setattr(receiver, RECEIVE_BUFFER, _Decoding(receiver, buffer, gate))


def packets_received(receiver: RTCRtpReceiver) -> int:
    """Packets of any kind, media, reports and messages, that came over the receiver's connection.

    `getStats()` would say so, too, but only to those who can wait.
    """
    packets: int = getattr(receiver.transport, PACKETS_RECEIVED)
    return packets


def read_in_bursts(connection: RTCPeerConnection) -> list[socket.socket]:
    """Read all that has come whenever something has; gives sockets to close with the connection.

    asyncio reads one datagram of a socket a turn of its loop. Where turns are long, because the
    machine has more to do than it can, that is less than comes, and the rest waits in the kernel:
    with 18 learners on two cores webcam frames were four seconds old when they were noticed.
    Call it when the candidates are gathered.
    """
    transports = {t.receiver.transport.transport for t in connection.getTransceivers()}
    if connection.sctp is not None:
        transports.add(connection.sctp.transport.transport)
    protocols = [p for its in transports for p in getattr(its, ICE_CONNECTION)._protocols]
    return [its for protocol in protocols if (its := _drain(protocol)) is not None]


def _drain(protocol: Any) -> socket.socket | None:
    """Have `protocol.datagram_received` take what else its socket holds, up to BURST datagrams."""
    own = protocol.transport.get_extra_info("socket")
    if own is None or not isinstance(asyncio.get_running_loop(), asyncio.SelectorEventLoop):
        return None
    wire: socket.socket = own.dup()
    wire.setblocking(False)
    take = protocol.datagram_received

    def take_all(data: bytes, address: Any) -> None:
        take(data, address)
        with contextlib.suppress(OSError):  # there is no more, or the socket is closed
            for _ in range(BURST - 1):
                take(*wire.recvfrom(LARGEST_DATAGRAM))

    protocol.datagram_received = take_all
    return wire


def on_rtp_packet(receiver: RTCRtpReceiver, tell: Callable[[int], None]) -> None:
    """Call `tell` with the RTP timestamp of each packet of a picture, before any receive buffer.

    Left out are packets that come again, too late to tell anything, and padding: browsers probe
    the network with it before the first picture, under timestamps that mean nothing.
    """
    handle = getattr(receiver, HANDLE_RTP)
    codecs: dict[int, Any] = getattr(receiver, CODECS)

    async def told(packet: Any, arrival_time_ms: int) -> None:
        codec = codecs.get(packet.payload_type)
        if codec is not None and not is_rtx(codec) and packet.payload:
            tell(packet.timestamp)
        await handle(packet, arrival_time_ms)

    setattr(receiver, HANDLE_RTP, told)


class Feedback(Protocol):
    """Who is told what the receiver of a sender's packets reports."""

    def ask_for_key(self) -> None: ...

    def reported_loss(self, fraction: float) -> None: ...

    def reported_estimate(self, bit_rate: float) -> None: ...


def on_feedback(sender: RTCRtpSender, told: Feedback) -> None:
    """Tell of RTCP reports: a wish for a key frame, loss (0..1), an estimate (bits a second).

    aiortc hands them to its encoder, which a track of packets has not.
    """
    handle = getattr(sender, HANDLE_RTCP)
    getattr(sender, SEND_KEY_FRAME)

    async def heard(packet: AnyRtcpPacket) -> None:
        ssrc = getattr(sender, SSRC)
        if isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            for report in packet.reports:
                if report.ssrc == ssrc:
                    told.reported_loss(report.fraction_lost / 256)
        elif isinstance(packet, RtcpPsfbPacket) and packet.fmt == RTCP_PSFB_APP:
            with contextlib.suppress(ValueError):  # an application's message of another kind
                bit_rate, ssrcs = unpack_remb_fci(packet.fci)
                if ssrc in ssrcs:
                    told.reported_estimate(bit_rate)
        await handle(packet)

    setattr(sender, HANDLE_RTCP, heard)
    setattr(sender, SEND_KEY_FRAME, told.ask_for_key)


def on_sender_report(receiver: RTCRtpReceiver, tell: Callable[[int, int], None]) -> None:
    """Call `tell` with both halves of each report on the stream: NTP (64 bits) and RTP time.

    aiortc keeps the first half only. What comes again has a stream and reports of its own, which
    are left out.
    """
    handle = getattr(receiver, HANDLE_RTCP)
    retransmitted: dict[int, int] = getattr(receiver, RETRANSMITTED)

    async def told(packet: Any) -> None:
        if isinstance(packet, RtcpSrPacket) and packet.ssrc not in retransmitted:
            tell(packet.sender_info.ntp_timestamp, packet.sender_info.rtp_timestamp)
        await handle(packet)

    setattr(receiver, HANDLE_RTCP, told)


class _Decoding:
    """Stands where aiortc's buffer stood, and hands the decoder all frames that are complete.

    aiortc's buffer returns one frame at most for a packet; this one returns none, and does for each
    frame what aiortc does for the one.
    """

    def __init__(self, receiver: RTCRtpReceiver, buffer: FrameBuffer, gate: KeyFrameGate) -> None:
        self._receiver = receiver
        self._buffer = buffer
        self._gate = gate
        self._queue: queue.Queue[Any] = getattr(receiver, DECODER_QUEUE)
        self._mapper = getattr(receiver, TIMESTAMP_MAPPER)
        self._codecs: dict[int, Any] = getattr(receiver, CODECS)
        getattr(receiver, DECODER_THREAD)

    def add(self, packet: Packet) -> tuple[bool, None]:
        """Whether to ask for a key frame, and no frame: they are with the decoder already."""
        for frame in self._buffer.add(packet):
            self._decode(frame)
        return self._gate.asks(), None

    def _decode(self, frame: Frame) -> None:
        if getattr(self._receiver, DECODER_THREAD) is None:
            return  # the receiver has stopped, and its queue holds the word for that
        if self._gate.behind(self._queue.qsize()):
            self._gate.cut(self._empty_queue())
        codec = self._codecs[frame.payload_type]
        if self._gate.passes(frame, begins_key_frame(codec.name, frame.data)):
            stamp = self._mapper.map(frame.timestamp)
            self._queue.put((codec, JitterFrame(frame.data, stamp)))

    def _empty_queue(self) -> int:
        """Throw away what waits for the decoder, which meanwhile may take from it; how much."""
        thrown_away = 0
        try:
            while True:
                self._queue.get_nowait()
                thrown_away += 1
        except queue.Empty:
            return thrown_away
