"""One HTTP connection: aiohttp's, with limits on how long its client may keep it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from rtc_server.config import Config
from rtc_server.http.connections.connection_limits import (
    HEAD_S,
    ConnectionLimits,
    OpenConnection,
    Phase,
)
from rtc_server.http.connections.input_budget import InputBudget
from rtc_server.http.errors import MAX_ECHO, problem
from rtc_server.http.forwarded import UNKNOWN, client_key, is_trusted, normalize_address
from rtc_server.http.security_headers import set_security_headers
from rtc_server.metrics import Metrics

logger = logging.getLogger(__name__)

# What is no HTTP is not the server's fault, and no reason for a traceback.
MALFORMED = (HttpProcessingError, web.RequestPayloadError)
# `struct tcp_info` of Linux: eight bytes, 24 numbers of four, two of eight, then tcpi_bytes_acked.
TCP_INFO = getattr(socket, "TCP_INFO", None)
BYTES_ACKED_AT = 8 + 24 * 4 + 2 * 8
# How much the system keeps of what a client has not been sent yet; by default up to 4 MB for each
# client that does not read (Linux, macOS).
NOT_SENT_LIMIT = getattr(socket, "TCP_NOTSENT_LOWAT", None)
MAX_NOT_SENT = 128 << 10
MAX_NOT_SENT_LIVE = 16 << 10  # of what is worth nothing when it is late: three seconds of scores
CONTINUE = "100-continue"


def write_problem(status: int, sentence: str) -> bytes:
    """A whole response, for a connection on which no request is complete."""
    response = problem(status, "http", sentence)
    set_security_headers(response)
    body = response.body
    assert isinstance(body, bytes)
    fields = {**response.headers, "Content-Length": str(len(body)), "Connection": "close"}
    lines = [f"{name}: {value}\r\n" for name, value in fields.items()]
    return f"HTTP/1.1 {status} {response.reason}\r\n{''.join(lines)}\r\n".encode() + body


REFUSED = write_problem(503, "expected fewer connections, got too many; try again later")
TOO_LATE = write_problem(408, f"expected the whole request within {HEAD_S:.0f} s, got a part")


def is_upload(method: str, path: str) -> bool:
    """Whether the request's handler reads its body while it arrives, and keeps the time."""
    return method == "POST" and path == "/api/lessons"


class HttpConnection(web.RequestHandler):
    """A connection that is counted, timed and, where it has to be, cut."""

    def __init__(
        self,
        server: web.Server,
        limits: ConnectionLimits,
        config: Config,
        metrics: Metrics,
        loop: asyncio.AbstractEventLoop,
        counted: OpenConnection | None = None,
        **options: Any,
    ) -> None:
        """:param counted: how the connection was counted until now, if it was."""
        super().__init__(server, loop=loop, **options)
        self._counted = counted
        self._now_s = loop.time
        self._limits = limits
        self._config = config
        self._metrics = metrics
        self._entry = OpenConnection(self, UNKNOWN, is_proxy=False)
        self._budget = InputBudget()

    def connection_made(self, transport: Any) -> None:
        """Serve the connection, or refuse it in one sentence if there are too many."""
        peer = transport.get_extra_info("peername")
        address = normalize_address(peer[0] if isinstance(peer, tuple) else "") or UNKNOWN
        if self._counted is not None:
            self._limits.release(self._counted)
        self._entry.key = client_key(address)
        self._entry.is_proxy = is_trusted(address, self._config.trusted_proxies)
        if refused := self._limits.admit(self._entry, self._now_s()):
            self._metrics.http_connections_refused.labels(reason=refused).inc()
            logger.warning("connection from %s refused: too many of the %s", address, refused)
            transport.write(REFUSED)
            transport.close()
            return
        self._metrics.http_connections.set(len(self._limits))
        super().connection_made(transport)
        if NOT_SENT_LIMIT is not None:
            with contextlib.suppress(OSError):
                self._socket.setsockopt(socket.IPPROTO_TCP, NOT_SENT_LIMIT, MAX_NOT_SENT)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._limits.release(self._entry)
        self._metrics.http_connections.set(len(self._limits))
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        # aiohttp discards what comes after the end, such as the rest of a message too long.
        if data and not self._close:
            self._limits.hear(self._entry, self._now_s())
            waiting = self._entry.phase is Phase.WAITING
            if reason := self._budget.spend(data, waiting=waiting, now_s=self._now_s()):
                self.cut(reason)
                return
        super().data_received(data)

    def wait_for_body(self) -> None:
        """The client has to send the rest of its request."""
        self._limits.wait_for_body(self._entry, self._now_s())

    def begin_request(self, *, streams_body: bool, chunked: bool) -> None:
        """A request's head is complete."""
        self._budget.begin_request(streams_body=streams_body, chunked=chunked)
        self.begin_handling()

    def begin_handling(self) -> None:
        """The request is complete, or its body is read by who handles it."""
        self._limits.handle(self._entry, self._now_s())

    def begin_answering(self) -> None:
        """The client has to read the response from now on."""
        if self._entry.phase not in (Phase.ANSWERING, Phase.UPGRADED):
            self._limits.answer(self._entry, self._now_s())

    def begin_websocket(self) -> None:
        """The connection carries a WebSocket: its input is a stream, its output is for now."""
        self._limits.upgrade(self._entry, self._now_s())
        self._budget.begin_websocket(self._now_s())
        if NOT_SENT_LIMIT is not None:
            with contextlib.suppress(OSError):
                self._socket.setsockopt(socket.IPPROTO_TCP, NOT_SENT_LIMIT, MAX_NOT_SENT_LIVE)
        assert isinstance(self.transport, asyncio.WriteTransport)
        self.transport.set_write_buffer_limits(high=MAX_NOT_SENT_LIVE)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send the response; its client has to read it in time."""
        self.begin_answering()
        try:
            return await super().finish_response(request, resp, start_time)
        finally:
            self._limits.finish(self._entry, self._now_s())
            self._budget.waiting_bytes = 0
            if resp.status == HTTPStatus.REQUEST_TIMEOUT:
                self.force_close()  # instead of waiting for the rest of the request

    def cut(self, reason: str) -> None:
        """Close the connection at once, whatever it does."""
        self._metrics.http_connections_cut.labels(reason=reason).inc()
        if reason != "idle":
            logger.warning("connection from %s cut: %s", self._entry.key, reason)
        self._limits.release(self._entry)
        transport = self.transport
        if transport is None:
            return
        if reason == "head":
            transport.write(TOO_LATE)
        if self._entry.phase is not Phase.ANSWERING:
            transport.abort()
            return
        # `abort` closes the socket without telling `loop.sendfile`, which may be waiting for it:
        # the next socket would get its number. Shut down, the socket fails whoever uses it.
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._socket.shutdown(socket.SHUT_RDWR)

    def count_bytes_read(self) -> int | None:
        """How much the client's system has acknowledged (Linux); None elsewhere."""
        if TCP_INFO is None or self.transport is None:
            return None
        try:
            info = self._socket.getsockopt(socket.IPPROTO_TCP, TCP_INFO, BYTES_ACKED_AT + 8)
            return int(struct.unpack_from("Q", info, BYTES_ACKED_AT)[0])
        except (OSError, struct.error):
            return None

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP with one sentence, and close the connection."""
        if not self._is_clients_fault(exc):
            return super().handle_error(request, status, exc, message)
        self._count_malformed(exc)
        if request.writer.output_size > 0:
            raise ConnectionError("a part of the response is sent already")
        said = " ".join((message or "no reason").split())[:MAX_ECHO]
        response = problem(400, "http", f"expected an HTTP/1.1 request, got another: {said}")
        set_security_headers(response)  # the application, which does it for others, is not asked
        response.force_close()
        return response

    def log_exception(self, *args: Any, **options: Any) -> None:
        """Log the server's own faults; the clients' are counted."""
        exc = options.get("exc_info")
        if self._is_clients_fault(exc):
            self._count_malformed(exc)
        else:
            super().log_exception(*args, **options)

    def _is_clients_fault(self, error: BaseException | None) -> bool:
        """Whether the client sent no HTTP, or is gone."""
        gone = self.transport is None or self.transport.is_closing()
        # `loop.sendfile` raises RuntimeError if the connection is closed before it begins.
        left = gone and isinstance(error, (ConnectionError, RuntimeError))
        return left or isinstance(error, MALFORMED)

    @property
    def _socket(self) -> socket.socket:
        assert self.transport is not None
        found: socket.socket = self.transport.get_extra_info("socket")
        return found

    def _count_malformed(self, error: BaseException | None) -> None:
        if isinstance(error, MALFORMED):
            self._metrics.requests_malformed.inc()
            logger.warning("malformed request from %s: %s", self._entry.key, type(error).__name__)


async def begin_answering(request: web.BaseRequest, _: web.StreamResponse) -> None:
    """Called when a response begins, which a handler that streams it does itself."""
    if isinstance(request.protocol, HttpConnection):
        request.protocol.begin_answering()


def watch_requests(server: web.Server) -> None:
    """Have each request tell its connection that it is handled, before aiohttp does more."""
    handle = server.request_handler

    async def handle_watched(request: web.BaseRequest) -> web.StreamResponse:
        if isinstance(request.protocol, HttpConnection):
            request.protocol.begin_request(
                streams_body=request.can_read_body and is_upload(request.method, request.path),
                chunked="Transfer-Encoding" in request.headers,
            )
        expect = request.headers.get("Expect", CONTINUE)
        if expect.lower() != CONTINUE:  # aiohttp fails if it cannot be written as text
            response = problem(417, "http", f"expected {CONTINUE}, got {expect[:MAX_ECHO]}")
            set_security_headers(response)
            return response
        return await handle(request)

    server.request_handler = handle_watched
