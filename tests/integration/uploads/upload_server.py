"""A server without the pose service, which starts at once, and a client that uploads lessons."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from rtc_server import app as server
from rtc_server.config import Config
from tests.integration.described_responses import check_responses
from tests.integration.http_checks import check_problem
from tests.waiting import PATIENCE_S


@dataclass(frozen=True, slots=True)
class UploadServer:
    """The address of a server, the folder of its lessons, its token, and one HTTP client."""

    http: aiohttp.ClientSession
    lessons: Path
    port: int
    secret: str  # for who is not local

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def upload(self, body: Any, **query: str) -> aiohttp.ClientResponse:
        """:param body: a path, bytes, or an async iterator of bytes (sent without a length)."""
        if isinstance(body, Path):
            query.setdefault("name", body.name)
            body = body.read_bytes()
        return await self.http.post("/api/lessons", data=body, params=query)

    async def add_job(self, body: Any, **query: str) -> dict[str, Any]:
        """Upload what the server must accept; gives its job."""
        response = await self.upload(body, **query)
        assert response.status == 202, await response.text()
        accepted: dict[str, Any] = await response.json()
        return accepted

    async def job(self, id: str) -> dict[str, Any]:
        response = await self.http.get(f"/api/jobs/{id}")
        assert response.status == 200, await response.text()
        found: dict[str, Any] = await response.json()
        return found

    async def wait_for(self, id: str, *states: str) -> dict[str, Any]:
        """The job once it is in one of these states."""
        async with asyncio.timeout(PATIENCE_S):
            while (job := await self.job(id))["state"] not in states:
                await asyncio.sleep(0.05)
        return job

    def left(self) -> list[str]:
        """The names of everything in the store, half-made things included."""
        return sorted(path.name for path in self.lessons.iterdir())


@asynccontextmanager
async def upload_server(
    lessons: Path, *, port: int = 0, **settings: Any
) -> AsyncIterator[UploadServer]:
    """Run a server until the block ends; it is stopped as an operator would stop it."""
    config = Config(lessons=lessons, port=port, history="", **settings)
    app = server.create_app(config)
    app.cleanup_ctx.remove(server._open_sessions)
    app.on_shutdown.remove(server._end_sessions)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    with check_responses(app):
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            port = runner.addresses[0][1]
            async with aiohttp.ClientSession(base_url=f"http://127.0.0.1:{port}") as http:
                yield UploadServer(http, lessons, port, config.operator_token)
        finally:
            await runner.cleanup()


def worker_pids(lessons: Path) -> list[int]:
    """The processes that prepare lessons for that store now (Linux only)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:  # gone meanwhile
            continue
        if b"rtc_server.uploads.worker" in words and str(lessons).encode() in words[-2]:
            found.append(int(path.parent.name))
    return found


async def problem(response: aiohttp.ClientResponse, status: int) -> dict[str, Any]:
    body = await check_problem(response, status)
    assert body["code"]
    return body


def half_made(store: UploadServer) -> list[str]:
    """The names of what is not a lesson yet, or no longer."""
    return [name for name in store.left() if name.startswith(".")]


@asynccontextmanager
async def held_upload(store: UploadServer, title: str) -> AsyncIterator[str]:
    """An upload whose first bytes arrived and whose rest does not; gives its job's id."""
    job = f"{title.lower()}-".ljust(32, "0")
    _, writer = await asyncio.open_connection("127.0.0.1", store.port)
    head = f"POST /api/lessons?title={title}&job={job} HTTP/1.1"
    lines = [head, f"Host: 127.0.0.1:{store.port}", "Content-Length: 1000000", "", ""]
    writer.write("\r\n".join(lines).encode() + bytes(1000))
    try:
        async with asyncio.timeout(PATIENCE_S):
            while (await store.http.get(f"/api/jobs/{job}")).status != 200:
                await asyncio.sleep(0.02)
            while not half_made(store):
                await asyncio.sleep(0.02)
        yield job
    finally:
        writer.close()
