"""A server for phones in the same network: what it answers before and after a device trusts it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from rtc_server.app import create_app, serving_tls
from rtc_server.config import Config
from rtc_server.errors import BadConfig
from rtc_server.http.app_keys import METRICS
from rtc_server.http.connections.listener import listening
from rtc_server.http.lan.local_network import LocalNetwork
from rtc_server.local_addresses import list_local_addresses
from rtc_server.pose.live_model import LiveModel
from tests.integration.described_responses import check_responses

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"


def make_config(folder: Path, **settings: Any) -> Config:
    return Config(
        port=0,
        history="",
        lessons=folder / "lessons",
        tls_folder=folder / "tls",
        invitations=folder / "invitations",
        **settings,
    )


@asynccontextmanager
async def serving_lan(config: Config, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A server as `serve` runs it, without models; its port."""

    def refuse(_: LiveModel) -> None:
        raise RuntimeError("these tests need no models")

    monkeypatch.setattr(LiveModel, "load", refuse)
    network = LocalNetwork(config) if config.lan or config.has_own_certificate else None
    app = create_app(config, network)
    runner = web.AppRunner(app, access_log=None)
    async with serving_tls(config, network) as tls:
        with check_responses(app):
            await runner.setup()
            try:
                assert runner.server is not None
                async with listening(runner.server, config, app[METRICS], tls) as (_, port):
                    yield port
            finally:
                await runner.cleanup()


async def fetch(url: str, **options: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(url, **options) as response:
        return response.status, await response.text()


async def test_a_device_gets_the_certificate_over_http_and_then_trusts_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = make_config(tmp_path, lan=True, host="")
    async with serving_lan(config, monkeypatch) as port:
        for address in ("127.0.0.1", *list_local_addresses()):
            host = f"[{address}]" if ":" in address else address
            status, pem = await fetch(f"http://{host}:{port}/ca.crt")
            assert status == 200
            trusting = ssl.create_default_context(cadata=pem)
            assert await fetch(f"https://{host}:{port}/ca.crt", ssl=trusting) == (200, pem)
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await fetch(f"https://127.0.0.1:{port}/healthz")


async def test_over_http_there_are_the_steps_and_else_the_way_to_https(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = make_config(tmp_path, lan=True, host="")
    async with serving_lan(config, monkeypatch) as port:
        http = f"http://127.0.0.1:{port}"
        status, page = await fetch(f"{http}/lan?lang=ko", headers={"User-Agent": PHONE})
        assert status == 200 and 'lang="ko"' in page and "<details open><summary>iPhone" in page
        for path in ("/static/css/style.css", "/static/css/lan.css", "/static/icon.svg"):
            assert (await fetch(f"{http}{path}"))[0] == 200
        for path in ("/", "/static/js/main.js", "/static/css/../js/main.js", "/api/config"):
            assert (await fetch(f"{http}{path}", allow_redirects=False))[0] == 308
        assert (await fetch(f"{http}/lan?lang=xx"))[0] == 400
        for path in ("/lan", "/ca.crt"):
            status, _ = await fetch(f"{http}{path}", headers={"Host": "evil.example"})
            assert status == 403


async def test_only_the_operator_sees_the_link_with_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = make_config(
        *(tmp_path,), lan=True, host="", token="operators-own-token", access="invite"
    )
    headers = {"Authorization": "Bearer operators-own-token"}
    async with serving_lan(config, monkeypatch) as port:
        _, pem = await fetch(f"http://127.0.0.1:{port}/ca.crt")
        trusting = ssl.create_default_context(cadata=pem)
        url = f"https://127.0.0.1:{port}/lan"
        assert "#invite=ey" in (await fetch(url, ssl=trusting, headers=headers))[1]
        assert "invite=" not in (await fetch(url, ssl=trusting))[1]
        wrong = {"Authorization": "Bearer another-token-of-16"}
        assert "invite=" not in (await fetch(url, ssl=trusting, headers=wrong))[1]
        plain = f"http://127.0.0.1:{port}/lan"
        assert "invite=" not in (await fetch(plain, headers=headers))[1]


async def test_self_signed_gives_the_certificate_without_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = make_config(tmp_path, tls="self-signed")
    async with serving_lan(config, monkeypatch) as port:
        status, pem = await fetch(f"http://127.0.0.1:{port}/ca.crt")
        assert status == 200
        trusting = ssl.create_default_context(cadata=pem)
        status, answer = await fetch(f"https://127.0.0.1:{port}/lan", ssl=trusting)
        assert status == 404 and "lan_off" in answer


async def test_a_server_without_tls_has_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving_lan(make_config(tmp_path), monkeypatch) as port:
        status, answer = await fetch(f"http://127.0.0.1:{port}/ca.crt")
        assert status == 404 and "no_authority" in answer
        assert (await fetch(f"http://127.0.0.1:{port}/lan"))[0] == 404


async def test_a_port_that_is_taken_is_said_with_tls_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config = make_config(tmp_path, tls="self-signed")
        config = replace(config, port=taken.getsockname()[1])
        with pytest.raises(BadConfig, match="port: expected a free one, got "):
            async with serving_lan(config, monkeypatch):
                pass
