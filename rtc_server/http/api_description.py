"""HTTP routes of the description of all routes: an OpenAPI document, and a readable page of it."""

from __future__ import annotations

import json
from functools import cache

from aiohttp import web

from rtc_server.http.openapi.document import build_document
from rtc_server.http.openapi.page import render_page

routes = web.RouteTableDef()


@routes.get("/api/openapi.json")
async def get_document(_: web.Request) -> web.Response:
    return web.Response(body=_document(), content_type="application/json")


@routes.get("/api/docs")
async def get_page(_: web.Request) -> web.Response:
    return web.Response(body=_page(), content_type="text/html", charset="utf-8")


@cache
def _document() -> bytes:
    return json.dumps(build_document(), ensure_ascii=False).encode()


@cache
def _page() -> bytes:
    return render_page(build_document()).encode()
