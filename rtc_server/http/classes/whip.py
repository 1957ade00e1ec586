"""WHIP (RFC 9725): an encoder is the camera and the microphone of a live class."""

from __future__ import annotations

from aiohttp import web

from rtc_server.classes.directory import OpenClass
from rtc_server.classes.errors import NotLive
from rtc_server.http.access import find_learner_address
from rtc_server.http.app_keys import PUBLIC_ADDRESSES, READINESS
from rtc_server.http.classes.access import counting_refusals, find_open_taught_class
from rtc_server.http.connections.small_body import read_text
from rtc_server.http.sessions import SDP
from rtc_server.webrtc import trickle

routes = web.RouteTableDef()


@routes.post("/api/classes/{code}/whip")
async def open_encoder(request: web.Request) -> web.Response:
    """Answer an encoder's offer."""
    request.app[READINESS].require()
    room = await _find_live(request)
    if request.content_type != SDP:
        raise web.HTTPUnsupportedMediaType(text=f"expected {SDP}, got {request.content_type!r:.60}")
    with counting_refusals(request):
        address = await find_learner_address(request)
        id, answer = await room.open_encoder(await read_text(request), address)
    headers = {
        "Location": f"/api/classes/{room.facts.code}/whip/{id}",
        "Accept-Patch": trickle.CONTENT_TYPE,
    }
    answer = request.app[PUBLIC_ADDRESSES].add_to(answer)
    return web.Response(text=answer, status=201, headers=headers, content_type=SDP)


@routes.patch("/api/classes/{code}/whip/{id}")
async def add_encoder_candidates(request: web.Request) -> web.Response:
    """Trickle ICE and ICE restarts of an encoder."""
    room = await _find_live(request)
    if request.content_type != trickle.CONTENT_TYPE:
        raise web.HTTPUnsupportedMediaType(
            text=f"expected {trickle.CONTENT_TYPE}, got {request.content_type!r:.60}"
        )
    fragment = trickle.parse_fragment(await read_text(request))
    address = await find_learner_address(request)
    answer = await room.add_encoder_fragment(request.match_info["id"], fragment, address)
    if answer is None:
        return web.Response(status=204)
    text = request.app[PUBLIC_ADDRESSES].add_to(answer)
    return web.Response(text=text, content_type=trickle.CONTENT_TYPE)


@routes.delete("/api/classes/{code}/whip/{id}")
async def close_encoder(request: web.Request) -> web.Response:
    """The encoder stops."""
    room = await _find_live(request)
    await room.close_encoder(request.match_info["id"])
    return web.Response(status=204)


async def _find_live(request: web.Request) -> OpenClass:
    """The class whose code is in the path, of its teacher.

    :raises NotLive: it has a lesson.
    """
    room = await find_open_taught_class(request)
    if not room.facts.is_live:
        raise NotLive("expected a live class; this one has a lesson")
    return room
