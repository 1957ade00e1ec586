"""What a learner's request for a session leads to, whatever carries the session."""

from __future__ import annotations

from aiohttp import web

from rtc_server import audit
from rtc_server.http import audit_log
from rtc_server.http.access import (
    find_invitation,
    find_learner_address,
    require_invited_lesson,
    require_pace,
)
from rtc_server.http.app_keys import INVITATION_RATES, LESSONS
from rtc_server.http.authorization.identity import choose_learner_name
from rtc_server.http.client_address import counted_address
from rtc_server.http.requests.offer import SessionOffer
from rtc_server.session.session import Session, SessionRequest


async def build_session_request(request: web.Request, offer: SessionOffer) -> SessionRequest:
    """Find the lesson, who the learner is and where.

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
    return SessionRequest(
        *(lesson, reference, offer.mirror, offer.annotated),
        learner=choose_learner_name(invitation, offer.learner),
        address=await find_learner_address(request),
        counted_as=counted_address(request),
        invitation=invitation,
    )


def record_joined(request: web.Request, session: Session, resumed: str | None) -> None:
    """Write into the audit log who began a session."""
    audit_log.record(
        *(request, "joined"),
        session=audit.tag_id(session.id),
        lesson=session.request.lesson.id,
        learner=audit.tag_name(session.learner),
        invitation=session.request.invitation.id if session.request.invitation else None,
        resumed=audit.tag_id(resumed) if resumed else None,
    )
