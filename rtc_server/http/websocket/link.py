"""aiohttp's WebSocket as a session uses it: bounded, and closed with a sentence."""

from __future__ import annotations

import asyncio
import struct

from aiohttp import WebSocketError, WSMsgType, web

from rtc_server.http.connections.http_connection import HttpConnection
from rtc_server.protocol.pictures import MAX_PICTURE_BYTES
from rtc_server.token_bucket import RateLimit, TokenBucket
from rtc_server.websocket.close_codes import TOO_BIG, Closing, Violation

CLOSE_CODE = struct.Struct(">H")  # RFC 6455, 5.5.1
CHECK_S = 0.02
DISCARD_S = 0.005  # between two messages that nobody looks at
# Pings of the client, and its pongs, of which the server asks for two a second.
PING_LIMIT = RateLimit(20, 60)
SLOW_PING_S = 0.05  # for each that exceeds it; the rest waits at the client's end


class QuietWebSocket(web.WebSocketResponse):
    """A response that never closes the WebSocket by itself: aiohttp would give no sentence."""

    def __init__(self) -> None:
        super().__init__(
            autoclose=False,
            autoping=False,
            compress=False,  # pictures are compressed, and what inflates is one more attack
            max_msg_size=MAX_PICTURE_BYTES,
            writer_limit=0,  # wait after each message while the client takes none
        )

    async def close(
        self,
        *,
        code: int = 1000,  # noqa: ARG002
        message: bytes = b"",  # noqa: ARG002
        drain: bool = True,  # noqa: ARG002
    ) -> bool:
        """Do nothing; `WebSocketLink` closes."""
        return False


class WebSocketLink:
    """The `Socket` of a session; see there."""

    def __init__(self, response: QuietWebSocket, request: web.Request) -> None:
        """:param response: prepared, so that the handshake is done."""
        self._response = response
        self._protocol = request.protocol
        self._now = asyncio.get_running_loop().time
        self._pings = TokenBucket(PING_LIMIT, self._now())
        self.frames_received = 0
        self._closing_sent = self._closing_received = False
        self._broken = False  # nothing can be read any more

    @property
    def closed_by_both(self) -> bool:
        return self._closing_sent and self._closing_received

    async def receive(self) -> str | bytes | None:
        """The next message; None when the client has closed, or is gone.

        :raises Violation: it breaks the rules of WebSockets, or is too long.
        """
        while True:
            message = await self._response.receive()
            self.frames_received += 1
            match message.type:
                case WSMsgType.TEXT | WSMsgType.BINARY:
                    data: str | bytes = message.data
                    return data
                case WSMsgType.PING | WSMsgType.PONG:
                    if not self._pings.take(self._now()):
                        await asyncio.sleep(SLOW_PING_S)
                    if message.type is WSMsgType.PING and not await self._answer(message.data):
                        return None
                case WSMsgType.CLOSE:
                    self._closing_received = True
                    return None
                case WSMsgType.ERROR if isinstance(message.data, WebSocketError):
                    self._broken = True
                    raise _violation_of(message.data)
                case _:
                    return None

    async def _answer(self, ping: bytes) -> bool:
        """Answer a ping; False if the client is gone."""
        try:
            await self._response.pong(ping)
        except ConnectionError:
            return False
        return True

    async def send(self, message: str | bytes) -> None:
        """
        :raises ConnectionError: the client is gone.
        """
        if isinstance(message, str):
            await self._response.send_str(message)
        else:
            await self._response.send_bytes(message)

    async def send_ping(self) -> None:
        """
        :raises ConnectionError: the client is gone.
        """
        await self._response.ping()

    async def send_close(self, closing: Closing) -> None:
        """
        :raises ConnectionError: the client is gone.
        """
        payload = CLOSE_CODE.pack(closing.code) + closing.payload_text()
        await self._response.send_frame(payload, WSMsgType.CLOSE)
        self._closing_sent = True

    async def wait_until_gone(self) -> None:
        """Discard what comes until the client has closed or is gone."""
        while not self._broken:
            try:
                if await self.receive() is None:
                    return
            except Violation:
                pass
            await asyncio.sleep(DISCARD_S)
        # aiohttp discards the rest, and tells nobody when the connection is gone.
        while self._protocol.transport is not None:  # noqa: ASYNC110
            await asyncio.sleep(CHECK_S)

    def abort(self) -> None:
        """Close at once, after what is in the system's hands already."""
        transport = self._protocol.transport
        if transport is None:
            return
        if self.closed_by_both:
            transport.close()
        elif isinstance(transport, asyncio.WriteTransport):
            transport.abort()


def begin_websocket(request: web.BaseRequest) -> None:
    """The connection's limits are those of a WebSocket from now on."""
    if isinstance(request.protocol, HttpConnection):
        request.protocol.begin_websocket()


def _violation_of(error: WebSocketError) -> Violation:
    if error.code == TOO_BIG:
        sentence = f"expected messages of at most {MAX_PICTURE_BYTES} bytes, got a longer one"
        return Violation(TOO_BIG, sentence)
    return Violation(int(error.code), f"expected a message as RFC 6455 has it: {error}")
