"""A learner whose every message the test chooses, on a WebSocket."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any

import aiohttp
import cv2
import numpy as np

from rtc_server.protocol.pictures import WebcamPicture, write_webcam_picture

Message = dict[str, Any]
GREY = bytes(cv2.imencode(".jpg", np.full((120, 160, 3), 90, np.uint8))[1])


def write_picture(jpeg: bytes = GREY, captured_ms: float | None = None) -> bytes:
    """A picture of now, with nothing of the lesson on the screen."""
    now_ms = time.monotonic() * 1000
    at_ms = now_ms if captured_ms is None else captured_ms
    return write_webcam_picture(WebcamPicture(at_ms, now_ms, None, 0.0, jpeg))


class RawLearner:
    """`async with` opens the WebSocket and always closes it; `messages` are those so far."""

    def __init__(
        self, url: str, lesson: str | None = "short", path: str = "/api/sessions/ws", **query: str
    ) -> None:
        """:param lesson: None in a class, whose path says what is danced."""
        self._url = url + path
        self._query = query if lesson is None else {"lesson": lesson, **query}
        self._http = aiohttp.ClientSession()
        self.messages: list[Message] = []
        self.pictures = 0
        self.close_code: int | None = None
        self.close_reason = ""

    async def __aenter__(self) -> RawLearner:
        self.socket = await self._http.ws_connect(
            self._url, params=self._query, autoclose=False, autoping=False
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.socket.close()
        await self._http.close()

    async def send(self, type: str, **fields: Any) -> None:
        await self.socket.send_str(json.dumps({"type": type, **fields}))

    async def send_picture(self, jpeg: bytes = GREY, captured_ms: float | None = None) -> None:
        await self.socket.send_bytes(write_picture(jpeg, captured_ms))

    async def wait_for(self, **fields: Any) -> Message:
        """The first message with these fields, among those to come."""
        return await self.wait_until(
            lambda message: all(message.get(name) == value for name, value in fields.items())
        )

    async def wait_until(self, fits: Callable[[Message], bool]) -> Message:
        """The first message that fits, among those to come."""
        while (message := await self.receive()) is not None:
            if fits(message):
                return message
        raise AssertionError(f"closed with {self.close_code} {self.close_reason!r}")

    async def wait_until_closed(self) -> int | None:
        """Read to the end; return the close code."""
        while await self.receive() is not None:
            pass
        return self.close_code

    async def receive(self) -> Message | None:
        """The next message; None if the server has closed."""
        while True:
            raw = await self.socket.receive()
            if raw.type is aiohttp.WSMsgType.PING:
                with suppress(ConnectionError):  # what came before the end is read nevertheless
                    await self.socket.pong(raw.data)
            elif raw.type is aiohttp.WSMsgType.BINARY:
                self.pictures += 1
            elif raw.type is aiohttp.WSMsgType.TEXT:
                self.messages.append(raw.json())
                return self.messages[-1]
            else:
                if raw.type is aiohttp.WSMsgType.CLOSE:
                    self.close_reason = str(raw.extra)
                    self.close_code = raw.data
                    await self.socket.close()
                return None
