"""A learner of a class without WebRTC: the session over a WebSocket."""

from __future__ import annotations

from aiohttp import web

from rtc_server.classes.directory import Carrier
from rtc_server.http.app_keys import READINESS
from rtc_server.http.classes.access import counting_refusals, find_class
from rtc_server.http.classes.routes import build_arrival
from rtc_server.http.requests.class_body import parse_socket_join
from rtc_server.http.sessions import record_joined
from rtc_server.http.websocket.link import WebSocketLink
from rtc_server.http.websocket.session_socket import serve_websocket

routes = web.RouteTableDef()


@routes.get("/api/classes/{code}/sessions/ws", allow_head=False)  # RFC 6455, 4.1
async def join_class_by_websocket(request: web.Request) -> web.StreamResponse:
    """Run a learner's session over a WebSocket; refusals are those of any such session."""
    return await serve_websocket(request, parse_socket_join, _join)


async def _join(request: web.Request, link: WebSocketLink) -> Carrier:
    """
    :raises TandemError: as `POST /api/classes/{code}/sessions` is refused.
    """
    request.app[READINESS].require()
    room = await find_class(request)
    offer = parse_socket_join(request.query)
    arrival = await build_arrival(request, room.facts, offer)
    with counting_refusals(request):
        session, carrier = await room.join_socket(arrival, link)
    record_joined(request, session, offer.resume)
    return carrier
