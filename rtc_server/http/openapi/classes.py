"""The operations of classes."""

from __future__ import annotations

from collections.abc import Mapping

from rtc_server import errors
from rtc_server.classes import errors as classes
from rtc_server.http.openapi.json_schema import ref
from rtc_server.http.openapi.lessons import BODY_ERRORS, FIND, JSON
from rtc_server.http.openapi.operation import LOCAL_OR_TOKEN, Operation, SuccessResponse
from rtc_server.http.openapi.sessions import ANSWER_HEADERS, RESTART, SDP_TEXT
from rtc_server.http.requests.class_body import (
    CLASS_BODY,
    CODE,
    JOIN_BODY,
    REPORT_QUERY,
    SDP_JOIN_QUERY,
    SOCKET_JOIN_QUERY,
    TEACHER_BODY,
)
from rtc_server.http.requests.fields import Query, optional, text
from rtc_server.http.sessions import SDP
from rtc_server.invitations.errors import CrossSite, OtherLessonInvited
from rtc_server.session.cameras.errors import TooManyMisses
from rtc_server.webrtc import trickle
from rtc_server.webrtc.ice.restarts import TooManyRestarts
from rtc_server.webrtc.udp.port_range import NoFreePort

TAG = "Classes"
PATH = {"code": CODE}
ENCODER = {**PATH, "id": text("An encoder's id, from `Location`.", example="8c1f…")}
CODE_ERRORS = (classes.UnknownClass, classes.ClassEnded, TooManyMisses, errors.NotReady)
TEACHER_ERRORS = (*CODE_ERRORS, classes.ClassTokenNeeded)
SESSION_ERRORS = (
    *(errors.BadMessage, errors.BadOffer, errors.UnfitOffer, errors.UnknownSession),
    *(errors.OtherLesson, errors.NotReady, errors.ServerFull, NoFreePort, errors.ServerStopping),
    *(errors.TooManyFromAddress, errors.TooManyOffers),
)
FOR_TEACHER = "The class's token is the bearer token, or an invitation of who opened the class."
WITH_SDP = "With a bare SDP offer only."

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/api/classes"): Operation(
        id="listClasses",
        tag=TAG,
        summary="The classes that are open",
        description="All for the operator; for invited teachers those that they have opened.",
        responses={200: SuccessResponse(description="Them.", content={JSON: ref("Classes")})},
        errors=LOCAL_OR_TOKEN,
        needs_token=True,
    ),
    ("POST", "/api/classes"): Operation(
        id="openClass",
        tag=TAG,
        summary="Open a class",
        description="`keep` needs what `POST /api/lessons` needs, also the server's token.",
        bodies={JSON: CLASS_BODY},
        responses={
            201: SuccessResponse(
                description="The class, and what lets people in.",
                content={JSON: ref("NewClass")},
                headers={"Location": text("The class.", example=f"/api/classes/{CODE.example}")},
            )
        },
        errors=(
            *(errors.BadMessage, errors.BadTitle, *FIND, classes.ClassesOff, errors.NotReady),
            *(classes.ClassesFull, classes.TooManyClasses, errors.TooManyOffers),
            *(errors.ServerFull, OtherLessonInvited, *LOCAL_OR_TOKEN, errors.UploadsOff),
        ),
        http_errors=BODY_ERRORS,
    ),
    ("GET", "/api/classes/{code}"): Operation(
        id="getClass",
        tag=TAG,
        summary="A class, by its code",
        path=PATH,
        responses={200: SuccessResponse(description="The class.", content={JSON: ref("Class")})},
        errors=CODE_ERRORS,
    ),
    ("DELETE", "/api/classes/{code}"): Operation(
        id="endClass",
        tag=TAG,
        summary="End a class, for all who are in it",
        description=FOR_TEACHER,
        path=PATH,
        responses={204: SuccessResponse(description="It ends.")},
        errors=TEACHER_ERRORS,
    ),
    ("GET", "/api/classes/{code}/report"): Operation(
        id="getClassReport",
        tag=TAG,
        summary="How a class danced, so far or in all",
        description=FOR_TEACHER,
        path=PATH,
        query=REPORT_QUERY,
        responses={
            200: SuccessResponse(
                description="The report; as CSV, one row a learner.",
                content={JSON: ref("ClassReport"), "text/csv": {"type": "string"}},
            )
        },
        errors=(errors.BadMessage, *TEACHER_ERRORS),
    ),
    ("POST", "/api/classes/{code}/sessions"): Operation(
        id="joinClass",
        tag=TAG,
        summary="Join a class with an SDP offer",
        description="As `POST /api/sessions`; the class has the lesson.",
        path=PATH,
        query=Query({name: optional(one, WITH_SDP) for name, one in SDP_JOIN_QUERY.fields.items()}),
        bodies={JSON: JOIN_BODY, SDP: SDP_TEXT},
        responses={
            201: SuccessResponse(
                description="The SDP answer, in the form of the offer.",
                content={JSON: ref("SessionAnswer"), SDP: SDP_TEXT},
                headers=ANSWER_HEADERS,
            )
        },
        errors=(
            *(errors.BadLearner, *CODE_ERRORS, *SESSION_ERRORS),
            *(classes.ClassFull, classes.NameTaken),
        ),
        http_errors=BODY_ERRORS,
    ),
    ("GET", "/api/classes/{code}/sessions/ws"): Operation(
        id="joinClassByWebSocket",
        tag=TAG,
        summary="Join a class with a lesson over a WebSocket",
        description="As `GET /api/sessions/ws`, also in how it refuses.",
        path=PATH,
        query=SOCKET_JOIN_QUERY,
        responses={101: SuccessResponse(description="The WebSocket is open.")},
        errors=(errors.BadMessage, errors.BadLearner, CrossSite, classes.LiveClass),
        http_errors={426: "It is no handshake of a WebSocket."},
    ),
    ("POST", "/api/classes/{code}/teacher"): Operation(
        id="teachClass",
        tag=TAG,
        summary="Open the teacher's session with an SDP offer",
        description=f"{FOR_TEACHER} A second teacher takes the place of the first.",
        path=PATH,
        bodies={JSON: TEACHER_BODY},
        responses={
            201: SuccessResponse(
                description="The SDP answer.",
                content={JSON: ref("SessionAnswer")},
                headers=ANSWER_HEADERS,
            )
        },
        errors=(*TEACHER_ERRORS, *SESSION_ERRORS),
        http_errors=BODY_ERRORS,
    ),
    ("POST", "/api/classes/{code}/whip"): Operation(
        id="openEncoder",
        tag=TAG,
        summary="Send a live class's camera and microphone by WHIP (RFC 9725)",
        description=FOR_TEACHER,
        path=PATH,
        bodies={SDP: SDP_TEXT},
        responses={
            201: SuccessResponse(
                description="The SDP answer.",
                content={SDP: SDP_TEXT},
                headers={
                    "Location": text("The encoder.", example="/api/classes/KRT4MW/whip/8c1f…"),
                    "Accept-Patch": ANSWER_HEADERS["Accept-Patch"],
                },
            )
        },
        errors=(*TEACHER_ERRORS, *SESSION_ERRORS, classes.NotLive),
        http_errors=BODY_ERRORS,
    ),
    ("PATCH", "/api/classes/{code}/whip/{id}"): Operation(
        id="addEncoderCandidates",
        tag=TAG,
        summary="Add trickled ICE candidates of an encoder, or restart ICE",
        description=FOR_TEACHER,
        path=ENCODER,
        bodies={trickle.CONTENT_TYPE: {"type": "string", "examples": ["a=end-of-candidates\r\n"]}},
        responses={
            200: SuccessResponse(
                description="ICE is restarted.",
                content={trickle.CONTENT_TYPE: {"type": "string", "examples": [RESTART]}},
            ),
            204: SuccessResponse(description="They are added."),
        },
        errors=(
            *(*TEACHER_ERRORS, classes.NotLive, errors.BadFragment, errors.BadMessage),
            *(errors.UnknownSession, errors.UnfitFragment),
            *(TooManyRestarts, errors.ServerFull, NoFreePort),
        ),
        http_errors=BODY_ERRORS,
    ),
    ("DELETE", "/api/classes/{code}/whip/{id}"): Operation(
        id="closeEncoder",
        tag=TAG,
        summary="An encoder stops",
        description=FOR_TEACHER,
        path=ENCODER,
        responses={204: SuccessResponse(description="It is closed.")},
        errors=(*TEACHER_ERRORS, classes.NotLive, errors.UnknownSession),
    ),
}
