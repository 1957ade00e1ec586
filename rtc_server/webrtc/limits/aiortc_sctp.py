"""Bounds what a peer can do to an SCTP association of aiortc 1.16.

aiortc keeps and scans whatever a peer sends or does not acknowledge, and fails on what it does not
expect. tests/unit/rtc_server/webrtc/limits/test_aiortc_sctp.py fails when a private part moves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Literal

from aiortc import RTCSctpTransport
from aiortc.rtcsctptransport import (
    WEBRTC_DCEP,
    Chunk,
    DataChunk,
    ForwardTsnChunk,
    InitChunk,
    RTCSctpCapabilities,
    SackChunk,
    ShutdownChunk,
    tsn_minus_one,
)

from rtc_server.token_bucket import RateLimit, TokenBucket
from rtc_server.webrtc.limits.sctp_packets import MalformedPacket, check_packet

MAX_MESSAGE_BYTES = 64 * 1024  # announced in the answer; the protocol's own limit is lower
MAX_CHANNELS = 8  # control and scores, and room for what a client opens besides
MAX_TSN_GAP = 256  # chunks that may be received after one that is missing
MAX_HELD_CHUNKS = 256  # of messages that are not complete
MAX_HELD_BYTES = 2 * MAX_MESSAGE_BYTES
MAX_UNACKNOWLEDGED = 512  # chunks that were sent, and messages that wait to be
MAX_WAITING_BYTES = 256 * 1024  # of each channel
CHUNK_LIMIT = RateLimit(500, 1000)  # packets, and the chunks in them
INVALID_STREAM = 65535  # RFC 8832, 6
DCEP_ACK, DCEP_OPEN = 2, 3
DCEP_OPEN_BYTES = 12
TSN_MODULO = 1 << 32
HANDLE_DATA = "_handle_data"
RECEIVE_CHUNK = "_receive_chunk"
RECEIVE_MESSAGE = "_data_channel_receive"
SEND_MESSAGE = "_data_channel_send"
CAPABILITIES = "getCapabilities"

Misuse = Literal[
    "malformed packets",
    "too many packets",
    "too large a message",
    "messages never completed",
    "messages never acknowledged",
    "too many channels",
    "wrong acknowledgement",
    "association restarted",
    "unexpected data",
]


class _Misused(Exception):
    def __init__(self, misuse: Misuse) -> None:
        super().__init__(misuse)
        self.misuse = misuse


def bound_association(sctp: RTCSctpTransport, on_misuse: Callable[[Misuse], None]) -> None:
    """Keep an association within the limits above; call it before the answer is made.

    :param on_misuse: called once, with what the peer did; from then on its packets are discarded.
    """
    _BoundedAssociation(sctp, on_misuse)


class _BoundedAssociation:
    """Stands before aiortc's handlers of packets and chunks, and before its sending of messages."""

    def __init__(self, sctp: RTCSctpTransport, on_misuse: Callable[[Misuse], None]) -> None:
        self._sctp: Any = sctp  # its private parts are not typed
        self._on_misuse = on_misuse
        self._loop = asyncio.get_running_loop()
        self._chunks = TokenBucket(CHUNK_LIMIT, self._loop.time())
        self._misused = False
        self._handle_packet = getattr(sctp, HANDLE_DATA)
        self._receive_chunk = getattr(sctp, RECEIVE_CHUNK)
        self._receive_message = getattr(sctp, RECEIVE_MESSAGE)
        self._send_message = getattr(sctp, SEND_MESSAGE)
        setattr(sctp, HANDLE_DATA, self.handle_packet)
        setattr(sctp, RECEIVE_CHUNK, self.receive_chunk)
        setattr(sctp, RECEIVE_MESSAGE, self.receive_message)
        setattr(sctp, SEND_MESSAGE, self.send_message)
        setattr(sctp, CAPABILITIES, lambda: RTCSctpCapabilities(MAX_MESSAGE_BYTES))

    async def handle_packet(self, packet: bytes) -> None:
        """Handle a packet that came through DTLS.

        :raises ConnectionError: the connection is closed.
        """
        if self._misused:
            return
        try:
            if not self._chunks.take(self._loop.time(), 1 + check_packet(packet)):
                raise _Misused("too many packets")
            if self._sctp._association_state != self._sctp.State.CLOSED:
                await self._handle_packet(packet)
        except MalformedPacket:
            self._cut_off("malformed packets")
        except _Misused as error:
            self._cut_off(error.misuse)
        except UnicodeDecodeError:  # of a message or a label, which no browser sends
            self._cut_off("unexpected data")
        except ConnectionError:
            raise
        except Exception as error:  # aiortc's handlers expect well-behaved peers
            self._loop.call_exception_handler(
                {"message": "aiortc could not handle an SCTP packet", "exception": error}
            )
            self._cut_off("unexpected data")

    async def receive_chunk(self, chunk: Chunk) -> None:
        """Handle a chunk, unless it is out of place."""
        sctp = self._sctp
        if isinstance(chunk, InitChunk) and sctp._association_state == sctp.State.ESTABLISHED:
            if chunk.initiate_tag != sctp._remote_verification_tag:
                raise _Misused("association restarted")
            return  # sent again before the peer knew that it was received; aiortc would start anew
        if isinstance(chunk, DataChunk | SackChunk | ForwardTsnChunk):
            if sctp._last_received_tsn is None:
                return  # before any INIT
            self._check_chunk(chunk)
        await self._receive_chunk(chunk)
        if isinstance(chunk, DataChunk | ForwardTsnChunk):
            self._check_reassembly()
        elif isinstance(chunk, ShutdownChunk):
            sctp._set_state(sctp.State.CLOSED)  # aiortc would wait for an answer, for a minute

    async def receive_message(self, stream_id: int, protocol: int, data: bytes) -> None:
        """Pass a complete message on to its channel."""
        if len(data) > MAX_MESSAGE_BYTES:
            raise _Misused("too large a message")
        if protocol == WEBRTC_DCEP and data:
            is_known = stream_id in self._sctp._data_channels
            if data[0] == DCEP_OPEN and (is_known or len(data) < DCEP_OPEN_BYTES):
                raise _Misused("unexpected data")
            if data[0] == DCEP_ACK and not is_known:
                raise _Misused("unexpected data")
        await self._receive_message(stream_id, protocol, data)

    def send_message(self, channel: Any, data: bytes | str) -> None:
        """Queue a message, unless the peer does not take what is waiting already."""
        too_many = self._count_unacknowledged() >= MAX_UNACKNOWLEDGED
        if too_many or channel.bufferedAmount > MAX_WAITING_BYTES:
            self._cut_off("messages never acknowledged")
            return
        self._send_message(channel, data)

    def _check_chunk(self, chunk: DataChunk | SackChunk | ForwardTsnChunk) -> None:
        match chunk:
            case DataChunk():
                self._check_gap(chunk.tsn)
                self._check_streams([chunk.stream_id])
            case ForwardTsnChunk():
                self._check_gap(chunk.cumulative_tsn)
                self._check_streams([stream_id for stream_id, _ in chunk.streams])
            case SackChunk():
                self._check_sack(chunk)

    def _check_gap(self, tsn: int) -> None:
        """aiortc sorts the TSNs beyond the first missing one for each chunk."""
        ahead = (tsn - self._sctp._last_received_tsn) % TSN_MODULO
        if MAX_TSN_GAP < ahead < TSN_MODULO // 2:
            raise _Misused("messages never completed")

    def _check_streams(self, stream_ids: list[int]) -> None:
        """Every stream that is named is kept."""
        if len(self._sctp._inbound_streams.keys() | stream_ids) > MAX_CHANNELS:
            raise _Misused("too many channels")
        if INVALID_STREAM in stream_ids:
            raise _Misused("unexpected data")

    def _check_sack(self, sack: SackChunk) -> None:
        """Only what was sent can be acknowledged; aiortc counts through each gap block."""
        last_sent = tsn_minus_one(self._sctp._local_tsn)
        sent_after = (last_sent - sack.cumulative_tsn) % TSN_MODULO
        if sent_after >= TSN_MODULO // 2:
            raise _Misused("wrong acknowledgement")
        acknowledged = 0
        for first, last in sack.gaps:
            acknowledged += last - first + 1
            if not 1 <= first <= last <= sent_after or acknowledged > sent_after:
                raise _Misused("wrong acknowledgement")

    def _check_reassembly(self) -> None:
        held = [c for s in self._sctp._inbound_streams.values() for c in s.reassembly]
        if len(held) > MAX_HELD_CHUNKS or sum(len(c.user_data) for c in held) > MAX_HELD_BYTES:
            raise _Misused("messages never completed")

    def _count_unacknowledged(self) -> int:
        """A chunk is kept until all before it are acknowledged, whatever gap blocks say."""
        sctp = self._sctp
        return len(sctp._sent_queue) + len(sctp._outbound_queue) + len(sctp._data_channel_queue)

    def _cut_off(self, misuse: Misuse) -> None:
        if not self._misused:
            self._misused = True
            self._on_misuse(misuse)
