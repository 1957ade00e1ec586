"""A learner whose every word the test chooses, on a real aiortc connection."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any

import aiohttp
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import MediaStreamError

PATIENCE_S = 20.0


async def _into_the_void(*_: Any) -> None:
    return None


class Puppet:
    """Offers a webcam and both channels; `async with` connects and always hangs up."""

    def __init__(self, url: str, lesson: str = "short", **wishes: Any) -> None:
        self.url = url
        self.body: dict[str, Any] = {"type": "offer", "lesson": lesson, **wishes}
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.camera: MediaStreamTrack = VideoStreamTrack()
        self.control = self.connection.createDataChannel("control")
        self.scores = self.connection.createDataChannel("scores", ordered=False, maxRetransmits=0)
        self.heard: list[dict[str, Any]] = []
        self.closed = asyncio.Event()
        self.id = ""
        self.frames = 0
        self._news = asyncio.Event()
        self._watchers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Puppet:
        opened = asyncio.Event()
        self.control.on("open", opened.set)
        for channel in (self.control, self.scores):
            channel.on("message", self._hear)
        self.control.on("close", self._close)
        self.connection.addTransceiver(self.camera, direction="sendonly")
        for kind in ("video", "audio"):
            self.connection.addTransceiver(kind, direction="recvonly")
        if self.body.get("annotated"):
            self.connection.addTransceiver("video", direction="recvonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        self.body["sdp"] = self.connection.localDescription.sdp
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{self.url}/api/sessions", json=self.body) as response,
        ):
            assert response.status == 201, await response.text()
            answer = await response.json()
        self.id = answer["id"]
        await self.connection.setRemoteDescription(
            RTCSessionDescription(answer["sdp"], answer["type"])
        )
        for transceiver in self.connection.getTransceivers()[1:]:
            self._watchers.append(asyncio.create_task(self._watch(transceiver.receiver.track)))
        async with asyncio.timeout(PATIENCE_S):
            await opened.wait()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.connection.close()
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)

    def say(self, type: str, **fields: Any) -> None:
        self.control.send(json.dumps({"type": type, **fields}))

    async def until(self, **fields: Any) -> dict[str, Any]:
        """The first message with these fields, among those heard and those to come."""

        def fits(message: dict[str, Any]) -> bool:
            return all(message.get(name) == value for name, value in fields.items())

        async with asyncio.timeout(PATIENCE_S):
            while (message := next(filter(fits, self.heard), None)) is None:
                self._news.clear()
                await self._news.wait()
        return message

    def vanish(self) -> None:
        """As when the cable is pulled: not a word more goes out, neither media nor SCTP."""
        for transceiver in self.connection.getTransceivers():
            transceiver.receiver.transport._send_rtp = _into_the_void
        assert self.connection.sctp is not None
        self.connection.sctp.transport._send_data = _into_the_void

    def return_(self) -> None:
        """The cable is in again."""
        for transceiver in self.connection.getTransceivers():
            transceiver.receiver.transport.__dict__.pop("_send_rtp", None)
        assert self.connection.sctp is not None
        self.connection.sctp.transport.__dict__.pop("_send_data", None)

    def forget(self) -> None:
        """Let `until` wait for new messages only."""
        self.heard.clear()

    async def _watch(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                await track.recv()
                self.frames += track.kind == "video"
        except MediaStreamError:
            pass

    def _hear(self, text: str) -> None:
        message = json.loads(text)
        self.heard.append(message)
        self._news.set()

    def _close(self) -> None:
        self.closed.set()
