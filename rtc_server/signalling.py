"""HTTP: the offer/answer exchange, and a session from outside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import cast

from aiohttp import web

from rtc_server.appkeys import LIBRARY, READINESS, SESSIONS
from rtc_server.errors import BadMessage, NotImplementedYet
from rtc_server.problems import problem
from rtc_server.report import MIRRORS, Mirror
from rtc_server.results import learner_name
from rtc_server.session import Order

routes = web.RouteTableDef()


@routes.post("/offer")
@routes.post("/api/sessions")
async def open_session(request: web.Request) -> web.Response:
    """Offer in, answer out: JSON, or bare SDP in WHIP's shape (RFC 9725)."""
    state = request.app[READINESS]
    if not state.ready:
        return problem(503, "not_ready", state.why_not)
    if request.content_type == "application/json":
        offer = await _read_json_offer(request)
    elif request.content_type == "application/sdp":
        offer = _Offer((await _text(request)), _query_lesson(request), "auto", False, None)
    else:
        raise web.HTTPUnsupportedMediaType(
            text=f"expected application/json or application/sdp, got {request.content_type}"
        )
    library = request.app[LIBRARY]
    its = await library.get(offer.lesson)
    reference = await library.reference(its)
    order = Order(its, reference, offer.mirror, offer.annotated, offer.learner)
    session, answer = await request.app[SESSIONS].open(order, offer.sdp)
    headers = {"Location": f"/api/sessions/{session.id}"}
    if request.content_type == "application/sdp":
        return web.Response(
            text=answer, status=201, headers=headers, content_type="application/sdp"
        )
    body = {"id": session.id, "sdp": answer, "type": "answer"}
    return web.json_response(body, status=201, headers=headers)


@dataclass(frozen=True, slots=True)
class _Offer:
    sdp: str
    lesson: str
    mirror: Mirror
    annotated: bool
    learner: str | None


async def _read_json_offer(request: web.Request) -> _Offer:
    """The offer's fields.

    :raises BadMessage: not JSON, or a field missing or wrong.
    :raises BadLearner: a name that nobody can have.
    """
    try:
        body = json.loads(await _text(request))
    except (ValueError, RecursionError):
        raise BadMessage("expected a JSON object with sdp, type and lesson, got no JSON") from None
    if not isinstance(body, dict):
        raise BadMessage(f"expected a JSON object, got {type(body).__name__}")
    for name in ("sdp", "lesson"):
        if not isinstance(body.get(name), str):
            raise BadMessage(f"{name}: expected text, got {body.get(name)!r}")
    if body.get("type") != "offer":
        raise BadMessage(f'type: expected "offer", got {body.get("type")!r}')
    mirror, annotated = body.get("mirror", "auto"), body.get("annotated", False)
    if mirror not in MIRRORS:
        raise BadMessage(f"mirror: expected one of {', '.join(MIRRORS)}, got {mirror!r}")
    if not isinstance(annotated, bool):
        raise BadMessage(f"annotated: expected true or false, got {annotated!r}")
    learner = None if body.get("learner") is None else learner_name(body["learner"])
    return _Offer(body["sdp"], body["lesson"], cast(Mirror, mirror), annotated, learner)


async def _text(request: web.Request) -> str:
    try:
        return await request.text()
    except UnicodeDecodeError:
        raise BadMessage("expected a body in UTF-8") from None


def _query_lesson(request: web.Request) -> str:
    try:
        return request.query["lesson"]
    except KeyError:
        raise BadMessage("expected ?lesson=ID beside a bare SDP offer, got none") from None


@routes.get("/api/sessions/{id}")
async def session(request: web.Request) -> web.Response:
    return web.json_response(request.app[SESSIONS].find(request.match_info["id"]).describe())


@routes.patch("/api/sessions/{id}")
async def trickle(request: web.Request) -> web.Response:
    request.app[SESSIONS].find(request.match_info["id"])
    raise NotImplementedYet("trickled candidates come later; send the offer when gathering is done")


@routes.delete("/api/sessions/{id}")
@routes.post("/api/sessions/{id}/close")
async def close_session(request: web.Request) -> web.Response:
    await request.app[SESSIONS].close(request.match_info["id"], "closed")
    return web.Response(status=204)
