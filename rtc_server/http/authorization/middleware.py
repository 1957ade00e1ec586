"""Refuses requests of who may not make them, before any handler sees them, and before their body.

Where the server is open to everybody, handlers decide alone (`http.access`).
"""

from __future__ import annotations

import time

from aiohttp import web

from rtc_server.errors import TandemError
from rtc_server.http import auth
from rtc_server.http.access import count_refusal, find_caller
from rtc_server.http.app_keys import CONFIG, IDENTITY, INVITATION_RATES, INVITATIONS
from rtc_server.http.authorization.credentials import (
    is_operator_token,
    is_signed,
    read_bearer,
    read_cookie,
    require_cookie_of_own_page,
)
from rtc_server.http.authorization.identity import (
    OPERATOR,
    Identity,
    require_invited_lesson,
    require_role,
)
from rtc_server.http.authorization.rules import LESSON_PATH, find_rule
from rtc_server.http.client_address import counted_address
from rtc_server.http.errors import Handler
from rtc_server.invitations.errors import CrossSite, InvitationNeeded, RoleNeeded
from rtc_server.invitations.invitation import Invitation


@web.middleware
async def authorization_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """
    :raises InvitationNeeded: the request carries no invitation that holds.
    :raises RoleNeeded: it carries a learner's, where a teacher's is needed.
    :raises OtherLessonInvited: it carries one to another lesson.
    :raises CrossSite: a page of another site sent it.
    :raises TooManyRequests: its invitation is used too often, or too many fail.
    """
    if request.app[CONFIG].access == "invite":
        try:
            request[IDENTITY] = await _authorize(request)
        except TandemError as error:
            count_refusal(request, error)
            raise
    return await handler(request)


async def _authorize(request: web.Request) -> Identity | None:
    """Who it is; None where that does not matter."""
    resource = request.match_info.route.resource
    if resource is None:
        return None  # no such route, as its handler says: 404 or 405
    rule = find_rule(request.method, resource.canonical)
    if rule == "public":
        return None
    identity = await identify(request)
    if rule is None:
        raise RoleNeeded("nobody may ask for this: the server has no rule for it")
    require_role(identity, rule)
    if resource.canonical.startswith(LESSON_PATH):
        require_invited_lesson(identity, request.match_info["id"])
    if (invitation := identity.invitation) is not None:
        request.app[INVITATION_RATES].require_request(invitation.learner, time.monotonic())
    return identity


async def identify(request: web.Request) -> Identity:
    """Who sends a request: by the header, the cookie, or the kernel's word for this machine's user.

    :raises InvitationNeeded: nobody who may come.
    :raises CrossSite: another site's page, with this server's cookie.
    :raises TooManyRequests: too many tokens of this address were none.
    :raises InvitationsUnavailable: the identity provider does not answer.
    :raises LocalCheckBusy: it may be the operator's, and too many ask.
    """
    config = request.app[CONFIG]
    error = InvitationNeeded(
        "expected an invitation: open the link or scan the code that you were given; programs send "
        "its token as Authorization: Bearer"
    )
    bearer = read_bearer(request.headers)
    if bearer is not None and is_operator_token(config, bearer):
        return OPERATOR
    cookie = read_cookie(request.cookies, request.headers.get("Host", ""))
    for token in (bearer, cookie):
        if token is None:
            continue
        if token is cookie:
            require_cookie_of_own_page(request.method, request.headers)
        try:
            invitation = await read_invitation(request, token)
        except InvitationNeeded as refusal:
            if token is bearer and is_signed(token):
                raise  # also for who is the operator without it: whoever sends one means it
            error = refusal
        else:
            return identify_invited(request, invitation)
    if not config.token and await _is_operator_here(request):
        return OPERATOR
    raise error


async def read_invitation(request: web.Request, token: str) -> Invitation:
    """The invitation of a token.

    :raises InvitationNeeded: it is none that holds.
    :raises TooManyRequests: too many tokens of this address were none.
    """
    try:
        return await request.app[INVITATIONS].read(token)
    except InvitationNeeded:
        request.app[INVITATION_RATES].count_failure(counted_address(request), time.monotonic())
        raise


def identify_invited(request: web.Request, invitation: Invitation) -> Identity:
    """Who comes with an invitation; the operator, with what they got for their token."""
    if request.app[INVITATIONS].is_operators(invitation):
        return Identity("teacher", until_s=invitation.expires_s)
    return Identity(invitation.role, invitation)


async def _is_operator_here(request: web.Request) -> bool:
    """Whether a program of the server's user on this machine asks, and no page of another site."""
    caller = await find_caller(request)
    if caller.is_local is None:
        raise auth.local_check_busy()
    if not caller.is_local:
        return False
    try:
        auth.require_own_page(caller.headers, CrossSite)
    except CrossSite:
        return False
    return True
