"""What the front orders of a host, made of what a learner asks for. Pure."""

from __future__ import annotations

from rtc_server.cluster.attempts.kept_attempt import KeptAttempt
from rtc_server.cluster.lesson_copies.fetch import LessonSource
from rtc_server.cluster.reports import SessionOrder
from rtc_server.cluster.session_ids import make_session_id
from rtc_server.errors import OtherLesson
from rtc_server.session.session_request import SessionRequest


def make_order(
    host: str,
    request: SessionRequest,
    offer_sdp: str | None,
    kept: KeptAttempt | None,
    source: LessonSource | None = None,
) -> SessionOrder:
    """A new session for that host, which goes on with what was kept, if anything was.

    :param source: which machines have the lesson, where there are several.
    """
    return SessionOrder(
        session=make_session_id(host),
        lesson=request.lesson.id,
        source_sha256=request.lesson.source_sha256,
        mirror=request.mirror,
        annotated=request.annotated,
        learner=request.learner,
        address=request.address,
        counted_as=request.counted_as,
        invitation=request.invitation,
        offer_sdp=offer_sdp,
        kept=kept,
        screen_only=request.screen_only,
        lesson_source=source,
        dancers=request.dancers,
        other_names=request.other_names,
        instructors=request.instructors,
    )


def require_kept_lesson(lesson: str, source_sha256: str, request: SessionRequest) -> None:
    """Check that a learner who comes back asks for the lesson of the session that broke off.

    :raises OtherLesson: it is another one, or has been replaced since.
    """
    if request.lesson.id != lesson:
        raise OtherLesson(
            f"resume: expected lesson {lesson!r}, as in that session, got {request.lesson.id!r}"
        )
    if request.lesson.source_sha256 != source_sha256:
        raise OtherLesson(
            f"resume: lesson {lesson!r} has been replaced since that session began; start anew"
        )
