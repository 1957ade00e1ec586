"""HTTP routes of classes: open, find, join, teach and end them."""

from __future__ import annotations

from aiohttp import web

from rtc_server import audit
from rtc_server.classes.classroom import Classroom
from rtc_server.classes.report import write_csv
from rtc_server.http import audit_log
from rtc_server.http.access import (
    find_invitation,
    find_learner_address,
    require_invited_lesson,
    require_operator,
    require_pace,
    require_uploads_allowed,
)
from rtc_server.http.app_keys import (
    CONFIG,
    IDENTITY,
    INVITATION_RATES,
    LESSONS,
    READINESS,
)
from rtc_server.http.authorization.identity import choose_dancer_names
from rtc_server.http.classes.access import (
    counting_refusals,
    find_class,
    find_keep_right,
    find_own_id,
    find_taught_class,
    get_classes,
)
from rtc_server.http.client_address import counted_address
from rtc_server.http.connections.small_body import read_text
from rtc_server.http.invitations import NOT_STORED, own_url
from rtc_server.http.requests.class_body import (
    REPORT_QUERY,
    TEACHER_BODY,
    parse_class,
    parse_join,
    parse_sdp_join,
)
from rtc_server.http.requests.offer import SessionOffer
from rtc_server.http.sessions import JSON, SDP, answer_offer
from rtc_server.qr_codes import draw_svg
from rtc_server.session.session_request import SessionRequest

LIVE_TITLE = "Live"  # of a live class without a title

routes = web.RouteTableDef()


@routes.post("/api/classes")
async def open_class(request: web.Request) -> web.Response:
    """Open a class; its token is in no other answer."""
    request.app[READINESS].require()
    wish = parse_class(await read_text(request))
    require_pace(request, request.app[INVITATION_RATES].require_offer)
    classes, address, owner = get_classes(request), counted_address(request), find_own_id(request)
    with counting_refusals(request):
        if wish.lesson is None:
            options = wish.build_options(LIVE_TITLE)
            if options.keep:
                await require_uploads_allowed(request)
            room = classes.open_live(options, address, owner, await find_keep_right(request))
        else:
            require_invited_lesson(request, wish.lesson)
            lessons = request.app[LESSONS]
            lesson = await lessons.get(wish.lesson)
            reference = await lessons.get_reference(lesson)
            options = wish.build_options(lesson.title)
            room = classes.open_with_lesson(options, lesson, reference, address, owner)
    audit_log.record(request, "class", code=audit.tag_id(room.code), kind=room.options.kind)
    link = f"{own_url(request)}/#class={room.code}"
    body = await describe(request, room) | {
        "token": room.token,
        "link": link,
        "qr_svg": draw_svg(link),
    }
    headers = {"Location": f"/api/classes/{room.code}", **NOT_STORED}
    return web.json_response(body, status=201, headers=headers)


@routes.get("/api/classes")
async def list_classes(request: web.Request) -> web.Response:
    """All classes for the operator, their own for invited teachers."""
    if request.app[CONFIG].access != "invite":
        await require_operator(request)
    identity = request.get(IDENTITY)
    owner = identity.invitation.learner if identity and identity.invitation else None
    rooms = [room for room in get_classes(request) if owner in (None, room.owner)]
    return web.json_response(
        {"classes": [await describe(request, room) for room in rooms]}, headers=NOT_STORED
    )


@routes.get("/api/classes/{code}")
async def get_class(request: web.Request) -> web.Response:
    return web.json_response(await describe(request, find_class(request)))


@routes.delete("/api/classes/{code}")
async def end_class(request: web.Request) -> web.Response:
    """End it for all who are in it."""
    room = await find_taught_class(request)
    room.end()
    audit_log.record(request, "class ended", code=audit.tag_id(room.code))
    return web.Response(status=204)


@routes.get("/api/classes/{code}/report")
async def get_class_report(request: web.Request) -> web.Response:
    """The report so far, or after the end."""
    form = REPORT_QUERY.parse(request.query)["format"]
    room = await find_taught_class(request)
    report = room.report()
    if form == "json":
        return web.json_response(report, headers=NOT_STORED)
    name = f'attachment; filename="class-{room.code}.csv"'
    return web.Response(
        body=("\ufeff" + write_csv(report["learners"])).encode(),
        headers={"Content-Disposition": name, **NOT_STORED},
        content_type="text/csv",
        charset="utf-8",
    )


@routes.post("/api/classes/{code}/sessions")
async def join_class(request: web.Request) -> web.Response:
    """Answer a learner's offer."""
    request.app[READINESS].require()
    room = find_class(request)
    offer = await _read_offer(request)
    session_request = await build_class_request(request, room, offer)
    with counting_refusals(request):
        session, answer = await get_classes(request).join(
            room, session_request, offer.sdp, offer.resume, find_own_id(request)
        )
    return answer_offer(request, session, answer, offer.resume)


@routes.post("/api/classes/{code}/teacher")
async def teach_class(request: web.Request) -> web.Response:
    """Answer the teacher's offer."""
    request.app[READINESS].require()
    room = await find_taught_class(request)
    fields = TEACHER_BODY.parse(await read_text(request))
    with counting_refusals(request):
        find_class(request)  # it has not ended
        session, answer = await get_classes(request).teach(
            room, await _build_teacher_request(request, room), fields["sdp"], fields["resume"]
        )
    return answer_offer(request, session, answer, fields["resume"])


async def build_class_request(
    request: web.Request, room: Classroom, offer: SessionOffer
) -> SessionRequest:
    """Who the learner is and where.

    :raises OtherLessonInvited: the learner's invitation is to another lesson.
    """
    if room.live is None:
        require_invited_lesson(request, room.lesson.id)
    require_pace(request, request.app[INVITATION_RATES].require_offer)
    invitation = find_invitation(request)
    (name, *_) = choose_dancer_names(invitation, (offer.learner,))
    return SessionRequest(
        *(room.lesson, room.reference, offer.mirror, offer.annotated),
        learner=name,
        address=await find_learner_address(request),
        counted_as=counted_address(request),
        invitation=invitation,
        screen_only=offer.screen_only,
    )


async def _build_teacher_request(request: web.Request, room: Classroom) -> SessionRequest:
    return SessionRequest(
        *(room.lesson, room.reference, "off", False),
        address=await find_learner_address(request),
        counted_as=counted_address(request),
        screen_only=room.live is None,
        teaches_live=room.live is not None,
    )


async def describe(request: web.Request, room: Classroom) -> dict[str, object]:
    """What whoever knows the code may know."""
    options, lesson = room.options, None
    if room.live is None:
        lesson = await request.app[LESSONS].describe(room.lesson)
    return {
        "code": room.code,
        "title": options.title,
        "kind": options.kind,
        "lesson": lesson,
        "state": room.state,
        "playback": room.clock.state,
        "present": len(room.members.present()),
        "max_learners": options.max_learners,
        "admission": options.admission,
        "leaderboard": options.leaderboard,
        "keep": room.keep,
        "opened_at": room.opened_at,
    }


async def _read_offer(request: web.Request) -> SessionOffer:
    if request.content_type == JSON:
        return parse_join(await read_text(request))
    if request.content_type == SDP:
        return parse_sdp_join(await read_text(request), request.query)
    raise web.HTTPUnsupportedMediaType(
        text=f"expected {JSON} or {SDP}, got {request.content_type!r:.60}"
    )
