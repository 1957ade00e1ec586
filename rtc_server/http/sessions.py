"""HTTP routes of sessions: the offer/answer exchange, trickled candidates, state, and closing."""

from __future__ import annotations

from aiohttp import web

from rtc_server.http.access import find_session_owner
from rtc_server.http.app_keys import PUBLIC_ADDRESSES, READINESS, SESSIONS
from rtc_server.http.connections.small_body import read_text
from rtc_server.http.errors import problem
from rtc_server.http.requests.offer import SessionOffer, parse_json_offer, parse_sdp_offer
from rtc_server.http.session_requests import build_session_request, record_joined
from rtc_server.session.session import Session
from rtc_server.webrtc import trickle

JSON, SDP = "application/json", "application/sdp"

routes = web.RouteTableDef()


@routes.post("/offer")
@routes.post("/api/sessions")
async def create_session(request: web.Request) -> web.Response:
    """Answer an offer, in JSON or as bare SDP like WHIP (RFC 9725)."""
    request.app[READINESS].require()
    offer = await _read_offer(request)
    session_request = await build_session_request(request, offer)
    session, answer = await request.app[SESSIONS].open(session_request, offer.sdp, offer.resume)
    answer = request.app[PUBLIC_ADDRESSES].add_to(answer)
    record_joined(request, session, offer.resume)
    headers = {
        "Location": f"/api/sessions/{session.id}",
        "ETag": session.ice_tag,
        "Accept-Patch": trickle.CONTENT_TYPE,
    }
    if request.content_type == SDP:
        return web.Response(text=answer, status=201, headers=headers, content_type=SDP)
    body = {"id": session.id, "sdp": answer, "type": "answer"}
    return web.json_response(body, status=201, headers=headers)


@routes.get("/api/sessions/{id}")
async def get_session(request: web.Request) -> web.Response:
    return web.json_response(_find_session(request).describe())


@routes.patch("/api/sessions/{id}")
async def add_candidates(request: web.Request) -> web.Response:
    """Trickle ICE (RFC 9725, 4.3); `If-Match` is checked where it is given."""
    session = _find_session(request)
    if request.content_type != trickle.CONTENT_TYPE:
        response = problem(
            *(415, "http", f"expected {trickle.CONTENT_TYPE}, got {request.content_type!r:.60}")
        )
        response.headers["Accept-Patch"] = trickle.CONTENT_TYPE
        return response
    if_match = request.headers.get("If-Match", "*")
    if if_match != "*" and session.ice_tag not in if_match:
        return problem(412, "http", f"expected If-Match: {session.ice_tag}, got {if_match[:60]}")
    await session.add_candidates(trickle.parse_fragment(await read_text(request)))
    return web.Response(status=204)


@routes.delete("/api/sessions/{id}")
async def close_session(request: web.Request) -> web.Response:
    await request.app[SESSIONS].close(_find_session(request).id, "closed")
    return web.Response(status=204)


@routes.post("/api/sessions/{id}/close")
async def close_session_by_beacon(request: web.Request) -> web.Response:
    """The page was closed or has lost its connection; the session can still be resumed."""
    await request.app[SESSIONS].close(_find_session(request).id, "closed", may_resume=True)
    return web.Response(status=204)


def _find_session(request: web.Request) -> Session:
    """The session that a request names.

    :raises UnknownSession: there is none, or it is another invited learner's.
    """
    return request.app[SESSIONS].find(request.match_info["id"], find_session_owner(request))


async def _read_offer(request: web.Request) -> SessionOffer:
    if request.content_type == JSON:
        return parse_json_offer(await read_text(request))
    if request.content_type == SDP:
        return parse_sdp_offer(await read_text(request), request.query)
    raise web.HTTPUnsupportedMediaType(
        text=f"expected {JSON} or {SDP}, got {request.content_type!r:.60}"
    )
