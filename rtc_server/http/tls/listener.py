"""Accepts HTTPS, and sends whoever speaks HTTP on the same port there.

The first byte of a connection tells which it is, and is left where it is: asyncio's TLS takes
over the whole connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from rtc_server.http.connections.connection_limits import (
    HEAD_S,
    ConnectionLimits,
    OpenConnection,
)
from rtc_server.http.connections.http_connection import HttpConnection
from rtc_server.http.forwarded import UNKNOWN, client_key, normalize_address
from rtc_server.metrics import Metrics

logger = logging.getLogger(__name__)

TLS_HANDSHAKE = b"\x16"  # the first byte of a ClientHello (RFC 8446, 5.1)
PAUSE_S = 0.2  # after a connection could not be accepted

Connect = Callable[[OpenConnection], HttpConnection]


@dataclass(slots=True, eq=False)
class _Undecided:
    """A connection of which nothing is known yet, as the limits see it."""

    socket: socket.socket
    metrics: Metrics
    task: asyncio.Task[None] | None = None

    def cut(self, reason: str) -> None:
        self.metrics.http_connections_cut.labels(reason=reason).inc()
        if self.task is not None:
            self.task.cancel()

    def count_bytes_read(self) -> int | None:
        return None


class TlsListener:
    """Listening sockets, and the tasks of connections whose first byte has not come."""

    def __init__(
        self,
        sockets: list[socket.socket],
        context: ssl.SSLContext,
        limits: ConnectionLimits,
        metrics: Metrics,
        connect: Connect,
        redirect: Connect,
    ) -> None:
        """:param connect: makes the protocol of an HTTPS connection.
        :param redirect: makes that of an HTTP connection.
        """
        self.sockets = sockets
        self._context = context
        self._limits = limits
        self._metrics = metrics
        self._connect = connect
        self._redirect = redirect
        self._loop = asyncio.get_running_loop()
        self._undecided: set[asyncio.Task[None]] = set()
        self._accepting = [self._loop.create_task(self._accept(one)) for one in sockets]

    async def close(self) -> None:
        """Accept nothing more; connections that are served stay."""
        tasks = [*self._accepting, *self._undecided]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for listening in self.sockets:
            listening.close()

    async def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, address = await self._loop.sock_accept(listening)
            except OSError as error:  # no descriptors, or the client is gone already
                self._metrics.http_connections_refused.labels(reason="descriptors").inc()
                logger.warning("cannot accept connections: %s", error.strerror)
                await asyncio.sleep(PAUSE_S)
                continue
            try:
                self._begin(connection, str(address[0]))
            except Exception:  # whatever it is, the next connection must be accepted
                logger.exception("a connection from %s could not be begun", address[0])
                connection.close()

    def _begin(self, connection: socket.socket, address: str) -> None:
        """Count the connection from now on, and wait for its first byte."""
        connection.setblocking(False)
        undecided = _Undecided(connection, self._metrics)
        key = client_key(normalize_address(address) or UNKNOWN)
        entry = OpenConnection(undecided, key, is_proxy=False)
        if refused := self._limits.admit(entry, self._loop.time()):
            self._metrics.http_connections_refused.labels(reason=refused).inc()
            connection.close()
            return
        undecided.task = task = self._loop.create_task(self._serve(connection, entry))
        self._undecided.add(task)
        task.add_done_callback(self._undecided.discard)

    async def _serve(self, connection: socket.socket, entry: OpenConnection) -> None:
        """Hand the connection over to HTTPS, or to the redirection."""
        try:
            is_tls = await self._peek(connection) == TLS_HANDSHAKE
            protocol = (self._connect if is_tls else self._redirect)(entry)
            await self._loop.connect_accepted_socket(
                lambda: protocol,
                connection,
                ssl=self._context if is_tls else None,
                ssl_handshake_timeout=HEAD_S if is_tls else None,
            )
        except (OSError, EOFError, ssl.SSLError) as error:
            # Browsers also end a handshake when they do not trust the certificate.
            logger.debug("a connection from %s ended before a request: %s", entry.key, error)
            connection.close()
        except asyncio.CancelledError:
            connection.close()
            raise
        finally:
            self._limits.release(entry)

    async def _peek(self, connection: socket.socket) -> bytes:
        """The first byte, which stays to be read.

        :raises EOFError: the client closed the connection.
        """
        readable: asyncio.Future[None] = self._loop.create_future()

        def on_readable() -> None:
            self._loop.remove_reader(connection)
            if not readable.done():
                readable.set_result(None)

        self._loop.add_reader(connection, on_readable)
        try:
            await readable  # the limits cut it after HEAD_S
        finally:
            with contextlib.suppress(OSError, ValueError):
                self._loop.remove_reader(connection)
        first = connection.recv(1, socket.MSG_PEEK)
        if not first:
            raise EOFError
        return first
