"""HTTP routes of classes: open, find, join, teach and end them."""

from __future__ import annotations

import contextlib

from aiohttp import web

from rtc_server import audit
from rtc_server.classes.directory import Arrival, ClassFacts, NewClass
from rtc_server.classes.errors import ClassEnded
from rtc_server.classes.report import write_csv
from rtc_server.errors import NotReady
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
    CLASSES,
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
)
from rtc_server.http.client_address import counted_address
from rtc_server.http.connections.small_body import read_text
from rtc_server.http.invitations import NOT_STORED, own_url
from rtc_server.http.requests.class_body import (
    REPORT_QUERY,
    TEACHER_BODY,
    ClassWish,
    parse_class,
    parse_join,
    parse_sdp_join,
)
from rtc_server.http.requests.offer import SessionOffer
from rtc_server.http.sessions import JSON, SDP, answer_offer
from rtc_server.qr_codes import draw_svg

LIVE_TITLE = "Live"  # of a live class without a title

routes = web.RouteTableDef()


@routes.post("/api/classes")
async def open_class(request: web.Request) -> web.Response:
    """Open a class; its token is in no other answer."""
    request.app[READINESS].require()
    wish = parse_class(await read_text(request))
    require_pace(request, request.app[INVITATION_RATES].require_offer)
    with counting_refusals(request):
        room = await request.app[CLASSES].open(await _build_class(request, wish))
    code = room.facts.code
    audit_log.record(request, "class", code=audit.tag_id(code), kind=room.facts.kind)
    link = f"{own_url(request)}/#class={code}"
    body = await room.describe() | {
        "token": room.facts.token,
        "link": link,
        "qr_svg": draw_svg(link),
    }
    headers = {"Location": f"/api/classes/{code}", **NOT_STORED}
    return web.json_response(body, status=201, headers=headers)


@routes.get("/api/classes")
async def list_classes(request: web.Request) -> web.Response:
    """All classes for the operator, their own for invited teachers."""
    if request.app[CONFIG].access != "invite":
        await require_operator(request)
    identity = request.get(IDENTITY)
    owner = identity.invitation.learner if identity and identity.invitation else None
    found = []
    for room in request.app[CLASSES]:
        if owner in (None, room.facts.owner):
            with contextlib.suppress(ClassEnded, NotReady):  # since a moment ago
                found.append(await room.describe())
    return web.json_response({"classes": found}, headers=NOT_STORED)


@routes.get("/api/classes/{code}")
async def get_class(request: web.Request) -> web.Response:
    return web.json_response(await (await find_class(request)).describe())


@routes.delete("/api/classes/{code}")
async def end_class(request: web.Request) -> web.Response:
    """End it for all who are in it."""
    room = await find_taught_class(request)
    await room.end()
    audit_log.record(request, "class ended", code=audit.tag_id(room.facts.code))
    return web.Response(status=204)


@routes.get("/api/classes/{code}/report")
async def get_class_report(request: web.Request) -> web.Response:
    """The report so far, or after the end."""
    form = REPORT_QUERY.parse(request.query)["format"]
    room = await find_taught_class(request)
    report = await room.report()
    if form == "json":
        return web.json_response(report, headers=NOT_STORED)
    name = f'attachment; filename="class-{room.facts.code}.csv"'
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
    room = await find_class(request)
    offer = await _read_offer(request)
    arrival = await build_arrival(request, room.facts, offer)
    with counting_refusals(request):
        session, answer = await room.join(arrival, offer.sdp)
    return answer_offer(request, session, answer, offer.resume)


@routes.post("/api/classes/{code}/teacher")
async def teach_class(request: web.Request) -> web.Response:
    """Answer the teacher's offer."""
    request.app[READINESS].require()
    await find_taught_class(request)
    fields = TEACHER_BODY.parse(await read_text(request))
    room = await find_class(request)  # it has not ended
    arrival = await _build_teacher(request, room.facts, fields["resume"])
    with counting_refusals(request):
        session, answer = await room.teach(arrival, fields["sdp"])
    return answer_offer(request, session, answer, fields["resume"])


async def build_arrival(request: web.Request, facts: ClassFacts, offer: SessionOffer) -> Arrival:
    """Who the learner is and where.

    :raises OtherLessonInvited: the learner's invitation is to another lesson.
    """
    if not facts.is_live:
        require_invited_lesson(request, facts.lesson_id)
    require_pace(request, request.app[INVITATION_RATES].require_offer)
    invitation = find_invitation(request)
    (name, *_) = choose_dancer_names(invitation, (offer.learner,))
    return Arrival(
        name,
        address=await find_learner_address(request),
        counted_as=counted_address(request),
        mirror=offer.mirror,
        annotated=offer.annotated,
        invitation=invitation,
        screen_only=offer.screen_only,
        resume=offer.resume,
    )


async def _build_teacher(request: web.Request, facts: ClassFacts, resume: str | None) -> Arrival:
    return Arrival(
        None,
        address=await find_learner_address(request),
        counted_as=counted_address(request),
        screen_only=not facts.is_live,
        teaches_live=facts.is_live,
        resume=resume,
    )


async def _build_class(request: web.Request, wish: ClassWish) -> NewClass:
    """
    :raises UnknownLesson, BrokenLesson, OtherLessonInvited: it is not to be had.
    """
    address, owner = counted_address(request), find_own_id(request)
    if wish.lesson is None:
        options = wish.build_options(LIVE_TITLE)
        if options.keep:
            await require_uploads_allowed(request)
        return NewClass(options, address, owner, right=await find_keep_right(request))
    require_invited_lesson(request, wish.lesson)
    lessons = request.app[LESSONS]
    lesson = await lessons.get(wish.lesson)
    return NewClass(
        *(wish.build_options(lesson.title), address, owner, lesson),
        reference=await lessons.get_reference(lesson),
        about_lesson=await lessons.describe(lesson),
    )


async def _read_offer(request: web.Request) -> SessionOffer:
    if request.content_type == JSON:
        return parse_join(await read_text(request))
    if request.content_type == SDP:
        return parse_sdp_join(await read_text(request), request.query)
    raise web.HTTPUnsupportedMediaType(
        text=f"expected {JSON} or {SDP}, got {request.content_type!r:.60}"
    )
