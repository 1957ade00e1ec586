"""The WebSockets of the sessions on a host, which fronts hold."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from rtc_server.cluster.sockets.relayed_socket import FromClient, RelayedSocket, ToClient
from rtc_server.errors import UnknownSession
from rtc_server.metrics import Metrics
from rtc_server.session.connection import Connect, SessionConnection
from rtc_server.session.session import Session
from rtc_server.sync.player import Player
from rtc_server.websocket.connection import WebSocketConnection

logger = logging.getLogger(__name__)

FORGET_S = 5.0  # after a WebSocket's end: the front may ask once more


class HostSockets:
    """Carries the messages of each of them while its session runs."""

    def __init__(self, metrics: Metrics, tasks: asyncio.TaskGroup) -> None:
        """:param tasks: owns what carries the messages."""
        self._metrics = metrics
        self._tasks = tasks
        self._sockets: dict[str, RelayedSocket] = {}  # by the session's id
        self._carriers: set[asyncio.Task[None]] = set()

    async def open(
        self, open_over: Callable[[Connect], Awaitable[Session]], *, annotated: bool
    ) -> Session:
        """Open a session whose front holds its WebSocket.

        :param open_over: opens it over the connection that it is given.
        """
        socket = RelayedSocket()
        connection = WebSocketConnection(socket, self._metrics, annotated=annotated)

        async def connect(_: Player) -> SessionConnection:
            return connection

        session = await open_over(connect)
        self._sockets[session.id] = socket
        task = self._tasks.create_task(self._serve(session.id, connection))
        self._carriers.add(task)
        task.add_done_callback(self._carriers.discard)
        return session

    async def put(self, session: str, message: FromClient) -> None:
        """
        :raises UnknownSession: it has no WebSocket, or has ended some seconds ago.
        """
        await self._find(session).put(message)

    async def take(self, session: str, frames_received: int) -> ToClient | None:
        """
        :raises UnknownSession: it has no WebSocket, or has ended some seconds ago.
        """
        return await self._find(session).take(frames_received)

    def stop(self) -> None:
        """Stop carrying messages; all sessions have ended."""
        for task in self._carriers:
            task.cancel()

    async def _serve(self, session: str, connection: WebSocketConnection) -> None:
        try:
            await connection.serve()
        except Exception:  # of any kind: it would end the other sessions, too
            logger.exception("the WebSocket of session %s failed", session[:8])
        finally:
            self._sockets[session].abort()
            await asyncio.sleep(FORGET_S)
            del self._sockets[session]

    def _find(self, session: str) -> RelayedSocket:
        if session not in self._sockets:
            raise UnknownSession(f"expected a session over a WebSocket, got {session!r:.60}")
        return self._sockets[session]
