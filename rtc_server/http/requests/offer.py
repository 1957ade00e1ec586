"""Parses the body of `POST /api/sessions`: an SDP offer and what the learner asks for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rtc_server.errors import BadMessage
from rtc_server.http.requests.fields import (
    JsonBody,
    Query,
    boolean,
    choice,
    constant,
    optional,
    or_null,
    text,
)
from rtc_server.http.requests.parameters import (
    DANCERS,
    LEARNER,
    LEARNERS,
    LEARNERS_TEXT,
    LESSON_ID,
    SESSION_ID,
)
from rtc_server.scoring.attempt import MIRRORS, Mirror

# Any text can ask for a lesson: one that is no id is not in the store, which is 404.
LESSON = text(LESSON_ID.description, example=LESSON_ID.example)
RESUME = replace(SESSION_ID, description="The id of a session that broke off, to continue it.")
MIRROR = choice(
    "Whether the learner mirrors the instructor; `auto` finds out.",
    MIRRORS,
    required=False,
    default="auto",
    example="auto",
)
OFFER_BODY = JsonBody(
    "a JSON object with sdp, type and lesson",
    {
        "sdp": text(
            "An SDP offer with a video line that sends and the data channels.", example="v=0\r\n…"
        ),
        "type": constant("What the SDP is.", "offer"),
        "lesson": LESSON,
        "mirror": MIRROR,
        "annotated": boolean(
            "Whether to send the webcam's video back with the skeleton drawn on it.",
            required=False,
            default=False,
        ),
        "learner": or_null(LEARNER, "Without one nothing is stored."),
        "resume": or_null(RESUME),
        "screen_only": boolean(
            "Whether the offer may be without a webcam, because a phone will be the camera.",
            required=False,
            default=False,
        ),
        "dancers": or_null(DANCERS),
        "learners": LEARNERS,
    },
)
SDP_QUERY = Query({"lesson": LESSON, "resume": optional(RESUME), "dancers": DANCERS})


SOCKET_QUERY = Query(
    {
        "lesson": LESSON,
        "mirror": MIRROR,
        "annotated": choice(
            "Whether to send the webcam's pictures back with the skeleton drawn on them.",
            ("false", "true"),
            required=False,
            default="false",
        ),
        "learner": optional(LEARNER, "Without one nothing is stored."),
        "resume": optional(RESUME),
        "dancers": DANCERS,
        "learners": LEARNERS_TEXT,
    }
)


@dataclass(frozen=True, slots=True)
class SessionOffer:
    """What a learner asks for, with an SDP offer or in a WebSocket's address."""

    sdp: str  # empty for a WebSocket
    lesson: str
    mirror: Mirror = "auto"
    annotated: bool = False
    learner: str | None = None
    resume: str | None = None  # the id of the session to resume
    screen_only: bool = False  # a phone will be the camera
    dancers: int | None = None  # how many share the picture
    learners: tuple[str | None, ...] | None = None  # their names; the first stands for `learner`

    def __post_init__(self) -> None:
        if len(self.learners or ()) > (self.dancers or 0):
            got = "none" if self.dancers is None else self.dancers
            raise BadMessage(f"dancers: expected one for each of learners, got {got}")

    @property
    def names(self) -> tuple[str | None, ...]:
        """Of all dancers who have one, by their numbers."""
        first, *others = self.learners or (None,)
        return (first or self.learner, *others)


def parse_json_offer(body: str) -> SessionOffer:
    """Parse a JSON body.

    :raises BadMessage: not JSON, or a field is missing or wrong.
    :raises BadLearner: a name that a learner cannot have.
    """
    fields = OFFER_BODY.parse(body)
    del fields["type"]
    return SessionOffer(**fields)


def parse_sdp_offer(body: str, query: Mapping[str, str]) -> SessionOffer:
    """Parse a bare SDP body (WHIP); what the learner asks for is in the query.

    :raises BadMessage: the query names no lesson.
    """
    if "lesson" not in query:
        raise BadMessage("expected ?lesson=ID beside a bare SDP offer, got none")
    return SessionOffer(body, **SDP_QUERY.parse(query))


def parse_socket_query(query: Mapping[str, str]) -> SessionOffer:
    """Parse the query of a WebSocket's address.

    :raises BadMessage: a field is missing or wrong.
    :raises BadLearner: a name that a learner cannot have.
    """
    fields = SOCKET_QUERY.parse(query)
    fields["annotated"] = fields["annotated"] == "true"
    return SessionOffer("", **fields)
