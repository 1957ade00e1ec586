"""One learner over a WebSocket: the peer, what comes from it and what goes to it."""

from __future__ import annotations

import asyncio

from rtc_server.errors import BadMessage
from rtc_server.metrics import Metrics
from rtc_server.protocol.pictures import parse_webcam_picture
from rtc_server.sync.reported_playhead import ScreenReport
from rtc_server.webcam.jpeg_header import START
from rtc_server.websocket.close_codes import BAD_DATA, POLICY, UNSUPPORTED, Violation
from rtc_server.websocket.downlink import SocketDownlink
from rtc_server.websocket.peer import SocketPeer
from rtc_server.websocket.socket import Socket
from rtc_server.websocket.uplink import SocketUplink


class WebSocketConnection:
    """A session runs over it while `serve` does."""

    cameras: None = None  # a screen over a WebSocket has its own camera only

    def __init__(self, socket: Socket, metrics: Metrics, *, annotated: bool) -> None:
        now = asyncio.get_running_loop().time
        self.peer = SocketPeer(socket, metrics, now, self._on_picture)
        self.uplink = SocketUplink(now)
        self.downlink = SocketDownlink(self.peer.send_picture, annotated=annotated)
        self._captured_ms = float("-inf")  # of the last picture

    async def serve(self) -> None:
        """Carry messages and pictures until the socket is closed."""
        async with asyncio.TaskGroup() as group:
            drawing = group.create_task(self.downlink.run())
            await self.peer.serve()
            drawing.cancel()

    def _on_picture(self, message: bytes, received_s: float) -> None:
        """
        :raises Violation: it is no picture of the webcam, or one from before the last one.
        """
        try:
            picture = parse_webcam_picture(message)
        except BadMessage as error:
            raise Violation(BAD_DATA, str(error)) from None
        if not picture.jpeg.startswith(START):
            raise Violation(
                *(UNSUPPORTED, f"expected a JPEG picture, got bytes {picture.jpeg[:4].hex()}")
            )
        if picture.captured_ms < self._captured_ms:
            raise Violation(
                POLICY,
                "expected times of capture that rise, got "
                f"{picture.captured_ms:.1f} ms after {self._captured_ms:.1f}",
            )
        self._captured_ms = picture.captured_ms
        self.downlink.playhead.observe(
            ScreenReport(picture.captured_ms, picture.lesson_s, picture.rate)
        )
        self.uplink.put(picture, received_s)
