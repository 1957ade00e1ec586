"""What a request may do: asks `auth`, and the kernel where a request looks like this machine's."""

from __future__ import annotations

import time
from collections.abc import Callable

from aiohttp import web

from rtc_server.config import Config
from rtc_server.errors import HistoryClosed, TandemError, TokenNeeded, UploadsOff
from rtc_server.http import auth, peer_process
from rtc_server.http.app_keys import CONFIG, IDENTITY, KERNEL_QUESTIONS, LESSONS, METRICS
from rtc_server.http.auth import Caller, LocalCheckBusy
from rtc_server.http.authorization import identity
from rtc_server.http.client_address import client_address
from rtc_server.http.forwarded import UNKNOWN
from rtc_server.http.host_names import is_loopback_name
from rtc_server.invitations.errors import OtherLessonInvited, RoleNeeded
from rtc_server.invitations.invitation import Invitation
from rtc_server.token_bucket import RateLimit

REFUSALS = (HistoryClosed, LocalCheckBusy, OtherLessonInvited, RoleNeeded, TokenNeeded, UploadsOff)
# Questions to the kernel who sent a request: each takes some milliseconds. Whoever needs an answer
# beyond the limit is to come again; the token helps.
KERNEL_QUESTION_LIMIT = RateLimit(25, 100)


async def require_uploads_allowed(request: web.Request) -> None:
    """Check that a request may add, rename and remove lessons.

    :raises UploadsOff: it may not.
    :raises TokenNeeded: it does not carry the server's token.
    :raises LocalCheckBusy: it may be this machine's, and too many ask.
    """
    _require(request, auth.require_uploads_allowed, await find_caller(request))


async def require_history_open(request: web.Request) -> str | None:
    """Check that a request may read and delete results by name.

    :return: whose results alone; None: everybody's.
    :raises HistoryClosed: it may not.
    :raises TokenNeeded: it does not carry the server's token.
    :raises LocalCheckBusy: it may be this machine's, and too many ask.
    """
    caller = await find_caller(request)
    _require(request, auth.require_history_open, caller)
    return auth.find_owner(request.app[CONFIG], caller)


def require_own_name(request: web.Request, name: str) -> None:
    """Check that an invited learner asks for nobody else's results, whether there are any or not.

    :raises RoleNeeded: they ask for those under another name.
    """
    if request.app[CONFIG].history_access != "open":
        _require(
            request,
            lambda _, caller: identity.require_own_name(caller.identity, name),
            _known(request),
        )


async def is_history_open(request: web.Request) -> bool:
    """Whether a request may read and delete results by name."""
    return auth.is_history_open(request.app[CONFIG], await find_caller(request))


async def require_metrics_allowed(request: web.Request) -> None:
    """Check that a request may read the server's metrics.

    :raises TokenNeeded: it is neither this machine's nor carries the server's token.
    :raises LocalCheckBusy: it may be this machine's, and too many ask.
    """
    # They name nobody: a program that serves others on this machine may read them, too, and it does
    # not matter where the server listens.
    is_local = await _ask_kernel(request, peer_process.is_own_program)
    _require(request, auth.require_metrics_allowed, Caller(request.headers, is_local))


async def require_operator(request: web.Request) -> None:
    """Check that a request is the operator's, wherever the server listens.

    :raises TokenNeeded: it is neither this machine's nor carries the server's token.
    :raises LocalCheckBusy: it may be this machine's, and too many ask.
    """
    is_local = await _ask_kernel(request, peer_process.is_own_client)
    _require(request, auth.require_operator, Caller(request.headers, is_local))


async def find_learner_address(request: web.Request) -> str:
    """The client's address; where that is this machine's and the kernel denies it, "unknown".

    A learner on this machine may have the server send packets to it.
    """
    address = client_address(request)
    if not is_loopback_name(address) or await _ask_kernel(request, peer_process.is_own_program):
        return address
    return UNKNOWN


async def find_caller(request: web.Request) -> Caller:
    """Who sent a request."""
    if request.get(IDENTITY) is not None:
        return _known(request)
    is_local = request.app[CONFIG].on_loopback and await _ask_kernel(
        request, peer_process.is_own_client
    )
    return Caller(request.headers, is_local)


async def _ask_kernel(
    request: web.Request,
    question: Callable[[peer_process.Address, peer_process.Address], bool],
) -> bool | None:
    """Ask about the other end of a connection that looks like this machine's own.

    :return: None: too many were asked about.
    """
    if request.transport is None:
        return False
    peer = request.transport.get_extra_info("peername")
    own = request.transport.get_extra_info("sockname")
    if not isinstance(peer, tuple) or not isinstance(own, tuple):
        return False
    if not auth.may_be_local(request.app[CONFIG], request.headers, peer[0]):
        return False
    if not request.app[KERNEL_QUESTIONS].take(time.monotonic()):
        return None
    return await request.app[LESSONS].run_in_thread(lambda: question(peer[:2], own[:2]))


def find_invitation(request: web.Request) -> Invitation | None:
    """What a request came with; None: the server is open, or its operator asks."""
    found = request.get(IDENTITY)
    return found.invitation if found is not None else None


def require_pace(request: web.Request, take: Callable[[str, float], None]) -> None:
    """Check that one invitation is not used for something too often.

    :param take: of `InvitationRates`; raises what it raises.
    """
    if (invitation := find_invitation(request)) is None:
        return
    try:
        take(invitation.learner, time.monotonic())
    except TandemError as error:
        count_refusal(request, error)
        raise


def find_session_owner(request: web.Request) -> str | None:
    """Whose sessions alone a request may reach; None: everybody's whose id it knows."""
    found = request.get(IDENTITY)
    return found.owner if found is not None else None


def require_invited_lesson(request: web.Request, lesson: str) -> None:
    """Check that an invitation to one lesson is used for that one.

    :raises OtherLessonInvited: it is not.
    """
    _require(
        request,
        lambda _, caller: identity.require_invited_lesson(caller.identity, lesson),
        _known(request),
    )


def _known(request: web.Request) -> Caller:
    """Who the server knows by now that it is, without a question to the kernel."""
    return Caller(request.headers, is_local=False, identity=request.get(IDENTITY))


def _require(
    request: web.Request, require: Callable[[Config, Caller], None], caller: Caller
) -> None:
    try:
        auth.require_known(request.app[CONFIG], caller, require)
    except REFUSALS as error:
        count_refusal(request, error)
        raise


def count_refusal(request: web.Request, error: TandemError) -> None:
    """Count a request that its sender may not make."""
    request.app[METRICS].requests_refused.labels(reason=error.code).inc()
