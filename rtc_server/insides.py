"""What we need of aiortc 1.16 and it keeps private, in one place.

tests/integration/test_insides.py fails the day one of these moves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiortc import RTCRtpReceiver, RTCRtpSender

RTP_WRAP = 1 << 32
SENDER_TIMESTAMP = "_RTCRtpSender__rtp_timestamp"
TIMESTAMP_MAPPER = "_RTCRtpReceiver__timestamp_mapper"
HANDLE_RTP = "_handle_rtp_packet"
RECEIVE_BUFFER = "_RTCRtpReceiver__jitter_buffer"
PACKETS_RECEIVED = "_RTCDtlsTransport__rx_packets"


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


def packets_received(receiver: RTCRtpReceiver) -> int:
    """Packets of any kind, media, reports and messages, that came over the receiver's connection.

    `getStats()` would say so, too, but only to those who can wait.
    """
    packets: int = getattr(receiver.transport, PACKETS_RECEIVED)
    return packets


def on_rtp_packet(receiver: RTCRtpReceiver, tell: Callable[[int], None]) -> None:
    """Call `tell` with each packet's RTP timestamp as it comes, before any receive buffer."""
    handle = getattr(receiver, HANDLE_RTP)

    async def told(packet: Any, arrival_time_ms: int) -> None:
        tell(packet.timestamp)
        await handle(packet, arrival_time_ms)

    setattr(receiver, HANDLE_RTP, told)
