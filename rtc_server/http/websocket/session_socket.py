"""The route of sessions without WebRTC: JPEG pictures and messages over one WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from aiohttp import web

from rtc_server.classes.directory import Carrier
from rtc_server.errors import TandemError
from rtc_server.http import auth
from rtc_server.http.access import count_refusal
from rtc_server.http.app_keys import CLUSTER, METRICS, READINESS, SESSIONS
from rtc_server.http.audit_log import record_refusal
from rtc_server.http.errors import find_retry_after_s, problem, status_of
from rtc_server.http.requests.offer import SessionOffer, parse_socket_query
from rtc_server.http.sessions import build_session_request, record_joined
from rtc_server.http.websocket.link import QuietWebSocket, WebSocketLink, begin_websocket
from rtc_server.invitations.errors import CrossSite
from rtc_server.protocol.server_messages import build_refusal, to_json
from rtc_server.session.connection import SessionConnection
from rtc_server.session.registry import SessionRegistry
from rtc_server.sync.player import Player
from rtc_server.websocket.close_codes import FAILED, POLICY, TRY_LATER, Closing
from rtc_server.websocket.connection import WebSocketConnection

PATH = "/api/sessions/ws"
REFUSED_S = 2.0  # for a client to read why it is refused
# Of refusals that say "later"; the close code is 1013 then.
LATER = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)

routes = web.RouteTableDef()


@routes.get(PATH, allow_head=False)  # RFC 6455, 4.1: a handshake is a GET
async def open_session_by_websocket(request: web.Request) -> web.StreamResponse:
    """Run a session over a WebSocket."""
    return await serve_websocket(request, parse_socket_query, _open_session)


async def serve_websocket(
    request: web.Request,
    parse_query: Callable[[Mapping[str, str]], SessionOffer],
    open_session: Callable[[web.Request, WebSocketLink], Awaitable[Carrier]],
) -> web.StreamResponse:
    """Answer the handshake, and carry the messages of the session that `open_session` gives.

    A page cannot read what a refused handshake says. So only what is no WebSocket of ours is
    refused as HTTP; everything else is an `error` message and a close code.
    """
    try:
        auth.require_own_page(request.headers, CrossSite)
    except CrossSite as error:
        count_refusal(request, error)
        raise
    response = QuietWebSocket()
    if not response.can_prepare(request):
        parse_query(request.query)  # what is wrong with it, whoever asks can read
        path = request.path[:60]
        refusal = problem(426, "http", f"expected a WebSocket's handshake for {path}, got none")
        refusal.headers["Upgrade"] = "websocket"
        refusal.headers["Connection"] = "Upgrade"
        return refusal
    begin_websocket(request)
    await response.prepare(request)
    link = WebSocketLink(response, request)
    try:
        connection = await open_session(request, link)
    except TandemError as error:
        await _refuse(request, link, error)
    else:
        await connection.serve()
    finally:
        link.abort()
    return response


async def _open_session(request: web.Request, link: WebSocketLink) -> Carrier:
    """Open a session as `POST /api/sessions` does; what serves the link comes back.

    :raises TandemError: as that is refused.
    """
    request.app[READINESS].require()
    offer = parse_socket_query(request.query)
    session_request = await build_session_request(request, offer)
    if CLUSTER in request.app:
        cluster = request.app[CLUSTER]
        remote, relay = await cluster.open_socket(session_request, link, offer.resume)
        record_joined(request, remote, offer.resume)
        return relay
    connection = WebSocketConnection(link, request.app[METRICS], annotated=offer.annotated)

    async def connect(_: Player) -> SessionConnection:
        return connection

    registry = request.app[SESSIONS]
    assert isinstance(registry, SessionRegistry)  # sessions run here, or there would be hosts
    session = await registry.open_over(session_request, connect, offer.resume)
    record_joined(request, session, offer.resume)
    return connection


async def _refuse(request: web.Request, link: WebSocketLink, error: TandemError) -> None:
    """Say why in a message and in the close code, and wait for the client to have read it."""
    status = status_of(type(error))
    record_refusal(request, status, error.code, f"GET {PATH}")
    code = TRY_LATER if status in LATER else FAILED if status >= 500 else POLICY
    retry_after_s = find_retry_after_s(error) if status in LATER else None
    try:
        async with asyncio.timeout(REFUSED_S):
            await link.send(to_json(build_refusal(error.code, str(error), status, retry_after_s)))
            await link.send_close(Closing(code, f"{error.code}: {error}"))
            await link.wait_until_gone()
    except (ConnectionError, TimeoutError):
        pass
