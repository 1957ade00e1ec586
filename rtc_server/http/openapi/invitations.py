"""The operations of invitations, and their JSON."""

from __future__ import annotations

from collections.abc import Mapping

from rtc_server import errors
from rtc_server.http.invitations import ACCESS_BODY, WISH_BODY
from rtc_server.http.openapi.json_schema import array, describe_field, nullable, record, ref, value
from rtc_server.http.openapi.lessons import BODY_ERRORS, JSON
from rtc_server.http.openapi.operation import Operation, SuccessResponse
from rtc_server.http.requests.fields import text
from rtc_server.http.requests.parameters import LEARNER, LESSON_ID
from rtc_server.invitations import errors as invited
from rtc_server.invitations.invitation import ROLES

TAG = "Invitations"
ID = text("An invitation's id; no secret.", example="9f86d081884c7d65")
COOKIE = text("The cookie.", example="__Host-tandem=eyJ…; Secure; HttpOnly; SameSite=Strict")
ROLE = value("string", "What they may do.", "learner", enum=list(ROLES))
NAME = nullable(describe_field(LEARNER))
LESSON = nullable(describe_field(LESSON_ID))
WHEN = {"examples": [1781250000.0]}
PROBLEMS = (
    *("invitation_needed", "bad_invitation", "invitation_expired", "invitation_revoked"),
    *("cross_site", "too_many_requests", "invitations_unavailable"),
)
_issued = {
    "id": describe_field(ID),
    "role": ROLE,
    "name": NAME,
    "lesson": LESSON,
    "issued_at": value("number", "Unix time.", **WHEN),
    "expires_at": value("number", "Unix time.", **WHEN),
    "revoked_at": nullable(value("number", "Unix time; null: it holds.")),
}
INVITATION = record("What is kept of an invitation.", _issued)
NEW_INVITATION = record(
    "A new invitation, with its link, which is kept nowhere.",
    {
        **_issued,
        "link": value("string", "The link.", "https://dance.example/#invite=eyJ…"),
        "qr_svg": value("string", "The link as a QR code, an SVG image.", "<svg …"),
    },
)
ACCESS = record(
    "Who the sender is, where the server asks for invitations.",
    {
        "role": nullable(ROLE),
        "name": NAME,
        "lesson": LESSON,
        "expires_at": nullable(value("number", "Unix time; null: without an end.")),
        "problem": nullable(
            value("string", "Why they may not come, by an error's code.", enum=list(PROBLEMS))
        ),
    },
)
UNINVITED = record(
    "All that a client without an invitation learns of this server.",
    {
        "protocol": value("integer", "The protocol's version.", 1),
        "access": value("string", "It asks for an invitation.", const="invite"),
        "invitation": ref("Access"),
    },
)
REFUSED = (
    *(invited.InvitationNeeded, invited.BadInvitation, invited.InvitationExpired),
    *(invited.InvitationRevoked, invited.TooManyRequests, invited.InvitationsUnavailable),
)
OFF = (invited.InvitationsOff, invited.CrossSite)

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("POST", "/api/access"): Operation(
        id="enter",
        tag=TAG,
        summary="Exchange an invitation for a cookie",
        description="The token in the body is the one behind `#invite=` in the link.",
        bodies={JSON: ACCESS_BODY},
        responses={
            200: SuccessResponse(
                description="The cookie is set.",
                content={JSON: ref("Access")},
                headers={"Set-Cookie": COOKIE},
            )
        },
        errors=(errors.BadMessage, *REFUSED, *OFF),
        http_errors=BODY_ERRORS,
    ),
    ("DELETE", "/api/access"): Operation(
        id="leave",
        tag=TAG,
        summary="Forget the cookie",
        responses={204: SuccessResponse(description="It is forgotten.")},
        errors=OFF,
    ),
    ("GET", "/api/invitations"): Operation(
        id="listInvitations",
        tag=TAG,
        summary="The invitations that have not ended, the newest first",
        responses={
            200: SuccessResponse(
                description="Invitations, without their links.",
                content={JSON: record("", {"invitations": array(ref("Invitation"))})},
            )
        },
        errors=(invited.InvitationsOff,),
    ),
    ("POST", "/api/invitations"): Operation(
        id="invite",
        tag=TAG,
        summary="Invite somebody",
        description="Whoever opens the link comes with it, until it ends or is revoked.",
        bodies={JSON: WISH_BODY},
        responses={
            201: SuccessResponse(
                description="The invitation.", content={JSON: ref("NewInvitation")}
            )
        },
        errors=(errors.BadMessage, errors.BadLearner, invited.InvitationsOff),
        http_errors=BODY_ERRORS,
    ),
    ("DELETE", "/api/invitations/{id}"): Operation(
        id="revokeInvitation",
        tag=TAG,
        summary="Revoke an invitation",
        description="The sessions of those who came with it end within two seconds.",
        path={"id": ID},
        responses={204: SuccessResponse(description="It is revoked.")},
        errors=(invited.UnknownInvitation, invited.InvitationsOff),
    ),
}
