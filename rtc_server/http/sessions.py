"""HTTP: the offer/answer exchange, and a session from outside."""

from __future__ import annotations

from aiohttp import web

from rtc_server.errors import BadMessage
from rtc_server.http import offer_body
from rtc_server.http.app_keys import LESSONS, READINESS, SESSIONS
from rtc_server.http.errors import problem
from rtc_server.session.session import SessionRequest
from rtc_server.webrtc import trickle

routes = web.RouteTableDef()


@routes.post("/offer")
@routes.post("/api/sessions")
async def open_session(request: web.Request) -> web.Response:
    """Offer in, answer out: JSON, or bare SDP in WHIP's shape (RFC 9725)."""
    state = request.app[READINESS]
    if not state.ready:
        return problem(503, "not_ready", state.why_not)
    if request.content_type == "application/json":
        offer = offer_body.read_json(await _text(request))
    elif request.content_type == "application/sdp":
        offer = offer_body.read_sdp(await _text(request), request.query)
    else:
        raise web.HTTPUnsupportedMediaType(
            text=f"expected application/json or application/sdp, got {request.content_type}"
        )
    library = request.app[LESSONS]
    its = await library.get(offer.lesson)
    reference = await library.reference(its)
    order = SessionRequest(its, reference, offer.mirror, offer.annotated, offer.learner)
    session, answer = await request.app[SESSIONS].open(order, offer.sdp, offer.resume)
    headers = {
        "Location": f"/api/sessions/{session.id}",
        "ETag": session.ice_tag,
        "Accept-Patch": trickle.CONTENT_TYPE,
    }
    if request.content_type == "application/sdp":
        return web.Response(
            text=answer, status=201, headers=headers, content_type="application/sdp"
        )
    body = {"id": session.id, "sdp": answer, "type": "answer"}
    return web.json_response(body, status=201, headers=headers)


async def _text(request: web.Request) -> str:
    try:
        return await request.text()
    except UnicodeDecodeError:
        raise BadMessage("expected a body in UTF-8") from None


@routes.get("/api/sessions/{id}")
async def session(request: web.Request) -> web.Response:
    return web.json_response(request.app[SESSIONS].find(request.match_info["id"]).describe())


@routes.patch("/api/sessions/{id}")
async def add_candidates(request: web.Request) -> web.Response:
    """Trickle ICE as RFC 9725, 4.3, has it; `If-Match` is heeded and not required."""
    its = request.app[SESSIONS].find(request.match_info["id"])
    if request.content_type != trickle.CONTENT_TYPE:
        response = problem(
            *(415, "http", f"expected {trickle.CONTENT_TYPE}, got {request.content_type}")
        )
        response.headers["Accept-Patch"] = trickle.CONTENT_TYPE
        return response
    wanted = request.headers.get("If-Match", "*")
    if wanted != "*" and its.ice_tag not in wanted:
        return problem(412, "http", f"expected If-Match: {its.ice_tag}, got {wanted[:60]}")
    await its.add_candidates(trickle.read_fragment(await _text(request)))
    return web.Response(status=204)


@routes.delete("/api/sessions/{id}")
async def close_session(request: web.Request) -> web.Response:
    await request.app[SESSIONS].close(request.match_info["id"], "closed")
    return web.Response(status=204)


@routes.post("/api/sessions/{id}/close")
async def beacon(request: web.Request) -> web.Response:
    """A page goes, or has lost its connection: it may come back and go on."""
    await request.app[SESSIONS].close(request.match_info["id"], "closed", may_return=True)
    return web.Response(status=204)
