"""Which class a request is about, and whether its sender is the teacher."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from rtc_server.classes.directory import ClassFacts, KnownClass, OpenClass
from rtc_server.classes.options import KeepRight
from rtc_server.errors import TandemError, TokenNeeded, UploadsOff
from rtc_server.http import auth
from rtc_server.http.access import find_caller, find_invitation
from rtc_server.http.app_keys import CLASSES, CONFIG, METRICS
from rtc_server.http.authorization.credentials import read_bearer
from rtc_server.http.authorization.identity import Identity
from rtc_server.http.authorization.middleware import identify
from rtc_server.http.client_address import client_address, counted_address
from rtc_server.invitations.errors import InvitationNeeded, RoleNeeded


async def find_class(request: web.Request) -> OpenClass:
    """The class whose code is in the path.

    :raises UnknownClass, ClassEnded, TooManyMisses: as `ClassDirectory.find` does.
    """
    with counting_refusals(request):
        code = request.match_info["code"]
        return await request.app[CLASSES].find(code, counted_address(request))


async def find_taught_class(request: web.Request) -> KnownClass:
    """The same, of its teacher; of one that has ended, too.

    :raises ClassTokenNeeded: the sender is not its teacher.
    """
    identity = await find_identity(request)

    def may_teach(facts: ClassFacts) -> bool:
        if facts.has_token(read_bearer(request.headers)):
            return True
        if identity is None or identity.role != "teacher":
            return False
        return identity.invitation is None or identity.invitation.learner == facts.owner

    with counting_refusals(request):
        code, address = request.match_info["code"], counted_address(request)
        return await request.app[CLASSES].find_for_teacher(code, address, may_teach)


async def find_open_taught_class(request: web.Request) -> OpenClass:
    """The same, which has not ended.

    :raises ClassEnded: it has.
    """
    await find_taught_class(request)
    return await find_class(request)


async def find_identity(request: web.Request) -> Identity | None:
    """Who asks, where the server asks for invitations; None: that is not known.

    The teacher's routes are open to whoever has the class's token, so nobody has looked yet.
    """
    if request.app[CONFIG].access != "invite":
        return None
    try:
        return await identify(request)
    except InvitationNeeded:
        return None


def find_own_id(request: web.Request) -> str | None:
    """The id of an invited learner or teacher who is one person; None: nobody's in particular."""
    invitation = find_invitation(request)
    return None if invitation is None or invitation.is_shared else invitation.learner


async def find_keep_right(request: web.Request) -> KeepRight:
    """Whether the sender may keep a class as a lesson: whoever may upload one may."""
    refusal: TandemError | None = None
    try:
        caller = await find_caller(request)
        auth.require_known(request.app[CONFIG], caller, auth.require_uploads_allowed)
    except (auth.LocalCheckBusy, RoleNeeded, TokenNeeded, UploadsOff) as error:
        refusal = error
    return KeepRight(refusal, counted_address(request), client_address(request))


@contextmanager
def counting_refusals(request: web.Request) -> Iterator[None]:
    """Count what is refused, by the error's code."""
    try:
        yield
    except TandemError as error:
        request.app[METRICS].class_refusals.labels(reason=error.code).inc()
        raise
