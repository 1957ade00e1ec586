"""An invitation and the claims of its token (RFC 7519). Pure.

A name belongs to one learner: whoever is invited as Ann, by whichever link, sees Ann's results. An
invitation without a name may be for many. Each browser that opens it becomes a learner of its own.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from rtc_server.errors import BadLearner
from rtc_server.history.results import parse_learner_name
from rtc_server.invitations.errors import BadInvitation
from rtc_server.lessons.store import LESSON_ID

Role = Literal["learner", "teacher"]
ROLES: tuple[Role, ...] = get_args(Role)
LEARNER_ID = re.compile(r"[0-9a-f]{32}")
INVITATION_ID = re.compile(r"[0-9a-f]{16}")
MAX_TIME_S = 253_402_300_799  # the year 9999: what other clocks and cookies can say, too


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who may come, as what, to which lesson and until when."""

    id: str  # by which it is listed and revoked; no secret
    role: Role
    learner: str  # the id of who comes: results and sessions belong to it
    name: str | None  # that results are kept under; None: what the learner types
    lesson: str | None  # None: all
    issued_s: float  # Unix time, like the next
    expires_s: float
    key: str  # which secret or provider signed it
    is_shared: bool = False  # without a name: for each browser a learner of its own


def owner_of(invitation: Invitation | None) -> str | None:
    """Whose sessions and results are those of who came so; None: of nobody, without invitation."""
    return None if invitation is None else invitation.learner


def new_invitation_id() -> str:
    return secrets.token_hex(8)


def new_learner_id() -> str:
    return secrets.token_hex(16)


def learner_id_of(kind: str, value: str) -> str:
    """The id of the learner of a name, of a shared link, or of a provider's user: always the same.

    It is no secret, and a new secret of the server does not change it.
    """
    return hashlib.sha256(f"{kind}\0{value}".encode()).hexdigest()[:32]


def implied_learner_id(id: str, name: str | None) -> str:
    """Who comes with an invitation that says no more than a name, or not even that."""
    return learner_id_of("link", id) if name is None else learner_id_of("name", name)


def to_claims(invitation: Invitation) -> dict[str, Any]:
    """What a token says of an invitation, besides who made it for whom.

    It leaves out what follows from the rest: a link is short, and its QR code has few modules.
    """
    implied = implied_learner_id(invitation.id, invitation.name)
    claims = {
        "jti": invitation.id,
        "role": invitation.role,
        "sub": None if invitation.learner == implied else invitation.learner,
        "name": invitation.name,
        "lesson": invitation.lesson,
        "iat": int(invitation.issued_s),
        "exp": int(invitation.expires_s),
    }
    return {name: value for name, value in claims.items() if value is not None}


def from_claims(claims: Mapping[str, Any], key: str) -> Invitation:
    """The invitation of a token that this server has signed.

    :raises BadInvitation: a claim is missing or wrong.
    """
    id, role = claims.get("jti"), claims.get("role")
    if not isinstance(id, str) or not INVITATION_ID.fullmatch(id) or role not in ROLES:
        raise BadInvitation("expected an invitation with an id and a role, got another token")
    learner = claims.get("sub")
    if learner is not None and not (isinstance(learner, str) and LEARNER_ID.fullmatch(learner)):
        raise BadInvitation("expected an invitation with the id of a learner, got another token")
    name = read_name(claims.get("name"))
    return Invitation(
        id=id,
        role=role,
        learner=learner or implied_learner_id(id, name),
        name=name,
        lesson=read_lesson(claims.get("lesson"), role),
        issued_s=read_time_s(claims, "iat"),
        expires_s=read_time_s(claims, "exp"),
        key=key,
        is_shared=learner is None and name is None,
    )


def read_name(value: object) -> str | None:
    """
    :raises BadInvitation: no name of a learner.
    """
    try:
        return None if value is None else parse_learner_name(value)
    except BadLearner as error:
        raise BadInvitation(f"expected an invitation with a name: {error}") from None


def read_lesson(value: object, role: Role) -> str | None:
    """
    :raises BadInvitation: no id of a lesson, or one for a teacher, who is invited to all.
    """
    if value is not None and role == "teacher":
        raise BadInvitation("a teacher is invited to all lessons; leave out the lesson")
    if value is None or (isinstance(value, str) and LESSON_ID.fullmatch(value)):
        return value
    raise BadInvitation("expected an invitation with the id of a lesson, got another token")


def read_time_s(claims: Mapping[str, Any], name: str) -> float:
    """
    :raises BadInvitation: not a time (RFC 7519, 2: NumericDate).
    """
    value = claims.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= MAX_TIME_S:  # type: ignore[operator]
        raise BadInvitation(f"expected an invitation with the time {name!r}, got another token")
    return float(value)  # type: ignore[arg-type]
