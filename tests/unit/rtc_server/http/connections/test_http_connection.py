"""A connection tells its limits what happens on it, and is cut where they say so."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from rtc_server.config import Config
from rtc_server.http.connections.connection_limits import HEAD_S, ConnectionLimits
from rtc_server.http.connections.http_connection import HttpConnection, watch_requests
from rtc_server.http.connections.input_budget import MAX_AHEAD
from rtc_server.metrics import Metrics

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class FakeSocket:
    """A socket of a system that says nothing about TCP."""

    family = socket.AF_UNIX

    def getsockopt(self, *_: int) -> bytes:
        raise OSError

    def setsockopt(self, *_: object) -> None: ...
    def shutdown(self, _: int) -> None: ...


class FakeTransport:
    """What asyncio gives a connection, without a socket."""

    def __init__(self, connection: HttpConnection, peer: str) -> None:
        self.connection, self.peer = connection, peer
        self.sent, self.closed = b"", False

    def get_extra_info(self, name: str) -> Any:
        return {"peername": (self.peer, 1), "socket": FakeSocket()}.get(name)

    def write(self, data: bytes) -> None:
        self.sent += data

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            asyncio.get_running_loop().call_soon(self.connection.connection_lost, None)

    abort = close

    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


class FakeServer:
    """Connections of fake clients to a handler that waits until it is told to answer."""

    def __init__(self, config: Config) -> None:
        self.config, self.metrics, self.limits = config, Metrics(), ConnectionLimits()
        self.answer = asyncio.Event()
        self.server = web.Server(self._handle)
        watch_requests(self.server)

    async def _handle(self, _: web.BaseRequest) -> web.StreamResponse:
        await self.answer.wait()
        return web.Response(text="done")

    def connect(self, peer: str = "192.0.2.1") -> FakeTransport:
        loop = asyncio.get_running_loop()
        connection = HttpConnection(
            self.server, self.limits, self.config, self.metrics, loop, access_log=None
        )
        transport = FakeTransport(connection, peer)
        connection.connection_made(transport)
        return transport

    def count(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"tandem_{name}", labels) or 0.0


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    server = FakeServer(Config(trusted_proxies=("10.0.0.0/8",)))
    yield server
    await server.server.shutdown(0.01)


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_request_is_answered_and_the_connection_kept(server: FakeServer) -> None:
    client = server.connect()
    server.answer.set()
    for times in (1, 2):
        client.connection.data_received(REQUEST)
        await turns()
        assert client.sent.count(b"200 OK") == times and not client.closed
    assert server.count("http_connections") == 1


async def test_half_a_request_is_answered_with_408_after_its_time(
    server: FakeServer,
) -> None:
    client = server.connect()
    client.connection.data_received(REQUEST[:-2])
    server.limits.sweep(asyncio.get_running_loop().time() + HEAD_S)
    await turns()
    assert client.sent.startswith(b"HTTP/1.1 408") and client.closed
    assert server.count("http_connections_cut_total", reason="head") == 1
    assert server.count("http_connections") == 0


async def test_what_is_sent_behind_a_request_is_bounded(server: FakeServer) -> None:
    client = server.connect()
    client.connection.data_received(REQUEST)
    await turns()
    for _ in range(MAX_AHEAD // len(REQUEST)):
        client.connection.data_received(REQUEST)
    assert not client.closed
    client.connection.data_received(REQUEST)
    assert client.closed and server.count("http_connections_cut_total", reason="pipelined") == 1


async def test_a_streamed_body_is_not_what_comes_behind(server: FakeServer) -> None:
    client = server.connect()
    client.connection.data_received(
        b"POST /api/lessons HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % (3 * MAX_AHEAD)
    )
    await turns()
    for _ in range(3):
        client.connection.data_received(b"x" * MAX_AHEAD)
    assert not client.closed


async def test_a_connection_too_many_is_refused_in_a_sentence(server: FakeServer) -> None:
    server.limits.most_per_address = 1
    busy = server.connect()
    busy.connection.data_received(REQUEST)
    await turns()
    refused = server.connect()
    assert refused.sent.startswith(b"HTTP/1.1 503") and refused.closed
    assert server.count("http_connections_refused_total", reason="address") == 1
    assert server.connect("192.0.2.2").sent == b""


async def test_connections_are_counted_by_network_and_proxies_are_not(server: FakeServer) -> None:
    server.limits.most_per_address = 2
    addresses = ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1")
    neighbours = [server.connect(address) for address in addresses]
    proxies = [server.connect("10.0.0.1") for _ in range(5)]
    assert [client.closed for client in neighbours] == [True, False, False, False]
    assert not any(client.closed for client in proxies)


async def test_what_is_no_http_is_one_sentence_and_no_traceback(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    client = server.connect()
    client.connection.data_received(b"GET / HTTP/1.1\r\nno colon\r\n\r\n")
    await turns(20)
    assert b" 400 " in client.sent and b"expected an HTTP/1.1 request" in client.sent
    assert b"Content-Security-Policy" in client.sent and client.closed
    assert server.count("requests_malformed_total") == 1
    assert [record.exc_info for record in caplog.records] == [None]


async def test_who_leaves_while_a_file_is_sent_leaves_no_traceback(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    client = server.connect()
    error = RuntimeError("Transport is closing")  # what loop.sendfile raises
    client.connection.log_exception("Unhandled exception", exc_info=error)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    client.close()
    client.connection.log_exception("Unhandled exception", exc_info=error)
    assert len(caplog.records) == 1
