"""The server's end of an SCTP association, with its limits, and a wire that tests write to."""

from __future__ import annotations

import asyncio
from struct import pack
from typing import Any

from aiortc import RTCDataChannel, RTCSctpTransport

from rtc_server.webrtc.limits.aiortc_sctp import bound_association
from tests import raw_sctp as raw
from tests.raw_sctp import build_chunk, build_data, build_packet

PEER_TAG = 7
FIRST_TSN = 0xFFFFFFF0  # it wraps soon


class Wire:
    """Takes the place of DTLS."""

    state = "connected"
    _role = "server"

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    async def _send_data(self, data: bytes) -> None:
        self.sent.append(data)

    def _register_data_receiver(self, receiver: object) -> None:
        pass

    _unregister_data_receiver = _register_data_receiver

    def replies(self, kind: int) -> list[bytes]:
        return [packet for packet in self.sent if packet[12] == kind]


class Association:
    """The server's end, bounded, with its wire and what it was told of its peer."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.sctp: Any = RTCSctpTransport(self.wire)  # type: ignore[arg-type]
        self.misuses: list[str] = []
        self.messages: list[bytes | str] = []
        self.channels: list[RTCDataChannel] = []
        self.tsn = FIRST_TSN
        self.sctp._rto = 1e6  # seconds: no timer runs out, on any machine
        bound_association(self.sctp, self.misuses.append)
        self.sctp.on("datachannel", self.on_channel)

    def on_channel(self, channel: RTCDataChannel) -> None:
        self.channels.append(channel)
        channel.on("message", self.messages.append)

    async def start(self) -> None:
        await self.sctp.start(None, raw.PORT)

    async def establish(self) -> None:
        await self.start()
        await self.sctp._handle_data(build_packet(0, raw.build_init(PEER_TAG, FIRST_TSN)))
        answer = self.wire.replies(raw.INIT_ACK)[-1]
        cookie = answer[answer.index(pack("!HH", 7, 28)) + 4 :][:24]
        await self.receive(build_chunk(raw.COOKIE_ECHO, cookie))
        await self.receive(self.data(raw.build_open(), protocol=raw.DCEP))
        assert len(self.channels) == 1

    async def receive(self, *chunks: bytes) -> None:
        await self.sctp._handle_data(build_packet(self.sctp._local_verification_tag, *chunks))

    def data(self, message: bytes, **options: Any) -> bytes:
        """The next chunk of data; nothing is missing before it."""
        chunk = build_data(self.tsn, message, **options)
        self.tsn += 1
        return chunk

    @property
    def sent_tsn(self) -> int:
        """The TSN of the last chunk that the server's end has sent."""
        tsn: int = self.sctp._local_tsn - 1
        return tsn

    async def stop(self) -> None:
        await self.sctp.stop()
        await asyncio.sleep(0)
