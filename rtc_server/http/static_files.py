"""The page's own files."""

from __future__ import annotations

import re
from pathlib import Path

from aiohttp import web

WEB = Path(__file__).resolve().parents[2] / "web"
# Names of the files in `web/`: no way up, nothing hidden, nothing that a file system takes apart.
NAME = re.compile(r"(?:[a-z0-9_][a-z0-9_.-]{0,63}/){0,8}[a-z0-9_][a-z0-9_.-]{0,63}")

routes = web.RouteTableDef()


@routes.get("/")
async def get_page(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(WEB / "index.html")


@routes.get("/static/{name:.+}")
async def get_static_file(request: web.Request) -> web.StreamResponse:
    """A style sheet, a module or a picture of the page; FileResponse answers 304 and Range."""
    name = request.match_info["name"]
    if not NAME.fullmatch(name):
        raise web.HTTPNotFound
    path = (WEB / name).resolve()
    if not path.is_file() or not path.is_relative_to(WEB):
        raise web.HTTPNotFound
    return web.FileResponse(path)
