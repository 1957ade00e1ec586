"""Why somebody may not come, or not do that: each message is a sentence for whoever was invited."""

from __future__ import annotations

from rtc_server.errors import TandemError


class InvitationNeeded(TandemError):
    """Only clients with an invitation may do this, and the request carries none."""

    code = "invitation_needed"


class BadInvitation(InvitationNeeded):
    """A token that is no invitation of this server: another secret, another purpose, or broken."""

    code = "bad_invitation"


class InvitationExpired(InvitationNeeded):
    """An invitation that has ended."""

    code = "invitation_expired"


class InvitationRevoked(InvitationNeeded):
    """An invitation that a teacher has revoked."""

    code = "invitation_revoked"


class RoleNeeded(TandemError):
    """An invitation that is valid, but not for this: a learner's where a teacher's is needed."""

    code = "role_needed"


class OtherLessonInvited(TandemError):
    """An invitation to one lesson, used for another."""

    code = "other_lesson_invited"


class CrossSite(TandemError):
    """A page of another site used the invitation of this server's page."""

    code = "cross_site"


class TooManyRequests(TandemError):
    """One invitation, or failing ones from one address, are used more often than is allowed."""

    code = "too_many_requests"


class InvitationsOff(TandemError):
    """This server is open to everybody, so it knows no invitations."""

    code = "invitations_off"


class UnknownInvitation(TandemError):
    """No invitation of that id is kept: it ended, or never existed."""

    code = "unknown_invitation"


class InvitationsUnavailable(TandemError):
    """The list of invitations or the provider of identities does not answer at the moment."""

    code = "invitations_unavailable"
