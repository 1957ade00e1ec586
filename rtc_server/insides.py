"""What we need of aiortc 1.16 and it keeps private, in one place.

tests/integration/test_insides.py fails the day one of these moves.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Protocol

from aiortc import RTCRtpReceiver, RTCRtpSender
from aiortc.rtp import (
    RTCP_PSFB_APP,
    AnyRtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpSrPacket,
    unpack_remb_fci,
)

RTP_WRAP = 1 << 32
SENDER_TIMESTAMP = "_RTCRtpSender__rtp_timestamp"
TIMESTAMP_MAPPER = "_RTCRtpReceiver__timestamp_mapper"
HANDLE_RTP = "_handle_rtp_packet"
SENT_AGAIN = "_RTCRtpReceiver__rtx_ssrc"  # by stream of RTX: the stream that it repeats
RECEIVE_BUFFER = "_RTCRtpReceiver__jitter_buffer"
HANDLE_RTCP = "_handle_rtcp_packet"
SEND_KEY_FRAME = "_send_keyframe"
SSRC = "_ssrc"


def last_sent_timestamp(sender: RTCRtpSender) -> int:
    """The RTP timestamp of the sender's last packet, random origin included."""
    stamp: int = getattr(sender, SENDER_TIMESTAMP)
    return stamp


def wire_timestamp(receiver: RTCRtpReceiver, pts: int) -> int:
    """The RTP timestamp of a decoded frame; aiortc counts `pts` from the first frame."""
    origin: int | None = getattr(receiver, TIMESTAMP_MAPPER)._origin
    return (pts + (origin or 0)) % RTP_WRAP


def replace_receive_buffer(receiver: RTCRtpReceiver, buffer: object) -> None:
    """Put another buffer in place of aiortc's, before the first packet comes."""
    getattr(receiver, RECEIVE_BUFFER)  # an attribute that has moved must not pass unnoticed
    setattr(receiver, RECEIVE_BUFFER, buffer)


def on_rtp_packet(receiver: RTCRtpReceiver, tell: Callable[[int], None]) -> None:
    """Call `tell` with each packet's RTP timestamp as it comes, before any receive buffer.

    Not of what is sent again (RTX): that comes late, and what browsers fill the same stream with
    at first, to measure the network, has timestamps of no frame (Chromium: 0).
    """
    handle = getattr(receiver, HANDLE_RTP)
    again: dict[int, int] = getattr(receiver, SENT_AGAIN)

    async def told(packet: Any, arrival_time_ms: int) -> None:
        if packet.ssrc not in again:
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
