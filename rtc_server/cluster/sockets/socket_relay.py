"""Carries a WebSocket's messages between the client at the front and the session on its host."""

from __future__ import annotations

import asyncio
import contextlib

from rtc_server.cluster.host_record import HostRecord
from rtc_server.cluster.sockets.relayed_socket import (
    FromClient,
    SocketAbort,
    SocketEnd,
    SocketPing,
    ToClient,
)
from rtc_server.errors import TandemError
from rtc_server.websocket.close_codes import VANISHED, Closing, Violation
from rtc_server.websocket.socket import Socket

HOST_GONE = Closing(VANISHED, "the session's host is gone; another one continues the session")
LINGER_S = 2.0  # for a client to read that


class SocketRelay:
    """One client; `serve` runs as long as its socket is open."""

    def __init__(self, socket: Socket, session: str, host: HostRecord) -> None:
        self._socket = socket
        self._session = session
        self._host = host

    async def serve(self) -> None:
        """Carry messages both ways until the session has ended and the client has closed.

        Where the host dies, the client is told so that it opens another session at once.
        """
        reading = asyncio.create_task(self._read())
        try:
            await self._write()
        except TandemError:  # of the host: it does not know the session, or is gone
            with contextlib.suppress(ConnectionError, TimeoutError):
                async with asyncio.timeout(LINGER_S):
                    await self._socket.send_close(HOST_GONE)
                    await asyncio.wait({reading})
        finally:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading
            self._socket.abort()

    async def _read(self) -> None:
        """Pass on what the client sends, up to its end; a host that is gone ends it, too."""
        end = SocketEnd()
        with contextlib.suppress(TandemError):
            try:
                while (message := await self._socket.receive()) is not None:
                    await self._put(message)
                end = SocketEnd(has_closed=True)
            except Violation as violation:
                end = SocketEnd(violation=violation.closing)
            await self._put(end)

    async def _put(self, message: FromClient) -> None:
        await self._host.ask(lambda host: host.put_message(self._session, message))

    async def _write(self) -> None:
        """Send what the session sends, until it aborts the connection.

        :raises TandemError: its host is gone, or does not know it.
        """
        while True:
            item = await self._take()
            # A client that is gone is the host's to notice: `_read` tells it.
            with contextlib.suppress(ConnectionError):
                match item:
                    case SocketAbort():
                        return
                    case SocketPing():
                        await self._socket.send_ping()
                    case Closing():
                        await self._socket.send_close(item)
                    case str() | bytes():
                        await self._socket.send(item)

    async def _take(self) -> ToClient | None:
        frames = self._socket.frames_received
        return await self._host.ask(lambda host: host.take_message(self._session, frames))
