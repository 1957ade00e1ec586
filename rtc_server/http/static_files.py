"""The page's own files."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from aiohttp import web

from rtc_server.http.page.encodings import accepts_gzip
from rtc_server.http.page.scripts import read_script
from rtc_server.http.page.shell import WORKER, read_service_worker
from rtc_server.http.security_headers import POLICY, WORKER_POLICY

WEB = Path(__file__).resolve().parents[2] / "web"
# Names of the files in `web/`: no way up, nothing hidden, nothing that a file system takes apart.
NAME = re.compile(r"(?:[a-z0-9_][a-z0-9_.-]{0,63}/){0,8}[a-z0-9_][a-z0-9_.-]{0,63}")
# Stored, but never used without asking: an old module must not meet a new page, or a new server.
ASK_FIRST = {"Cache-Control": "no-cache"}

routes = web.RouteTableDef()


@routes.get("/")
async def get_page(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(WEB / "index.html", headers=ASK_FIRST)


@routes.get(f"/static/{WORKER}")
async def get_service_worker(_: web.Request) -> web.StreamResponse:
    """It lies where all files of the page do, and may be the worker of the whole origin."""
    return web.Response(
        body=await asyncio.to_thread(read_service_worker, WEB),
        content_type="text/javascript",
        headers={**ASK_FIRST, "Service-Worker-Allowed": "/", POLICY: WORKER_POLICY},
    )


@routes.get("/static/bundle/{name:.+}")
async def get_bundle(request: web.Request) -> web.StreamResponse:
    """All modules of the page, or of the phone's, in one script; or its source map."""
    name = request.match_info["name"]
    found = await asyncio.to_thread(read_script, WEB, name)
    if found is None:
        raise web.HTTPNotFound
    is_packed = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    etag = f"{found.etag}-gzip" if is_packed else found.etag  # other bytes: RFC 9110, 8.8.3.3
    headers = {**ASK_FIRST, "ETag": f'"{etag}"', "Vary": "Accept-Encoding"}
    if any(known.value == etag for known in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    if is_packed:
        headers["Content-Encoding"] = "gzip"
    return web.Response(
        body=found.packed if is_packed else found.plain,
        content_type="application/json" if name.endswith(".map") else "text/javascript",
        charset="utf-8",
        headers=headers,
    )


@routes.get("/static/{name:.+}")
async def get_static_file(request: web.Request) -> web.StreamResponse:
    """A style sheet, a module or a picture of the page; FileResponse answers 304 and Range."""
    name = request.match_info["name"]
    if not NAME.fullmatch(name):
        raise web.HTTPNotFound
    path = (WEB / name).resolve()
    if not path.is_file() or not path.is_relative_to(WEB):
        raise web.HTTPNotFound
    return web.FileResponse(path, headers=ASK_FIRST)
