"""HTTP routes of invitations: issue, list and revoke them, and exchange one for a cookie."""

from __future__ import annotations

import time
from dataclasses import replace

from aiohttp import web

from rtc_server import audit
from rtc_server.errors import BadConfig, BadMessage, TandemError
from rtc_server.http import audit_log
from rtc_server.http.access import count_refusal, require_pace
from rtc_server.http.app_keys import CONFIG, INVITATION_RATES, INVITATIONS
from rtc_server.http.authorization.credentials import (
    cookie_names,
    is_operator_token,
    read_cookie,
    require_cookie_of_own_page,
)
from rtc_server.http.authorization.middleware import identify_invited, read_invitation
from rtc_server.http.client_address import counted_address
from rtc_server.http.connections.small_body import read_text
from rtc_server.http.requests.fields import JsonBody, choice, integer, or_null, text
from rtc_server.http.requests.parameters import LEARNER, LESSON_ID
from rtc_server.invitations.checker import InvitationChecker
from rtc_server.invitations.errors import BadInvitation, CrossSite, InvitationsOff
from rtc_server.invitations.invitation import ROLES, Invitation, new_learner_id
from rtc_server.invitations.issue import (
    DEFAULT_LASTS_S,
    MAX_LASTS_S,
    MIN_LASTS_S,
    InvitationWish,
    build_link,
)
from rtc_server.qr_codes import draw_svg

KEPT_AFTER_END_S = 30 * 86_400  # so that the page can say that an invitation has ended
NOT_STORED = {"Cache-Control": "no-store"}
ACCESS_BODY = JsonBody(
    'a JSON object {"token": …}',
    {
        "token": text(
            "The token of an invitation's link, behind `#invite=`, or the operator's token.",
            example="eyJ…",
        )
    },
)
WISH_BODY = JsonBody(
    "a JSON object that says who is invited",
    {
        "name": or_null(LEARNER, "Without one, whoever opens the link chooses one."),
        "role": choice(
            *("What they may do.", ROLES), required=False, default="learner", example="learner"
        ),
        "lesson": or_null(LESSON_ID, "Without one, they may open all lessons."),
        "lasts_s": integer(
            *("For how many seconds it holds.", MIN_LASTS_S, MAX_LASTS_S),
            required=False,
            default=DEFAULT_LASTS_S,
            example=DEFAULT_LASTS_S,
        ),
    },
)

routes = web.RouteTableDef()


@routes.post("/api/access")
async def enter(request: web.Request) -> web.Response:
    """Exchange the token of a link, or the operator's, for a cookie.

    Images, videos and sockets carry it, too.
    """
    checker = _require_on(request)
    _require_own_page(request)
    token: str = ACCESS_BODY.parse(await read_text(request))["token"]
    try:
        rates = request.app[INVITATION_RATES]
        rates.require_entry(counted_address(request), time.monotonic())
        is_operator = is_operator_token(request.app[CONFIG], token)
        invitation = (
            checker.invite_operator() if is_operator else await read_invitation(request, token)
        )
    except TandemError as error:
        count_refusal(request, error)
        raise
    invitation = _keep_learner(request, checker, invitation)
    identity = identify_invited(request, invitation)
    role = "operator" if identity.invitation is None else identity.role
    audit_log.record(request, "entered", invitation=invitation.id, role=role)
    response = web.json_response(identity.describe(), headers=NOT_STORED)
    _set_cookie(request, response, checker.sign(invitation), invitation.expires_s)
    return response


@routes.delete("/api/access")
async def leave(request: web.Request) -> web.Response:
    """Forget the cookie."""
    _require_on(request)
    _require_own_page(request)
    response = web.Response(status=204)
    secure, plain = cookie_names(request.headers.get("Host", ""))
    response.del_cookie(secure, path="/", secure=True, httponly=True, samesite="Strict")
    response.del_cookie(plain, path="/", httponly=True, samesite="Strict")
    return response


@routes.get("/api/invitations")
async def list_invitations(request: web.Request) -> web.Response:
    """The invitations that have not ended, the newest first."""
    issued = await _require_on(request).list()
    body = {"invitations": [each.describe() for each in issued]}
    return web.json_response(body, headers=NOT_STORED)


@routes.post("/api/invitations")
async def invite(request: web.Request) -> web.Response:
    """Make an invitation: the only answer that ever has its link."""
    checker = _require_on(request)
    require_pace(request, request.app[INVITATION_RATES].require_issue)
    try:
        wish = InvitationWish(**WISH_BODY.parse(await read_text(request)))
    except (BadConfig, BadInvitation) as error:
        raise BadMessage(str(error)) from None
    token, issued = await checker.issue(wish)
    link = build_link(own_url(request), token)
    audit_log.record(
        *(request, "invited"),
        invitation=issued.id,
        role=issued.role,
        learner=audit.tag_name(issued.name),
    )
    body = {**issued.describe(), "link": link, "qr_svg": draw_svg(link)}
    return web.json_response(body, status=201, headers=NOT_STORED)


@routes.delete("/api/invitations/{id}")
async def revoke_invitation(request: web.Request) -> web.Response:
    """Revoke an invitation; the sessions of those who came with it end within two seconds."""
    id = request.match_info["id"]
    await _require_on(request).revoke(id)
    audit_log.record(request, "revoked", invitation=id)
    return web.Response(status=204)


def _require_on(request: web.Request) -> InvitationChecker:
    """
    :raises InvitationsOff: the server is open to everybody.
    """
    if request.app[CONFIG].access != "invite":
        raise InvitationsOff(
            "this server is open to everybody who reaches it; --access invite asks for invitations"
        )
    return request.app[INVITATIONS]


def _require_own_page(request: web.Request) -> None:
    """
    :raises CrossSite: another site's page wants to sign its visitor in or out here.
    """
    try:
        require_cookie_of_own_page(request.method, request.headers)
    except CrossSite as error:
        count_refusal(request, error)
        raise


def _keep_learner(
    request: web.Request, checker: InvitationChecker, invitation: Invitation
) -> Invitation:
    """Give a browser that opens a link without a name an id of its own, the same as last time."""
    if not invitation.is_shared:
        return invitation
    learner = new_learner_id()
    if cookie := read_cookie(request.cookies, request.headers.get("Host", "")):
        try:
            before = checker.read_expired(cookie)
        except BadInvitation:
            pass
        else:
            learner = learner if before.name is not None else before.learner
    return replace(invitation, learner=learner, is_shared=False)


def _set_cookie(request: web.Request, response: web.Response, token: str, expires_s: float) -> None:
    secure, plain = cookie_names(request.headers.get("Host", ""))
    is_secure = _is_https(request)
    response.set_cookie(
        *(secure if is_secure else plain, token),
        path="/",
        max_age=int(expires_s - time.time()) + KEPT_AFTER_END_S,
        httponly=True,
        samesite="Strict",
        secure=is_secure,
    )


def _is_https(request: web.Request) -> bool:
    """Whether the browser sees HTTPS, also behind a proxy: its page's origin says so."""
    return request.secure or request.headers.get("Origin", "").startswith("https://")


def own_url(request: web.Request) -> str:
    """The address under which the sender reaches this server, and so may others."""
    scheme = "https" if _is_https(request) else "http"
    return f"{scheme}://{request.headers.get('Host') or request.host}"
