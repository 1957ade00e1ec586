"""Who sends a request to a server that asks for invitations, and what is theirs. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from rtc_server.invitations.errors import OtherLessonInvited, RoleNeeded
from rtc_server.invitations.invitation import Invitation, Role


@dataclass(frozen=True, slots=True)
class Identity:
    """Who it is, and as what."""

    role: Role
    invitation: Invitation | None = None  # None: the operator
    until_s: float | None = None  # when the operator's cookie ends, in Unix time

    @property
    def owner(self) -> str | None:
        """Whose sessions and results alone they may reach; None: everybody's."""
        return self.invitation.learner if self.invitation and self.role == "learner" else None

    def describe(self) -> dict[str, object]:
        """What their page shows of it."""
        invitation = self.invitation
        return {
            "role": self.role,
            "name": invitation and invitation.name,
            "lesson": invitation and invitation.lesson,
            "expires_at": invitation.expires_s if invitation else self.until_s,
            "problem": None,
        }


OPERATOR = Identity("teacher")


def describe_uninvited(problem: str) -> dict[str, object]:
    """The same of somebody who may not come, with the code of why."""
    nothing = dict.fromkeys(("role", "name", "lesson", "expires_at"))
    return {**nothing, "problem": problem}


def require_role(identity: Identity, role: Role) -> None:
    """
    :raises RoleNeeded: a learner's invitation where a teacher's is needed.
    """
    if role == "teacher" and identity.role != "teacher":
        raise RoleNeeded("expected a teacher's invitation, got a learner's; ask your teacher")


def require_invited_lesson(identity: Identity | None, lesson: str) -> None:
    """Check the lesson before it is looked for: the answer does not tell which lessons exist.

    :raises OtherLessonInvited: the invitation is to another lesson.
    """
    invited = identity.invitation.lesson if identity and identity.invitation else None
    if invited is not None and lesson != invited:
        raise OtherLessonInvited(f"this invitation is to the lesson {invited!r} only")


def require_own_name(identity: Identity | None, name: str) -> None:
    """Check a name before it is looked for: the answer does not tell which names exist.

    :raises RoleNeeded: it is not that of the invited learner.
    """
    if identity is None or identity.owner is None or identity.invitation is None:
        return
    if identity.invitation.is_shared:
        raise RoleNeeded(
            "expected the cookie of a browser: a link without a name is for many, and "
            "shows results only to the browser that opened it"
        )
    if identity.invitation.name not in (None, name):
        raise RoleNeeded("expected your own name: an invitation opens your own results only")


def choose_learner_name(invitation: Invitation | None, asked: str | None) -> str | None:
    """The name to keep a result under; None: none is kept, because the learner wants none.

    :param asked: the name that the learner sent. Where the invitation has one, that one counts.
    """
    if asked is None or invitation is None:
        return asked
    return invitation.name or asked


def choose_dancer_names(
    invitation: Invitation | None, asked: tuple[str | None, ...]
) -> tuple[str | None, ...]:
    """The same of several dancers: who was invited is one of them, the first with a name.

    Results belong to who was invited, so nobody else's are kept.
    """
    if invitation is None:
        return asked
    own = next((k for k, name in enumerate(asked) if name is not None), None)
    return tuple(
        choose_learner_name(invitation, name) if k == own else None for k, name in enumerate(asked)
    )
