"""A learner of a class without WebRTC: the session over a WebSocket."""

from __future__ import annotations

from aiohttp import web

from rtc_server.http.app_keys import METRICS, READINESS
from rtc_server.http.classes.access import (
    counting_refusals,
    find_class,
    find_own_id,
    get_classes,
)
from rtc_server.http.classes.routes import build_class_request
from rtc_server.http.requests.class_body import parse_socket_join
from rtc_server.http.sessions import record_joined
from rtc_server.http.websocket.link import WebSocketLink
from rtc_server.http.websocket.session_socket import SessionCarrier, serve_websocket
from rtc_server.session.connection import SessionConnection
from rtc_server.sync.player import Player
from rtc_server.websocket.connection import WebSocketConnection

routes = web.RouteTableDef()


@routes.get("/api/classes/{code}/sessions/ws", allow_head=False)  # RFC 6455, 4.1
async def join_class_by_websocket(request: web.Request) -> web.StreamResponse:
    """Run a learner's session over a WebSocket; refusals are those of any such session."""
    return await serve_websocket(request, parse_socket_join, _join)


async def _join(request: web.Request, link: WebSocketLink) -> SessionCarrier:
    """
    :raises TandemError: as `POST /api/classes/{code}/sessions` is refused.
    """
    request.app[READINESS].require()
    room = find_class(request)
    offer = parse_socket_join(request.query)
    session_request = await build_class_request(request, room, offer)
    connection = WebSocketConnection(link, request.app[METRICS], annotated=offer.annotated)

    async def connect(_: Player) -> SessionConnection:
        return connection

    with counting_refusals(request):
        session = await get_classes(request).join_over(
            room, session_request, connect, offer.resume, find_own_id(request)
        )
    record_joined(request, session, offer.resume)
    return connection
