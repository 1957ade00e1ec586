"""HTTP routes of sessions: the offer/answer exchange, trickled candidates, state, and closing."""

from __future__ import annotations

from aiohttp import web

from rtc_server import audit
from rtc_server.http import audit_log
from rtc_server.http.access import (
    find_invitation,
    find_learner_address,
    find_session_owner,
    require_invited_lesson,
    require_pace,
)
from rtc_server.http.app_keys import (
    INVITATION_RATES,
    LESSONS,
    PAIRINGS,
    PUBLIC_ADDRESSES,
    READINESS,
    SESSIONS,
)
from rtc_server.http.authorization.identity import choose_dancer_names
from rtc_server.http.client_address import counted_address
from rtc_server.http.connections.small_body import read_text
from rtc_server.http.errors import problem
from rtc_server.http.requests.offer import SessionOffer, parse_json_offer, parse_sdp_offer
from rtc_server.session.directory import RunningSession
from rtc_server.session.session_request import SessionRequest
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
    return answer_offer(request, session, answer, offer.resume)


def answer_offer(
    request: web.Request, session: RunningSession, answer: str, resume: str | None
) -> web.Response:
    """The answer to an offer that opened a session, in the form of the offer.

    :param resume: the session that this one goes on with.
    """
    if resume is not None:
        request.app[PAIRINGS].move_session(resume, session.id)
    answer = request.app[PUBLIC_ADDRESSES].add_to(answer)
    record_joined(request, session, resume)
    headers = {
        "Location": f"/api/sessions/{session.id}",
        "ETag": session.ice_tag,
        "Accept-Patch": trickle.CONTENT_TYPE,
    }
    if request.content_type == SDP:
        return web.Response(text=answer, status=201, headers=headers, content_type=SDP)
    body = {"id": session.id, "sdp": answer, "type": "answer"}
    return web.json_response(body, status=201, headers=headers)


async def build_session_request(request: web.Request, offer: SessionOffer) -> SessionRequest:
    """Find the lesson, who the learner is and where.

    :raises BadMessage: the lesson has no such instructor.
    :raises OtherLessonInvited: the learner's invitation is to another lesson.
    :raises UnknownLesson: there is no such lesson.
    :raises BrokenLesson: it cannot be read.
    """
    require_invited_lesson(request, offer.lesson)
    require_pace(request, request.app[INVITATION_RATES].require_offer)
    invitation = find_invitation(request)
    lessons = request.app[LESSONS]
    lesson = await lessons.get(offer.lesson)
    reference = await lessons.get_reference(lesson)
    first, *others = choose_dancer_names(invitation, offer.names)
    return SessionRequest(
        *(lesson, reference, offer.mirror, offer.annotated),
        learner=first,
        dancers=offer.dancers,
        other_names=tuple(others),
        instructors=offer.instructors,
        address=await find_learner_address(request),
        counted_as=counted_address(request),
        invitation=invitation,
        screen_only=offer.screen_only,
    )


def record_joined(request: web.Request, session: RunningSession, resumed: str | None) -> None:
    """Write into the audit log who began a session."""
    audit_log.record(
        *(request, "joined"),
        session=audit.tag_id(session.id),
        lesson=session.request.lesson.id,
        learner=audit.tag_name(session.learner),
        invitation=session.request.invitation.id if session.request.invitation else None,
        resumed=audit.tag_id(resumed) if resumed else None,
    )


@routes.get("/api/sessions/{id}")
async def get_session(request: web.Request) -> web.Response:
    return web.json_response(await _find_session(request).fetch_description())


@routes.patch("/api/sessions/{id}")
async def add_candidates(request: web.Request) -> web.Response:
    """Trickle ICE and ICE restarts (RFC 9725, 4.3); `If-Match` is checked where it is given."""
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
    fragment = trickle.parse_fragment(await read_text(request))
    answer = await session.add_fragment(fragment, await find_learner_address(request))
    if answer is None:
        return web.Response(status=204)
    return web.Response(
        text=request.app[PUBLIC_ADDRESSES].add_to(answer),
        headers={"ETag": session.ice_tag},
        content_type=trickle.CONTENT_TYPE,
    )


@routes.delete("/api/sessions/{id}")
async def close_session(request: web.Request) -> web.Response:
    await request.app[SESSIONS].close(_find_session(request).id, "closed")
    return web.Response(status=204)


@routes.post("/api/sessions/{id}/close")
async def close_session_by_beacon(request: web.Request) -> web.Response:
    """The page was closed or has lost its connection; the session can still be resumed."""
    await request.app[SESSIONS].close(_find_session(request).id, "closed", may_resume=True)
    return web.Response(status=204)


def _find_session(request: web.Request) -> RunningSession:
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
