"""Signs invitations and checks their signatures: JWT with HS256 (RFC 7519, RFC 8725).

Nothing of a token is in an error: errors are logged. Time is passed in.
"""

from __future__ import annotations

import hashlib
from typing import Any

import jwt
from jwt.types import Options

from rtc_server.invitations.errors import BadInvitation, InvitationExpired
from rtc_server.invitations.invitation import Invitation, from_claims, to_claims

ALGORITHM = "HS256"
ISSUER = AUDIENCE = "tandem"
MAX_TOKEN_LENGTH = 4096  # characters; ours have 400, a provider's up to 2000
CLOCK_SKEW_S = 60.0  # by which the clock of who made a token may be ahead
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
# What is checked here with the time that is passed in.
OPTIONS: Options = {
    "require": ["exp", "iat", "jti"],
    "verify_exp": False,
    "verify_iat": False,
}


class InvitationSigner:
    """Signs and reads invitations with one secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        # Tells a token of an older secret from a forged one. Nobody can guess the secret from it.
        self.key = hashlib.sha256(b"tandem key\0" + self._secret).hexdigest()[:8]

    def sign(self, invitation: Invitation) -> str:
        """The token of an invitation."""
        claims = {"iss": ISSUER, "aud": AUDIENCE, **to_claims(invitation)}
        return jwt.encode(claims, self._secret, ALGORITHM, headers={"kid": self.key})

    def read(self, token: str, now_s: float) -> Invitation:
        """The invitation of a token of this server.

        :raises BadInvitation: it is none, or was signed with another secret.
        :raises InvitationExpired: it has ended.
        """
        invitation = self.read_expired(token)
        require_in_time(invitation.issued_s, invitation.expires_s, now_s)
        return invitation

    def read_expired(self, token: str) -> Invitation:
        """The invitation of a token, whether it has ended or not.

        :raises BadInvitation: it is none, or was signed with another secret.
        """
        if read_header(token).get("kid") not in (None, self.key):
            raise BadInvitation(OTHER_SECRET)
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options=OPTIONS,
            )
        except (jwt.InvalidTokenError, ValueError, OverflowError, RecursionError) as error:
            raise BadInvitation(describe(error)) from None
        return from_claims(claims, self.key)


OTHER_SECRET = (
    "this invitation was signed with another secret: it is of another server, or all invitations "
    "were revoked; ask for a new one"
)


def read_header(token: str) -> dict[str, Any]:
    """The header of a token, which nobody has checked.

    :raises BadInvitation: it is no token.
    """
    if len(token) > MAX_TOKEN_LENGTH:
        raise BadInvitation(
            f"expected an invitation of at most {MAX_TOKEN_LENGTH} characters, got {len(token)}"
        )
    try:
        return dict(jwt.get_unverified_header(token))
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise BadInvitation(describe(error)) from None


def require_in_time(issued_s: float, expires_s: float, now_s: float) -> None:
    """
    :raises InvitationExpired: it has ended.
    :raises BadInvitation: it was issued in the future.
    """
    if issued_s > now_s + CLOCK_SKEW_S:
        raise BadInvitation(
            "this invitation is of the future: the clock of this server or of who made it is wrong"
        )
    if expires_s <= now_s:
        ago = describe_duration(now_s - expires_s)
        raise InvitationExpired(f"this invitation ended {ago} ago; ask for a new one")


def describe(error: Exception) -> str:
    """Why a token is no invitation, without a word of the token."""
    match error:
        case jwt.InvalidSignatureError():
            return OTHER_SECRET
        case jwt.InvalidAudienceError() | jwt.InvalidIssuerError():
            return "expected an invitation to this server, got a token that is made for another"
        case jwt.MissingRequiredClaimError():
            return f"expected an invitation with the claim {error.claim!r}, got one without"
        case jwt.InvalidAlgorithmError():
            return f"expected an invitation that is signed with {ALGORITHM}, got another token"
        case jwt.ImmatureSignatureError():
            return "this invitation is not valid yet"
        case _:
            return "expected an invitation, got something else; open the whole link"


def describe_duration(duration_s: float) -> str:
    """A length of time in the unit that fits: 3 hours."""
    for name, unit_s in (("day", DAY_S), ("hour", HOUR_S), ("minute", MINUTE_S), ("second", 1)):
        if (count := int(duration_s // unit_s)) or name == "second":
            return f"{count} {name}{'' if count == 1 else 's'}"
    raise AssertionError
