"""Parses what is sent to open, to join and to teach a class. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rtc_server.classes.options import DEFAULT_LEARNERS, ENTRIES, MAX_LEARNERS, ClassOptions
from rtc_server.errors import BadMessage
from rtc_server.http.requests.fields import (
    JsonBody,
    Query,
    boolean,
    choice,
    constant,
    integer,
    optional,
    or_null,
    text,
)
from rtc_server.http.requests.offer import LESSON, OFFER_BODY, RESUME, SOCKET_QUERY, SessionOffer
from rtc_server.http.requests.parameters import LEARNER, TITLE
from rtc_server.protocol.class_messages import ClassKind

CODE = text(
    "A class's code: six letters; small ones, spaces and hyphens between them do not matter.",
    "six letters",
    example="KRT4MW",
)
NO_LESSON = "-"  # of an offer to a class, which has the lesson
CLASS_BODY = JsonBody(
    "a JSON object with lesson, or with live: true",
    {
        "lesson": or_null(LESSON, "Either this, or `live`."),
        "live": boolean(
            "Whether the teacher is the lesson, before a camera.", required=False, default=False
        ),
        "title": or_null(TITLE, "Without one, the lesson's."),
        "max_learners": integer(
            *("How many learners may be there at once.", 1, MAX_LEARNERS),
            required=False,
            default=DEFAULT_LEARNERS,
            example=DEFAULT_LEARNERS,
        ),
        "admission": choice(
            "Whether learners are let in at once, or by the teacher.",
            ENTRIES,
            required=False,
            default="open",
            example="open",
        ),
        "leaderboard": boolean(
            "Whether there is a leaderboard, of those who want to be on it.",
            required=False,
            default=False,
        ),
        "keep": boolean("Whether a live class becomes a lesson.", required=False, default=False),
    },
)
TEACHER_BODY = JsonBody(
    "a JSON object with sdp and type",
    {
        "sdp": text("An SDP offer with the channels `control` and `roster`.", example="v=0\r\n…"),
        "type": constant("What the SDP is.", "offer"),
        "resume": or_null(RESUME),
    },
)
JOIN_FIELDS = {
    name: field
    for name, field in OFFER_BODY.fields.items()
    if name not in ("lesson", "learner", "dancers", "learners")
}
JOIN_BODY = JsonBody(
    "a JSON object with sdp, type and learner", {**JOIN_FIELDS, "learner": LEARNER}
)
SDP_JOIN_QUERY = Query({"learner": LEARNER, "resume": optional(RESUME)})
SOCKET_JOIN_QUERY = Query(
    {
        **{name: SOCKET_QUERY.fields[name] for name in ("mirror", "annotated", "resume")},
        "learner": LEARNER,
    }
)
REPORT_QUERY = Query(
    {"format": choice("The form of the report.", ("json", "csv"), required=False, default="json")}
)


@dataclass(frozen=True, slots=True)
class ClassWish:
    """A class to open: exactly one of a lesson and `live`."""

    lesson: str | None
    title: str | None
    options: Mapping[str, Any]  # the rest of `ClassOptions`

    def build_options(self, lesson_title: str) -> ClassOptions:
        """:param lesson_title: the title of a class without one of its own."""
        kind: ClassKind = "live" if self.lesson is None else "lesson"
        return ClassOptions(self.title or lesson_title, kind, **self.options)


def parse_class(body: str) -> ClassWish:
    """
    :raises BadMessage: not JSON, a field is wrong, or neither or both of lesson and live are there.
    :raises BadTitle: a title that cannot be.
    """
    fields = CLASS_BODY.parse(body)
    lesson, is_live = fields.pop("lesson"), fields.pop("live")
    if (lesson is None) != is_live:
        raise BadMessage("expected either a lesson or live: true, got both or none")
    if fields["keep"] and not is_live:
        raise BadMessage("keep: expected it of a live class; this one has a lesson already")
    return ClassWish(lesson, fields.pop("title"), fields)


def parse_join(body: str) -> SessionOffer:
    """A learner's offer to a class, as JSON.

    :raises BadMessage: not JSON, or a field is missing or wrong.
    :raises BadLearner: a name that a learner cannot have.
    """
    fields = JOIN_BODY.parse(body)
    del fields["type"]
    return SessionOffer(lesson=NO_LESSON, **fields)


def parse_sdp_join(body: str, query: Mapping[str, str]) -> SessionOffer:
    """The same as bare SDP (WHIP); who joins is in the query.

    :raises BadMessage, BadLearner: a field is missing or wrong.
    """
    return SessionOffer(body, NO_LESSON, **SDP_JOIN_QUERY.parse(query))


def parse_socket_join(query: Mapping[str, str]) -> SessionOffer:
    """The same in the address of a WebSocket.

    :raises BadMessage, BadLearner: a field is missing or wrong.
    """
    fields = SOCKET_JOIN_QUERY.parse(query)
    fields["annotated"] = fields["annotated"] == "true"
    return SessionOffer("", NO_LESSON, **fields)
