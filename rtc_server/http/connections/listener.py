"""Listens for connections, under limits that follow from the descriptors the process may have."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web

from rtc_server.config import Config
from rtc_server.http.connections.connection_limits import (
    MAX_PER_ADDRESS,
    ConnectionLimits,
    OpenConnection,
    limit_connections,
    limit_sessions,
)
from rtc_server.http.connections.http_connection import HttpConnection, watch_requests
from rtc_server.http.connections.listen_errors import explaining_listen_errors
from rtc_server.http.tls.listener import TlsListener
from rtc_server.metrics import Metrics

logger = logging.getLogger(__name__)

SWEEP_S = 0.2  # at most half of STALLED_S, so that who reads is seen to read
BACKLOG = 128  # connections accepted in one turn of the event loop
MAX_HEADERS = 64  # of at most 8 KiB each
NEVER_S = 1e9  # the limits close idle connections, not aiohttp's timer
ENOUGH = 1 << 16  # descriptors, where there is no limit
DESCRIPTORS = (65536, 10240, 4096, 1024)
NO_SUCH_FAMILY = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)  # IPv6 is switched off
FREE_PORT_TRIES = 3
EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


@dataclass(frozen=True, slots=True)
class Tls:
    """What HTTPS needs."""

    context: ssl.SSLContext
    redirects: web.Server  # answers HTTP on the same port


@asynccontextmanager
async def listening(
    server: web.Server, config: Config, metrics: Metrics, tls: Tls | None = None
) -> AsyncIterator[tuple[str, int]]:
    """Accept connections until the block ends; gives the host and the port.

    :param tls: serve HTTPS, and redirect HTTP on the same port to it.
    :raises BadConfig: the address is not available.
    """
    loop = asyncio.get_running_loop()
    descriptors = raise_descriptor_limit()
    most = limit_connections(descriptors, config.max_sessions or most_sessions())
    limits = ConnectionLimits(most, min(MAX_PER_ADDRESS, max(8, most // 2)))
    watch_requests(server)
    count_exhaustion(loop, metrics)

    def connect(to: web.Server, counted: OpenConnection | None = None) -> HttpConnection:
        options = {"access_log": None, "keepalive_timeout": NEVER_S, "max_headers": MAX_HEADERS}
        return HttpConnection(to, limits, config, metrics, loop, counted, **options)

    sweeper = loop.create_task(_sweep(limits))
    try:
        async with AsyncExitStack() as stack:
            if tls is None:
                with explaining_listen_errors(config.host, config.port):
                    listener = await loop.create_server(
                        lambda: connect(server), config.host, config.port, backlog=BACKLOG
                    )
                stack.callback(listener.close)
                first = listener.sockets[0]
            else:
                watch_requests(tls.redirects)
                with explaining_listen_errors(config.host, config.port):
                    sockets = await bind(config.host, config.port)
                accepting = TlsListener(
                    sockets,
                    *(tls.context, limits, metrics),
                    connect=partial(connect, server),
                    redirect=partial(connect, tls.redirects),
                )
                stack.push_async_callback(accepting.close)
                first = accepting.sockets[0]
            host, port = first.getsockname()[:2]
            yield host, port
    finally:
        sweeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sweeper


async def bind(host: str, port: int) -> list[socket.socket]:
    """Listen on all addresses of a host name, on one port; without a name on every address.

    :raises OSError: an address is not available.
    """
    found = await asyncio.get_running_loop().getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    places = list(dict.fromkeys((family, address) for family, *_, address in found))
    for _ in range(FREE_PORT_TRIES if port == 0 else 0):
        with contextlib.suppress(OSError):  # the port that is free for IPv4 is taken for IPv6
            return _bind_all(places, port, skip_missing=not host)
    return _bind_all(places, port, skip_missing=not host)


def _bind_all(places: list[Any], port: int, *, skip_missing: bool) -> list[socket.socket]:
    """
    :param places: families and addresses.
    :param skip_missing: leave a family out that this machine does not have, but not all of them.
    :raises OSError: an address is not available.
    """
    sockets: list[socket.socket] = []
    try:
        for k, (family, address) in enumerate(places):
            port = sockets[0].getsockname()[1] if sockets else port
            to = (address[0], port, *address[2:])
            try:
                one = socket.create_server(to, family=family, backlog=BACKLOG)
            except OSError as error:
                is_last_hope = not sockets and k == len(places) - 1
                if skip_missing and error.errno in NO_SUCH_FAMILY and not is_last_hope:
                    continue
                raise
            one.setblocking(False)
            sockets.append(one)
    except OSError:
        for one in sockets:
            one.close()
        raise
    return sockets


def most_sessions() -> int:
    """How many sessions there are descriptors for."""
    return limit_sessions(raise_descriptor_limit())


def raise_descriptor_limit() -> int:
    """Raise the limit on open descriptors as far as the system allows; give the limit."""
    try:
        import resource
    except ImportError:  # Windows: sockets are no descriptors there
        return ENOUGH
    unlimited = resource.RLIM_INFINITY  # -1
    now, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (hard, *DESCRIPTORS):  # macOS names a hard limit that it refuses
        if now == unlimited or (wanted != unlimited and wanted <= now):
            break
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            now = wanted
    return ENOUGH if now == unlimited else now


async def _sweep(limits: ConnectionLimits) -> None:
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(SWEEP_S)
        try:
            limits.sweep(loop.time())
        except Exception:  # whatever it is, the next sweep must come
            logger.exception("sweeping the connections failed")


def count_exhaustion(loop: asyncio.AbstractEventLoop, metrics: Metrics) -> None:
    """Have the loop count connections that could not be accepted, instead of a traceback each."""
    handle_others = loop.get_exception_handler()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in EXHAUSTED and "socket" in context:
            metrics.http_connections_refused.labels(reason="descriptors").inc()
            logger.warning("cannot accept connections: %s", error.strerror)
        elif handle_others is not None:
            handle_others(loop, context)
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)
