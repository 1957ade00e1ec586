"""A DTLS transport without sockets and keys, which keeps what is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from aiortc import rtp
from aiortc.rtcdtlstransport import RtpRouter, State

LEARNER = ("192.0.2.1", 5000)


class FakeTransport:
    """What senders, and `aiortc_receiver`, use of an RTCDtlsTransport."""

    state = "connected"
    _stats_id = "transport"

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.addresses: set[tuple[str, int]] = set()
        self._state = State.CONNECTED
        self._tx_srtp = SimpleNamespace(protect=lambda data: data)
        self._rx_srtp = SimpleNamespace(
            unprotect=lambda data: data, unprotect_rtcp=lambda data: data
        )
        sockets = SimpleNamespace(transport=SimpleNamespace(sendto=self._send))
        pair = SimpleNamespace(protocol=sockets, remote_addr=LEARNER)
        self.ice = SimpleNamespace(
            _nominated={1: pair}, _queue=asyncio.Queue(), data_received=self._queue
        )
        self.transport = SimpleNamespace(_connection=self.ice)
        self._rtp_router = RtpRouter()
        self._RTCDtlsTransport__tx_bytes = self._RTCDtlsTransport__tx_packets = 0
        self._RTCDtlsTransport__rx_bytes = self._RTCDtlsTransport__rx_packets = 0
        self.handled: list[bytes] = []
        self.on_handle: Callable[[], Any] = lambda: None

    @property
    def packets(self) -> list[rtp.RtpPacket]:
        """The RTP packets that were sent."""
        extensions = rtp.HeaderExtensionsMap()
        return [rtp.RtpPacket.parse(d, extensions) for d in self.sent if not rtp.is_rtcp(d)]

    def _queue(self, data: bytes, component: int) -> None:
        self.ice._queue.put_nowait((data, component))

    def _send(self, data: bytes, address: tuple[str, int]) -> None:
        self.sent.append(data)
        self.addresses.add(address)

    async def _send_rtp(self, data: bytes) -> None:
        self.sent.append(data)

    def _register_rtp_sender(self, *_: Any) -> None:
        pass

    def _unregister_rtp_sender(self, *_: Any) -> None:
        pass

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:
        assert arrival_time_ms > 0
        self.handled.append(data)
        if (waiting := self.on_handle()) is not None:
            await waiting

    async def _handle_rtcp_data(self, data: bytes) -> None:
        self.handled.append(data)
