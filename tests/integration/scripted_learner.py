"""A learner whose every message the test chooses, on a real aiortc connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from types import TracebackType
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
from aiortc.mediastreams import MediaStreamError

from tests.waiting import PATIENCE_S

Message = dict[str, Any]


def is_score(message: Message) -> bool:
    """Whether it is the score of a sample that was judged."""
    return message["type"] == "score" and message["coverage"] is not None


class EmptyRoom(VideoStreamTrack):
    """A small camera that shows nobody, as often as browsers send at most: an eighth of the work of
    aiortc's own, which sends 640×480 thirty times a second."""

    SIZE = (320, 240)

    async def recv(self) -> av.VideoFrame:
        await self.next_timestamp()  # aiortc waits for a thirtieth of a second each time
        pts, time_base = await self.next_timestamp()
        frame = av.VideoFrame(*self.SIZE, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.pts, frame.time_base = pts, time_base
        return frame


async def _discard(*_: Any) -> None:
    return None


class ScriptedLearner:
    """Offers a webcam and both channels; `async with` connects and always closes the connection.

    The webcam shows nobody. `messages` are those of both channels so far, `frames` counts the
    decoded video frames.
    """

    path = "/api/sessions"
    lossy_channel = "scores"

    def __init__(
        self, url: str, lesson: str = "short", headers: dict[str, str] | None = None, **offer: Any
    ) -> None:
        """:param headers: of the offer's request.
        :param offer: further fields of the offer's JSON body.
        """
        self.headers = headers or {}
        self.url = url
        self.body: dict[str, Any] = {"type": "offer", "lesson": lesson, **offer}
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.camera: MediaStreamTrack = EmptyRoom()
        self.control = self.connection.createDataChannel("control")
        self.scores = self.connection.createDataChannel(
            self.lossy_channel, ordered=False, maxRetransmits=0
        )
        self.messages: list[Message] = []
        self.closed = asyncio.Event()
        self.id = ""
        self.frames = 0
        self._arrived = asyncio.Event()
        self._readers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> ScriptedLearner:
        opened = asyncio.Event()
        self.control.on("open", opened.set)
        for channel in (self.control, self.scores):
            channel.on("message", self._on_message)
        self.control.on("close", self._on_close)
        self.connection.addTransceiver(self.camera, direction="sendonly")
        for kind in ("video", "audio"):
            self.connection.addTransceiver(kind, direction="recvonly")
        if self.body.get("annotated"):
            self.connection.addTransceiver("video", direction="recvonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        self.body["sdp"] = self.write_offer()
        async with (
            aiohttp.ClientSession() as http,
            http.post(self.url + self.path, json=self.body, headers=self.headers) as response,
        ):
            assert response.status == 201, await response.text()
            answer = await response.json()
        self.id = answer["id"]
        await self.connection.setRemoteDescription(
            RTCSessionDescription(answer["sdp"], answer["type"])
        )
        for transceiver in self.connection.getTransceivers()[1:]:
            self._readers.append(asyncio.create_task(self._read(transceiver.receiver.track)))
        async with asyncio.timeout(PATIENCE_S):
            await opened.wait()
        return self

    def write_offer(self) -> str:
        return self.connection.localDescription.sdp

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.connection.close()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    def send(self, type: str, **fields: Any) -> None:
        self.control.send(json.dumps({"type": type, **fields}))

    async def wait_for(self, **fields: Any) -> Message:
        """The first message with these fields, among those that came and those to come."""
        return await self.wait_until(
            lambda message: all(message.get(name) == value for name, value in fields.items())
        )

    async def wait_for_score(self) -> Message:
        """The first score of a sample that was judged, so that the session has a result."""
        return await self.wait_until(is_score)

    async def wait_until(self, fits: Callable[[Message], bool]) -> Message:
        """The first message that fits, among those that came and those to come."""
        async with asyncio.timeout(PATIENCE_S):
            while (message := next(filter(fits, self.messages), None)) is None:
                self._arrived.clear()
                await self._arrived.wait()
        return message

    def go_silent(self) -> None:
        """As when the cable is pulled: nothing more goes out, neither media nor SCTP."""
        for transceiver in self.connection.getTransceivers():
            transceiver.receiver.transport._send_rtp = _discard
        assert self.connection.sctp is not None
        self.connection.sctp.transport._send_data = _discard

    def send_again(self) -> None:
        """The cable is back in."""
        for transceiver in self.connection.getTransceivers():
            transceiver.receiver.transport.__dict__.pop("_send_rtp", None)
        assert self.connection.sctp is not None
        self.connection.sctp.transport.__dict__.pop("_send_data", None)

    def clear_messages(self) -> None:
        """Let `wait_for` wait for new messages only."""
        self.messages.clear()

    async def _read(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                await track.recv()
                self.frames += track.kind == "video"
        except MediaStreamError:
            pass

    def _on_message(self, text: str) -> None:
        self.messages.append(json.loads(text))
        self._arrived.set()

    def _on_close(self) -> None:
        self.closed.set()
