"""What a learner asks for in the body of an offer. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from rtc_server.errors import BadMessage
from rtc_server.history.results import learner_name
from rtc_server.scoring.attempt import MIRRORS, Mirror


@dataclass(frozen=True, slots=True)
class Offer:
    sdp: str
    lesson: str
    mirror: Mirror = "auto"
    annotated: bool = False
    learner: str | None = None
    resume: str | None = None  # the id of a session that broke off


def read_json(text: str) -> Offer:
    """The offer of a JSON body.

    :raises BadMessage: not JSON, or a field missing or wrong.
    :raises BadLearner: a name that nobody can have.
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
    learner = None if body.get("learner") is None else learner_name(body["learner"])
    return Offer(body["sdp"], body["lesson"], cast(Mirror, mirror), annotated, learner, resume)


def read_sdp(text: str, query: Mapping[str, str]) -> Offer:
    """The offer of a bare SDP body (WHIP), whose wishes stand in the address.

    :raises BadMessage: no lesson is named.
    """
    if "lesson" not in query:
        raise BadMessage("expected ?lesson=ID beside a bare SDP offer, got none")
    return Offer(text, query["lesson"], resume=query.get("resume"))
