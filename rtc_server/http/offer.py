"""Parses the body of `POST /api/sessions`: an SDP offer and what the learner asks for. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from rtc_server.errors import BadMessage
from rtc_server.history.results import parse_learner_name
from rtc_server.scoring.attempt import MIRRORS, Mirror


@dataclass(frozen=True, slots=True)
class SessionOffer:
    """An SDP offer and what the learner asks for with it."""

    sdp: str
    lesson: str
    mirror: Mirror = "auto"
    annotated: bool = False
    learner: str | None = None
    resume: str | None = None  # the id of the session to resume


def parse_json_offer(text: str) -> SessionOffer:
    """Parse a JSON body.

    :raises BadMessage: not JSON, or a field is missing or wrong.
    :raises BadLearner: a name that a learner cannot have.
    """
    try:
        body = json.loads(text)
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
    resume = body.get("resume")
    if resume is not None and not isinstance(resume, str):
        raise BadMessage(f"resume: expected the id of a session, got {resume!r}")
    learner = None if body.get("learner") is None else parse_learner_name(body["learner"])
    return SessionOffer(
        body["sdp"], body["lesson"], cast(Mirror, mirror), annotated, learner, resume
    )


def parse_sdp_offer(text: str, query: Mapping[str, str]) -> SessionOffer:
    """Parse a bare SDP body (WHIP); what the learner asks for is in the query.

    :raises BadMessage: the query names no lesson.
    """
    if "lesson" not in query:
        raise BadMessage("expected ?lesson=ID beside a bare SDP offer, got none")
    return SessionOffer(text, query["lesson"], resume=query.get("resume"))
