"""HTTPS with a certificate of the operator's, and what else comes to its port."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from rtc_server.config import Config
from rtc_server.http.connections import listener
from rtc_server.http.tls.certificate import Certificate
from rtc_server.http.tls.redirect import create_redirect_app
from rtc_server.metrics import Metrics
from tests.certificates import make_certificate
from tests.waiting import PATIENCE_S

HEAD = b"GET /hello?a=1&b=%%20 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class _HttpsServer:
    port: int
    files: tuple[Path, Path]
    certificate: Certificate
    metrics: Metrics

    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.files[0]))

    async def get(self, path: str = "/hello") -> str:
        connector = aiohttp.TCPConnector(ssl=self.trusted())
        async with (
            aiohttp.ClientSession(connector=connector) as http,
            http.get(f"https://127.0.0.1:{self.port}{path}") as response,
        ):
            return await response.text()

    async def exchange(self, request: bytes) -> bytes:
        """Send bytes without TLS; everything that comes back."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            async with asyncio.timeout(PATIENCE_S):
                return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()


@pytest_asyncio.fixture
async def https(tmp_path: Path) -> AsyncIterator[_HttpsServer]:
    """A listener as `serve` has it, in front of a small application."""

    async def hello(request: web.Request) -> web.Response:
        return web.Response(text=f"hello over {request.scheme}")

    app = web.Application()
    app.router.add_get("/hello", hello)
    files = make_certificate(tmp_path)
    config = Config(port=0, lessons=tmp_path)
    certificate, metrics = Certificate(*files), Metrics()
    runners = [web.AppRunner(app), web.AppRunner(create_redirect_app(config))]
    for runner in runners:
        await runner.setup()
    server, redirects = (runner.server for runner in runners)
    assert server is not None and redirects is not None
    tls = listener.Tls(certificate.context, redirects)
    async with listener.listening(server, config, metrics, tls) as (_, port):
        yield _HttpsServer(port, files, certificate, metrics)
    for runner in runners:
        await runner.cleanup()


async def test_requests_over_tls_are_answered(https: _HttpsServer) -> None:
    assert await https.get() == "hello over https"
    assert https.metrics.http_connections_refused.labels(reason="address")._value.get() == 0


async def test_http_on_the_same_port_is_sent_to_https(https: _HttpsServer) -> None:
    answer = await https.exchange(HEAD % https.port)
    assert answer.startswith(b"HTTP/1.1 308 ")
    assert b"Location: https://127.0.0.1:%d/hello?a=1&b=%%20\r\n" % https.port in answer
    assert b"nosniff" in answer


async def test_nobody_is_sent_to_another_host(https: _HttpsServer) -> None:
    answer = await https.exchange(
        b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 403 ") and b"Location" not in answer


async def test_a_new_certificate_is_used_without_a_restart(https: _HttpsServer) -> None:
    old = https.trusted()
    make_certificate(https.files[0].parent, "other.example")
    assert https.certificate.refresh()
    assert await https.get() == "hello over https"
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.open_connection("127.0.0.1", https.port, ssl=old)


@pytest.mark.parametrize(
    "data", [b"\x16", b"\x16\x03\x01\x00\x05hello", b"\x00\xff" * 50, b""], ids=str
)
async def test_what_is_neither_is_cut_off_and_others_are_served(
    https: _HttpsServer, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    monkeypatch.setattr("rtc_server.http.tls.listener.HEAD_S", 0.3)
    monkeypatch.setattr("rtc_server.http.connections.connection_limits.HEAD_S", 0.3)
    answers = [asyncio.create_task(https.exchange(data)) for _ in range(20)]
    assert await https.get() == "hello over https"
    for answer in await asyncio.gather(*answers):
        assert not answer.startswith(b"HTTP/1.1 2")


async def test_connections_without_a_first_byte_count_as_others_do(https: _HttpsServer) -> None:
    writers = []
    for _ in range(listener.MAX_PER_ADDRESS + 20):
        _, writer = await asyncio.open_connection("127.0.0.1", https.port)
        writers.append(writer)
    refused = https.metrics.http_connections_refused.labels(reason="address")
    cut = https.metrics.http_connections_cut.labels(reason="crowded")
    async with asyncio.timeout(PATIENCE_S):
        while refused._value.get() + cut._value.get() < 20:
            await asyncio.sleep(0.01)
    for writer in writers:
        writer.close()
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                assert await https.get() == "hello over https"
                break
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
