"""Behind a proxy nobody is local, whatever it sends or the visitor makes up; the token works."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from rtc_server import app as composition
from rtc_server.app import create_app
from rtc_server.config import Config
from rtc_server.http.access import find_learner_address
from rtc_server.http.app_keys import HISTORY
from tests.integration.proxies.real_proxies import (
    NAME,
    PLAIN_CADDY,
    PLAIN_NGINX,
    Running,
    caddy,
    free_port,
    nginx,
    shipped_caddy,
    shipped_nginx,
)
from tests.unit.rtc_server.sample_results import make_result

VISITOR = "127.0.0.2"  # an address of this machine that is no proxy's
READS = (
    "/api/history?learner=Ann",
    f"/api/history/{make_result(1).attempt}",
    "/api/lessons/short/leaderboard",
    "/api/learners/Ann/export",
)
CHANGES = (
    ("POST", "/api/lessons?title=x"),
    ("PATCH", "/api/lessons/x"),
    ("DELETE", "/api/lessons/x"),
    ("DELETE", "/api/jobs/" + "0" * 32),
    ("DELETE", "/api/learners/Ann"),
)
FORGED = (
    {},
    {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"},
    {"Forwarded": "for=127.0.0.1;host=localhost", "X-Forwarded-Host": "localhost"},
    {"Connection": "X-Forwarded-For, Forwarded"},
)
GET = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).status)"


@dataclass(frozen=True, slots=True)
class Served:
    """A server of this process with one result of Ann's; `url` is without a proxy."""

    url: str
    config: Config
    app: web.Application

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.config.operator_token}"}


async def show_address(request: web.Request) -> web.Response:
    """For a test only: where the server takes a learner to be."""
    return web.Response(text=await find_learner_address(request))


@asynccontextmanager
async def serving(folder: Path, **settings: Any) -> AsyncIterator[Served]:
    history = str(folder / "history.sqlite3")
    config = Config(lessons=folder / "lessons", port=0, history=history, **settings)
    app = create_app(config)
    app.router.add_get("/address", show_address)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await runner.app[HISTORY].save(make_result(1))
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield Served(url, config, runner.app)
    finally:
        await runner.cleanup()


@pytest.fixture(autouse=True)
def without_models(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: Any) -> None:
        pass

    monkeypatch.setattr(composition, "load_model", nothing)


def plain_nginx(url: str, port: int, folder: Path, user: str = "") -> Running:
    return nginx(PLAIN_NGINX.format(port=port, url=url), port, folder, user=user)


def nginx_of_this_user(url: str, port: int, folder: Path) -> Running:
    return plain_nginx(url, port, folder, user="root")


def nginx_that_names_localhost(url: str, port: int, folder: Path) -> Running:
    return plain_nginx(url.replace("127.0.0.1", "localhost"), port, folder, user="root")


def plain_caddy(url: str, port: int, folder: Path) -> Running:
    return caddy(PLAIN_CADDY.format(port=port, url=url), port, folder)


async def status(http: aiohttp.ClientSession, method: str, path: str, **more: Any) -> int:
    async with http.request(method, path, **more) as response:
        await response.read()
        return response.status


async def expect_no_rights(http: aiohttp.ClientSession, headers: dict[str, str]) -> None:
    for path in READS:
        assert await status(http, "GET", path, headers=headers) == 403, path
    for method, path in CHANGES:
        assert await status(http, method, path, headers=headers, data=b"{}") == 403, path
    config = await (await http.get("/api/config", headers=headers)).json()
    assert (config["access"], config["history"]) == ("none", "closed")
    assert config["uploads"]["allowed"] is False


async def expect_all_rights(http: aiohttp.ClientSession, headers: dict[str, str]) -> None:
    config = await (await http.get("/api/config", headers=headers)).json()
    assert (config["history"], config["uploads"]["allowed"]) == ("open", True)
    found = await (await http.get(READS[0], headers=headers)).json()
    assert len(found["results"]) == 1
    assert await status(http, "GET", "/metrics", headers=headers) == 200
    assert await status(http, *CHANGES[0], headers=headers, data=bytes(200_000)) == 202
    assert await status(http, *CHANGES[-1], headers=headers) == 204
    assert (await (await http.get(READS[0], headers=headers)).json())["results"] == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody is local, see SECURITY.md")
@pytest.mark.parametrize(
    "start", [plain_nginx, nginx_of_this_user, nginx_that_names_localhost, plain_caddy]
)
async def test_an_undeclared_proxy_without_headers_makes_nobody_local(
    tmp_path: Path, start: Callable[[str, int, Path], Running]
) -> None:
    port = free_port()
    async with (
        serving(tmp_path) as served,
        start(served.url, port, tmp_path),
        aiohttp.ClientSession(base_url=f"http://127.0.0.1:{port}") as http,
    ):
        for headers in FORGED:
            await expect_no_rights(http, headers)
        await expect_no_rights(http, {"Host": f"localhost:{port}"})
        if start is plain_caddy or (start is plain_nginx and os.geteuid() == 0):
            # The one listens for other machines, the other is of another user.
            assert await status(http, "GET", "/metrics") == 401
            assert await (await http.get("/address")).text() == "unknown"
        assert await (await http.get(f"{served.url}/address")).text() == "127.0.0.1"
        # A program of this user that serves nobody needs no token, as in `make run`.
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", GET, served.url + READS[0]), stdout=asyncio.subprocess.PIPE
        )
        assert (await program.communicate())[0].strip() == b"200"
        await expect_all_rights(http, served.bearer)


@pytest.mark.parametrize("start", [shipped_nginx, shipped_caddy])
async def test_behind_the_shipped_configurations_only_the_token_gives_rights(
    tmp_path: Path,
    start: Callable[[int, int, Path], Running],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "tandem.audit")
    port = free_port()
    settings = {"trusted_proxies": ("127.0.0.1",), "public_hosts": (NAME,)}
    context = ssl.create_default_context()
    async with (
        serving(tmp_path, **settings) as served,
        start(int(served.url.rpartition(":")[2]), port, tmp_path),
    ):
        context.load_verify_locations(tmp_path / "certificate.pem")
        connector = aiohttp.TCPConnector(resolver=Loopback(), ssl=context, local_addr=(VISITOR, 0))
        async with aiohttp.ClientSession(f"https://{NAME}:{port}", connector=connector) as http:
            assert await status(http, "GET", "/") == 200
            for headers in FORGED:
                await expect_no_rights(http, headers)
                assert await status(http, "GET", "/metrics", headers=headers) == 401
            assert await (await http.get("/address")).text() == "unknown"  # not 127.0.0.2 itself
            assert await status(http, "POST", "/api/sessions", data=bytes(70_000)) == 413
            await expect_all_rights(http, served.bearer)
            async with http.ws_connect("/api/sessions/ws?lesson=demo") as socket:
                assert (await socket.receive_json())["code"] == "not_ready"  # without models
    lines = [record for record in caplog.records if record.name == "tandem.audit"]
    fields = [record.__dict__["fields"] for record in lines]
    assert {each["action"] for each in fields} == {"refused", "read", "uploaded", "deleted"}
    assert {each["address"] for each in fields} == {VISITOR}  # forged headers change nothing
    said = " ".join(record.getMessage() for record in lines)
    assert served.config.operator_token not in said and "Ann" not in said


class Loopback(aiohttp.abc.AbstractResolver):
    """dance.example is this machine."""

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[Any]:
        found = {"hostname": host, "host": "127.0.0.1", "port": port}
        return [{**found, "family": family, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        pass
