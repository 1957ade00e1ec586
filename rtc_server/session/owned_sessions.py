"""Whose a running session is: the same for one process and for the front of session hosts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from rtc_server.errors import UnknownSession
from rtc_server.invitations.invitation import Invitation, owner_of
from rtc_server.protocol.server_messages import EndReason
from rtc_server.session.resume import ResumeRequest


class OwnedSession(Protocol):
    """What is read of a session, and asked of it."""

    @property
    def request(self) -> ResumeRequest: ...

    def end(self, reason: EndReason) -> None: ...

    def forget_name(self, learner: str) -> None: ...


S = TypeVar("S", bound=OwnedSession)


def is_of(session: OwnedSession, owner: str | None) -> bool:
    """Whether this invited learner may see the session; None: may see all."""
    return owner in (None, owner_of(session.request.invitation))


def require_own(session: S | None, id: str, owner: str | None) -> S:
    """The session that was found by its id.

    :param owner: only if it is this invited learner's.
    :raises UnknownSession: it has ended, is somebody else's, or never existed.
    """
    if session is None or not is_of(session, owner):
        raise UnknownSession(f"expected the id of a running session, got {id!r:.60}")
    return session


def remove_name(sessions: Iterable[OwnedSession], learner: str, owner: str | None) -> None:
    """Let those who dance under that name go on without one.

    :param owner: only what is this invited learner's.
    """
    for session in sessions:
        if is_of(session, owner):
            session.forget_name(learner)


def end_uninvited(sessions: Iterable[OwnedSession], holds: Callable[[Invitation], bool]) -> None:
    """End the sessions of those whose invitation was revoked meanwhile."""
    for session in sessions:
        invitation = session.request.invitation
        if invitation is not None and not holds(invitation):
            session.end("revoked")
