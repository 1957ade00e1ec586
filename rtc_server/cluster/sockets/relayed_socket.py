"""A WebSocket that the front holds, as the session on its host uses it.

The front asks for what is to be sent (`take`), sends it, and asks again: so what waits on the host
waits until the client takes it, and nothing else has to be counted.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from rtc_server.websocket.close_codes import Closing, Violation

MAX_WAITING = 4  # messages of the client; the front waits, and so does the client
TAKE_S = 1.0  # for something to be sent, before the front asks again


@dataclass(frozen=True, slots=True)
class SocketEnd:
    """The last that the front says of a client: it has closed, is gone, or broke the rules."""

    has_closed: bool = False  # with a frame of its own
    violation: Closing | None = None


@dataclass(frozen=True, slots=True)
class SocketPing:
    """The client shall show that it is there."""


@dataclass(frozen=True, slots=True)
class SocketAbort:
    """The connection shall end at once."""


FromClient = str | bytes | SocketEnd
ToClient = str | bytes | SocketPing | Closing | SocketAbort


class RelayedSocket:
    """The `Socket` of a session on a host; see there."""

    def __init__(self) -> None:
        self.frames_received = 0  # as the front counts them
        self._incoming: deque[FromClient] = deque()
        self._outgoing: ToClient | None = None
        self._is_taken = False  # by the front, which is sending it
        self._is_gone = self._is_aborted = False
        self._closing_sent = self._closing_received = False
        self._change = asyncio.get_running_loop().create_future()

    @property
    def closed_by_both(self) -> bool:
        return self._closing_sent and self._closing_received

    async def put(self, message: FromClient) -> None:
        """The client sends this; it waits while others wait to be read."""
        if isinstance(message, SocketEnd):
            self._closing_received = message.has_closed
            self._is_gone = True
            self._notify()
        await self._until(lambda: len(self._incoming) < MAX_WAITING or self._is_aborted)
        self._incoming.append(message)
        self._notify()

    async def take(self, frames_received: int) -> ToClient | None:
        """What is to be sent now; None: nothing within a second. What was taken before is sent.

        :param frames_received: WebSocket frames of the client so far.
        """
        self.frames_received = frames_received
        if self._is_taken:
            self._outgoing = None
            self._notify()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TAKE_S):
                await self._until(lambda: self._outgoing is not None or self._is_aborted)
        self._is_taken = self._outgoing is not None
        return self._outgoing or (SocketAbort() if self._is_aborted else None)

    async def receive(self) -> str | bytes | None:
        """
        :raises Violation: the client broke the rules.
        """
        await self._until(lambda: self._incoming)
        message = self._incoming.popleft()
        self._notify()
        if not isinstance(message, SocketEnd):
            return message
        if (closing := message.violation) is not None:
            raise Violation(closing.code, closing.sentence)
        return None

    async def send(self, message: str | bytes) -> None:
        """
        :raises ConnectionError: the client is gone.
        """
        await self._send(message)

    async def send_ping(self) -> None:
        """
        :raises ConnectionError: the client is gone.
        """
        await self._send(SocketPing())

    async def send_close(self, closing: Closing) -> None:
        """
        :raises ConnectionError: the client is gone.
        """
        await self._send(closing)
        self._closing_sent = True

    async def _send(self, item: ToClient) -> None:
        self._outgoing = item
        self._notify()
        await self._until(lambda: self._outgoing is not item or self._is_gone or self._is_aborted)
        if self._outgoing is item:
            self._outgoing = None
            raise ConnectionResetError("the client is gone")

    async def wait_until_gone(self) -> None:
        while not self._is_gone and not self._is_aborted:
            self._incoming.clear()  # nobody looks at it, and the end must find room
            await self._next_change()

    def abort(self) -> None:
        self._is_aborted = True
        self._notify()

    def _notify(self) -> None:
        changed, self._change = self._change, asyncio.get_running_loop().create_future()
        changed.set_result(None)

    async def _next_change(self) -> None:
        await asyncio.shield(self._change)  # several wait for it, and one may be cancelled

    async def _until(self, is_so: Callable[[], object]) -> None:
        while not is_so():
            await self._next_change()
