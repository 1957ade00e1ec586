"""The operations of sessions: the offer/answer exchange, trickled candidates, state and closing."""

from __future__ import annotations

from collections.abc import Mapping

from rtc_server import errors
from rtc_server.http.openapi.json_schema import ref
from rtc_server.http.openapi.lessons import BODY_ERRORS, FIND, JSON
from rtc_server.http.openapi.operation import Operation, SuccessResponse
from rtc_server.http.requests.fields import Query, optional, text
from rtc_server.http.requests.offer import OFFER_BODY, SDP_QUERY, SOCKET_QUERY
from rtc_server.http.requests.parameters import SESSION_ID
from rtc_server.http.sessions import SDP
from rtc_server.http.websocket.session_socket import PATH as SOCKET_PATH
from rtc_server.invitations.errors import CrossSite
from rtc_server.webrtc import trickle
from rtc_server.webrtc.ice.restarts import TooManyRestarts
from rtc_server.webrtc.udp.port_range import NoFreePort

TAG = "Sessions"
PATH = {"id": SESSION_ID}
SDP_TEXT = {"type": "string", "examples": ["v=0\r\n…"]}
RESTART = "m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=mid:0\r\na=ice-ufrag:…\r\na=ice-pwd:…\r\n"
ICE_TAG = '"9f86d081884c7d65"'
ANSWER_HEADERS = {
    "Location": text("The session.", example=f"/api/sessions/{SESSION_ID.example}"),
    "ETag": text("The ICE session, for `If-Match` (RFC 9725, 4.3).", example=ICE_TAG),
    "Accept-Patch": text("What PATCH takes.", example=trickle.CONTENT_TYPE),
}
WITH_SDP = "With a bare SDP offer only."


def _create(id: str, description: str) -> Operation:
    return Operation(
        id=id,
        tag=TAG,
        summary="Open a session with an SDP offer",
        description=description,
        query=Query({name: optional(field, WITH_SDP) for name, field in SDP_QUERY.fields.items()}),
        bodies={JSON: OFFER_BODY, SDP: SDP_TEXT},
        responses={
            201: SuccessResponse(
                description="The SDP answer, in the form of the offer.",
                content={JSON: ref("SessionAnswer"), SDP: SDP_TEXT},
                headers=ANSWER_HEADERS,
            )
        },
        errors=(
            *(errors.BadMessage, errors.BadLearner, errors.BadOffer),
            *FIND,
            *(errors.UnknownSession, errors.OtherLesson, errors.UnfitOffer),
            *(errors.NotReady, errors.ServerFull, NoFreePort),
            errors.ServerStopping,
            *(errors.TooManyFromAddress, errors.TooManyOffers),
        ),
        http_errors=BODY_ERRORS,
    )


OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("POST", "/api/sessions"): _create(
        "createSession",
        "The client opens the DataChannels `control` and `scores` before it makes the offer. A "
        "bare SDP offer, with the lesson in the query, has WHIP's shape (RFC 9725); it needs "
        "`lesson`. What is said on the DataChannels is described in docs/protocol.md.",
    ),
    ("POST", "/offer"): _create(
        "createSessionByOffer",
        "The same as `POST /api/sessions`: the path that aiortc's users know.",
    ),
    ("GET", SOCKET_PATH): Operation(
        id="openSessionByWebSocket",
        tag=TAG,
        summary="Open a session over a WebSocket, without WebRTC",
        description=(
            "A WebSocket's handshake (RFC 6455). Messages of the DataChannels are text; pictures "
            "of the webcam, and of what the server has drawn on them, are binary. What `POST "
            "/api/sessions` refuses is refused here by a message `error` and a close code, "
            "because pages cannot read the answer to a handshake: docs/protocol.md describes both."
        ),
        query=SOCKET_QUERY,
        responses={101: SuccessResponse(description="The WebSocket is open.")},
        errors=(errors.BadMessage, errors.BadLearner, CrossSite),
        http_errors={426: "It is no handshake of a WebSocket."},
    ),
    ("GET", "/api/sessions/{id}"): Operation(
        id="getSession",
        tag=TAG,
        summary="A session's state",
        path=PATH,
        responses={200: SuccessResponse(description="The state.", content={JSON: ref("Session")})},
        errors=(errors.UnknownSession,),
    ),
    ("PATCH", "/api/sessions/{id}"): Operation(
        id="addCandidates",
        tag=TAG,
        summary="Add trickled ICE candidates, or restart ICE",
        description=(
            "RFC 9725, 4.3. Candidates that come after `a=end-of-candidates` are ignored. A "
            "fragment with another `a=ice-ufrag` and its `a=ice-pwd` restarts ICE: a client whose "
            "network has changed stays in the session."
        ),
        path=PATH,
        headers={
            "If-Match": optional(text("The `ETag` of the answer.", default="*", example=ICE_TAG))
        },
        bodies={trickle.CONTENT_TYPE: {"type": "string", "examples": ["a=end-of-candidates\r\n"]}},
        responses={
            200: SuccessResponse(
                description="ICE is restarted: the server's user name, password and candidates.",
                content={trickle.CONTENT_TYPE: {"type": "string", "examples": [RESTART]}},
                headers={"ETag": ANSWER_HEADERS["ETag"]},
            ),
            204: SuccessResponse(description="They are added."),
        },
        errors=(
            *(errors.BadFragment, errors.BadMessage),
            *(errors.UnknownSession, errors.UnfitFragment),
            *(TooManyRestarts, errors.ServerFull, NoFreePort),
        ),
        http_errors={
            412: "`If-Match` names another ICE session.",
            **BODY_ERRORS,
        },
    ),
    ("DELETE", "/api/sessions/{id}"): Operation(
        id="closeSession",
        tag=TAG,
        summary="Close a session",
        path=PATH,
        responses={204: SuccessResponse(description="It is closed.")},
        errors=(errors.UnknownSession,),
    ),
    ("POST", "/api/sessions/{id}/close"): Operation(
        id="closeSessionByBeacon",
        tag=TAG,
        summary="Close a session that may be resumed",
        description="For `navigator.sendBeacon`, when a page is left or has lost its connection.",
        path=PATH,
        responses={204: SuccessResponse(description="It is closed.")},
        errors=(errors.UnknownSession,),
    ),
}
