"""A socket whose client is the test."""

from __future__ import annotations

import asyncio

from rtc_server.websocket.close_codes import Closing, Violation


class FakeSocket:
    """`sent` is what the client has taken; while `takes` is not set, it takes nothing."""

    def __init__(self) -> None:
        self.sent: list[object] = []
        self.takes = asyncio.Event()
        self.takes.set()
        self.frames_received = 0
        self.aborted = False
        self.closed_by_both = False
        self._incoming: asyncio.Queue[object] = asyncio.Queue()

    def say(self, *messages: object) -> None:
        """Let the client send; None closes its end, a Violation is what no WebSocket sends."""
        for message in messages:
            self._incoming.put_nowait(message)

    async def receive(self) -> str | bytes | None:
        message = await self._incoming.get()
        self.frames_received += 1
        if isinstance(message, Violation):
            raise message
        assert message is None or isinstance(message, (str, bytes))
        return message

    async def send(self, message: str | bytes) -> None:
        await self.takes.wait()
        self.sent.append(message)

    async def send_ping(self) -> None:
        await self.takes.wait()

    async def send_close(self, closing: Closing) -> None:
        await self.takes.wait()
        self.sent.append(closing)
        self.closed_by_both = True
        self.say(None)  # an honest client answers

    async def wait_until_gone(self) -> None:
        while await self._incoming.get() is not None:
            pass

    def abort(self) -> None:
        self.aborted = True
        self.say(None)
