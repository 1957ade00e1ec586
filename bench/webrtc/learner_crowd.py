"""A learner who costs little: a small webcam, and nothing that is received is decoded."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import av
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)

PATIENCE_S = 120.0
PING_EVERY_S = 1.0


class Refused(Exception):
    """The server gives no place."""

    def __init__(self, status: int, code: str, retry_after_s: str | None) -> None:
        super().__init__(f"{status} {code}, try again after {retry_after_s} s")


class SmallCamera(VideoStreamTrack):
    """A grey picture of 64 × 48, 30 times a second."""

    async def recv(self) -> av.VideoFrame:
        pts, time_base = await self.next_timestamp()
        frame = av.VideoFrame(64, 48, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([128]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        return frame


class LightLearner:
    """One session that plays a lesson again and again."""

    def __init__(
        self,
        url: str,
        camera: MediaStreamTrack | None = None,
        lesson: str = "demo",
        dancers: int | None = None,
    ) -> None:
        """:param camera: what is sent; None: a SmallCamera.
        :param dancers: how many are in its picture, if several.
        """
        self._url = url
        self._camera = camera or SmallCamera()
        self._wishes = {"lesson": lesson} | ({} if dancers is None else {"dancers": dancers})
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._control = self._connection.createDataChannel("control")
        scores = self._connection.createDataChannel("scores", ordered=False, maxRetransmits=0)
        self._opened = asyncio.Event()
        self._playing = asyncio.Event()
        self._control.on("open", self._opened.set)
        for channel in (self._control, scores):
            channel.on("message", lambda text: self._on_message(json.loads(text)))
        self._pinging: asyncio.Task[None] | None = None

    async def join(self) -> None:
        """Connect, and wait until the lesson plays.

        :raises Refused: the server gives no place.
        """
        self._connection.addTransceiver(self._camera, direction="sendonly")
        for kind in ("video", "audio"):
            receiver = self._connection.addTransceiver(kind, direction="recvonly").receiver
            receiver._handle_rtp_packet = self._on_video if kind == "video" else _drop
        await self._connection.setLocalDescription(await self._connection.createOffer())
        answer = await self._offer(self._connection.localDescription.sdp)
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        async with asyncio.timeout(PATIENCE_S):
            await self._opened.wait()
            self._pinging = asyncio.create_task(self._ping())
            self._send({"type": "hello", "protocol": 1, "client": "bench"})
            self._send({"type": "loop", "from_s": 1, "to_s": 20})
            self._send({"type": "start"})
            await self._playing.wait()

    async def leave(self) -> None:
        if self._pinging is not None:
            self._pinging.cancel()
        self._send({"type": "bye"})
        await self._connection.close()

    async def _offer(self, sdp: str) -> str:
        """Send the offer and return the answer's SDP."""
        offer = {"sdp": sdp, "type": "offer", **self._wishes}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{self._url}/api/sessions", json=offer) as response,
        ):
            answer = await response.json(content_type=None)
        if response.status != 201:
            await self._connection.close()
            later = response.headers.get("Retry-After")
            raise Refused(response.status, answer.get("code", ""), later)
        return str(answer["sdp"])

    async def _ping(self) -> None:
        while True:
            self._send({"type": "ping", "t0_ms": 1000 * asyncio.get_running_loop().time()})
            await asyncio.sleep(PING_EVERY_S)

    def _send(self, message: dict[str, Any]) -> None:
        if self._control.readyState == "open":
            self._control.send(json.dumps(message))

    def _on_message(self, message: dict[str, Any]) -> None:
        if message.get("state") == "playing":
            self._playing.set()

    async def _on_video(self, *_: Any, **__: Any) -> None:
        """Take the place of what would decode a packet."""


async def _drop(*_: Any, **__: Any) -> None:
    """Take the place of what would decode a packet."""
