"""Sends a track of encoded packets by the shortest way through aiortc 1.16 and aioice 0.13.

aiortc makes an object of each packet, with a header and extensions, writes it part by part, asks
twice for the time and passes the bytes down through five coroutines. Here the header of a stream
is written once and patched. On the wire it is the same. Feedback, reports and retransmissions
remain aiortc's. tests/unit/rtc_server/webrtc/rtp/test_aiortc_sender.py compares the packets, and
fails when a private part that is used here moves.
"""

from __future__ import annotations

import asyncio
import math
import random
import struct
import time
from collections.abc import Sequence
from typing import Any

from aiortc import RTCRtpSender
from aiortc.codecs.h264 import H264Encoder
from aiortc.mediastreams import MediaStreamError
from aiortc.rtcdtlstransport import State
from aiortc.rtcrtpsender import random_sequence_number
from aiortc.rtp import RTP_HISTORY_SIZE, RtpPacket
from aiortc.utils import random32

from rtc_server.webrtc.aiortc_internals import RTP_WRAP, SENDER_TIMESTAMP
from rtc_server.webrtc.packets import EncodedPacket, EncodedTrack, PassedPacket
from rtc_server.webrtc.rtp.packetizers import (
    PICTURE_IDS,
    Packetizer,
    Vp8Packetizer,
    packetize_opus,
)
from rtc_server.webrtc.rtp.send_clock import find_send_clock
from rtc_server.webrtc.rtp.sender_formats import SenderFormats

RUN_RTP = "_run_rtp"
STARTED, EXITED = "_RTCRtpSender__rtp_started", "_RTCRtpSender__rtp_exited"
TRACK, ENABLED = "_RTCRtpSender__track", "_enabled"
MID, EXTENSIONS = "_RTCRtpSender__mid", "_RTCRtpSender__rtp_header_extensions_map"
HISTORY, RETRANSMIT = "_RTCRtpSender__rtp_history", "_retransmit"
SENDER_PARTS = (
    *(RUN_RTP, STARTED, EXITED, TRACK, ENABLED, MID, EXTENSIONS, HISTORY, RETRANSMIT),
    *("_RTCRtpSender__ntp_timestamp", SENDER_TIMESTAMP),  # of the last packet, for the reports
    *("_RTCRtpSender__octet_count", "_RTCRtpSender__packet_count"),
)
COMPONENT = 1
SEQUENCE_WRAP = 1 << 16
MARKER = 0x80
NTP_EPOCH_S = 2_208_988_800  # 1970 in seconds since 1900
NTP_FRACTION, ABS_SEND_TIME_FRACTION = 1 << 32, 1 << 18
ABS_SEND_TIME_BYTES = 3
HEADER_NUMBERS = struct.Struct("!BHL")  # marker and payload type, sequence number, timestamp


def send_encoded(sender: RTCRtpSender, track: EncodedTrack) -> None:
    """Let this sender send that track; call it before the local description is set."""
    _EncodedSender(sender, track)


class SentPacket:
    """A packet in aiortc's history, as it was before it was encrypted."""

    __slots__ = ("data", "header_bytes", "sequence_number")

    def __init__(self, sequence_number: int, data: bytes, header_bytes: int) -> None:
        self.sequence_number = sequence_number
        self.data = data
        self.header_bytes = header_bytes

    @property
    def payload(self) -> bytes:
        return self.data[self.header_bytes :]


class RtpHeader:
    """The header of one stream's packets; written once, and patched for each."""

    def __init__(self, payload_type: int, ssrc: int, mid: str | None, extensions: Any) -> None:
        """:param extensions: aiortc's map of header extensions."""
        written = []
        for abs_send_time in (0, (1 << 24) - 1):  # where the two differ it stands, if it is used
            packet = RtpPacket(payload_type=payload_type, ssrc=ssrc)
            packet.extensions.mid, packet.extensions.abs_send_time = mid, abs_send_time
            written.append(packet.serialize(extensions))
        self._bytes = bytearray(written[0])
        differ = [k for k, (a, b) in enumerate(zip(*written, strict=True)) if a != b]
        self._send_time_at = differ[0] if differ else None
        self._payload_type = payload_type

    def __len__(self) -> int:
        return len(self._bytes)

    def set_time(self, timestamp: int, now_s: float) -> None:
        """Of the following packets: their RTP timestamp, and when they are sent."""
        self._timestamp = timestamp
        if (at := self._send_time_at) is not None:
            ticks = int(now_s * ABS_SEND_TIME_FRACTION) & 0xFFFFFF
            self._bytes[at : at + ABS_SEND_TIME_BYTES] = ticks.to_bytes(ABS_SEND_TIME_BYTES, "big")

    def write(self, sequence_number: int, marker: int) -> bytes:
        """The header of the next packet."""
        HEADER_NUMBERS.pack_into(
            self._bytes, 1, marker | self._payload_type, sequence_number, self._timestamp
        )
        return bytes(self._bytes)


class _EncodedSender:
    """Takes the place of aiortc's task that sends a track's frames."""

    def __init__(self, sender: RTCRtpSender, track: EncodedTrack) -> None:
        for name in SENDER_PARTS:
            getattr(sender, name)  # setattr alone would not notice that it has moved
        self._sender: Any = sender  # its private parts are not typed
        self._track = track
        self._history: dict[int, Any] = getattr(sender, HISTORY)
        self._resend = getattr(sender, RETRANSMIT)
        self._moment: int | None = None  # of the clock, at which something is due
        self._formats = SenderFormats(sender)
        setattr(sender, RUN_RTP, self.run)
        setattr(sender, RETRANSMIT, self.resend)

    async def run(self, codec: Any) -> None:
        """Send the track until it ends, or the connection, or the task is cancelled."""
        getattr(self._sender, STARTED).set()
        try:
            self._begin(codec)
            with self._track.listening(self._on_change):
                self._send_due()
                raise await self._ended
        except (asyncio.CancelledError, ConnectionError, MediaStreamError):
            pass  # as in aiortc: `stop` waits for EXITED
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "a track could not be sent", "exception": error}
            )
        finally:
            self._track.stop()
            setattr(self._sender, TRACK, None)
            getattr(self._sender, EXITED).set()

    def _begin(self, codec: Any) -> None:
        self._loop = asyncio.get_running_loop()
        self._clock = find_send_clock()
        self._ended: asyncio.Future[Exception] = self._loop.create_future()
        self._formats.begin(codec)
        self._header = self._write_header(codec)
        self._packetize = _make_packetizer(codec.name)
        self._sequence_number = random_sequence_number()
        self._origin = random32()

    def _write_header(self, codec: Any) -> RtpHeader:
        sender = self._sender
        mid, extensions = getattr(sender, MID), getattr(sender, EXTENSIONS)
        return RtpHeader(codec.payloadType, sender._ssrc, mid, extensions)

    def _on_change(self) -> None:
        """The player has changed: look at it again, once whoever changed it is done."""
        self._loop.call_soon(self._send_due)

    def _on_moment(self, moment: int) -> None:
        if moment == self._moment:  # else a change of the player came before it
            self._send_due()

    def _send_due(self) -> None:
        """Send what is due, and come again when something will be."""
        self._moment = None
        if self._ended.done():
            return
        try:
            while not isinstance(found := self._track.poll(), int | float):
                if getattr(self._sender, ENABLED):
                    self._send(found)
        except Exception as error:  # it ends `run`
            self._ended.set_result(error)
            return
        if found < math.inf:
            due_s = self._loop.time() + found - self._track.player.now()
            self._moment = self._clock.call_at(due_s, self._on_moment)

    async def resend(self, sequence_number: int) -> None:
        """Send a packet again, as aiortc does; the history then has it as aiortc keeps it."""
        place = sequence_number % RTP_HISTORY_SIZE
        if isinstance(sent := self._history.get(place), SentPacket):
            self._history[place] = RtpPacket.parse(sent.data, getattr(self._sender, EXTENSIONS))
        await self._resend(sequence_number)

    def _payloads(self, packet: EncodedPacket | PassedPacket) -> Sequence[bytes]:
        """What goes into RTP packets; nothing where the receiver does not take the codec."""
        if isinstance(packet, EncodedPacket):
            return self._packetize(packet.data)
        if packet.codec != self._formats.codec_name:
            if (codec := self._formats.switch(packet.codec)) is None:
                self._track.on_unsupported(packet.codec)
                return ()
            self._header = self._write_header(codec)
        return packet.payloads

    def _send(self, packet: EncodedPacket | PassedPacket) -> None:
        """:raises ConnectionError: the connection is not open."""
        if not (payloads := self._payloads(packet)):
            return
        header, history, number = self._header, self._history, self._sequence_number
        now_s = time.time()
        timestamp = (self._origin + packet.pts) % RTP_WRAP
        header.set_time(timestamp, now_s)
        header_bytes = len(header)
        last = len(payloads) - 1
        packets = []
        for k, payload in enumerate(payloads):
            data = header.write(number, MARKER if k == last else 0) + payload
            history[number % RTP_HISTORY_SIZE] = SentPacket(number, data, header_bytes)
            packets.append(data)
            number = (number + 1) % SEQUENCE_WRAP
        self._sequence_number = number
        sender = self._sender
        send_encrypted(sender.transport, packets)
        # For aiortc's sender reports:
        ntp = packet.ntp if isinstance(packet, PassedPacket) else None
        sender._RTCRtpSender__ntp_timestamp = (
            int((now_s + NTP_EPOCH_S) * NTP_FRACTION) if ntp is None else ntp
        )
        sender._RTCRtpSender__rtp_timestamp = timestamp
        sender._RTCRtpSender__packet_count += len(packets)
        sender._RTCRtpSender__octet_count += sum(map(len, packets)) - header_bytes * len(packets)


def _make_packetizer(codec: str) -> Packetizer:
    match codec.lower():
        case "vp8":
            return Vp8Packetizer(random.randrange(PICTURE_IDS))
        case "h264":
            return lambda frame: H264Encoder._packetize(H264Encoder._split_bitstream(frame))
        case "opus":
            return packetize_opus
    raise ValueError(f"expected VP8, H264 or opus, got {codec}")


def send_encrypted(dtls: Any, packets: Sequence[bytes]) -> None:
    """Encrypt RTP packets and send them, as `RTCDtlsTransport._send_rtp` does, but at once.

    :raises ConnectionError: the connection is not open.
    """
    if dtls._state is not State.CONNECTED:
        raise ConnectionError("expected a connection that is open")
    pair = dtls.transport._connection._nominated.get(COMPONENT)
    if pair is None:
        raise ConnectionError("expected a pair of candidates that is in use")
    protect, send = dtls._tx_srtp.protect, pair.protocol.transport.sendto
    address = pair.remote_addr
    sent_bytes = 0
    for packet in packets:
        encrypted = protect(packet)
        send(encrypted, address)
        sent_bytes += len(encrypted)
    dtls._RTCDtlsTransport__tx_bytes += sent_bytes
    dtls._RTCDtlsTransport__tx_packets += len(packets)
