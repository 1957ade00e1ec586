"""A peer with real DTLS keys that sends whatever a test chooses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
from aiortc import RTCDtlsTransport, RTCSctpTransport

from tests.integration.scripted_learner import ScriptedLearner


class HostilePeer(ScriptedLearner):
    """A scripted learner that can also change its offer, and send raw RTP, RTCP, SCTP and DTLS."""

    def __init__(
        self,
        url: str,
        lesson: str = "short",
        change_offer: Callable[[str], str] = lambda sdp: sdp,
        **offer: Any,
    ) -> None:
        """:param change_offer: makes the offer that is sent of the one that aiortc wrote."""
        super().__init__(url, lesson, **offer)
        self.change_offer = change_offer

    @property
    def dtls(self) -> RTCDtlsTransport:
        """The transport that carries everything (BUNDLE)."""
        transport: RTCDtlsTransport = self.connection.getTransceivers()[0].sender.transport
        return transport

    @property
    def sctp(self) -> RTCSctpTransport:
        assert self.connection.sctp is not None
        return self.connection.sctp

    @property
    def webcam_ssrc(self) -> int:
        ssrc: int = self.connection.getTransceivers()[0].sender._ssrc
        return ssrc

    async def send_rtp(self, packet: bytes) -> None:
        """Send one RTP or RTCP packet (aiortc tells them apart), encrypted as SRTP."""
        await self.dtls._send_rtp(packet)

    async def send_datagram(self, data: bytes) -> None:
        """Send data through DTLS, where SCTP packets are expected."""
        await self.dtls._send_data(data)


async def post_offer(url: str, sdp: str, lesson: str = "short", **fields: Any) -> tuple[int, Any]:
    """Send an offer; return the status and the JSON body of the response."""
    body = {"type": "offer", "lesson": lesson, "sdp": sdp, **fields}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{url}/api/sessions", json=body) as response,
    ):
        return response.status, await response.json(content_type=None)


async def create_offer(url: str = "", **offer: Any) -> str:
    """An offer that the server would accept, from a connection that is closed already."""
    peer = HostilePeer(url, **offer)
    try:
        peer.connection.addTransceiver(peer.camera, direction="sendonly")
        for kind in ("video", "audio"):
            peer.connection.addTransceiver(kind, direction="recvonly")
        await peer.connection.setLocalDescription(await peer.connection.createOffer())
        return peer.connection.localDescription.sdp
    finally:
        await peer.connection.close()
        await asyncio.sleep(0)
