"""Offers that a client would make, and how every error over HTTP must look."""

from __future__ import annotations

from typing import Any

import aiohttp
from aiortc import RTCPeerConnection, VideoStreamTrack


async def build_offer(*, video: str | None = "sendrecv", channel: bool = True) -> str:
    """The SDP of an offer as an aiortc client makes it, with parts left out."""
    connection = RTCPeerConnection()
    try:
        if video:
            connection.addTransceiver(VideoStreamTrack(), direction=video)
        else:
            connection.addTransceiver("audio")
        if channel:
            connection.createDataChannel("control")
        return (await connection.createOffer()).sdp
    finally:
        await connection.close()


async def check_problem(response: aiohttp.ClientResponse, status: int) -> dict[str, Any]:
    """The body of a problem+json response (RFC 9457) with this status."""
    assert response.status == status, await response.text()
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = await response.json()
    assert body["status"] == status and body["title"] and body["detail"]
    return body
