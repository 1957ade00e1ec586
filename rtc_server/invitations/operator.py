"""What a browser of the operator gets for the operator's token: a cookie for images and sockets.

It is signed with a key that is made of the secret and of that token. So it ends when either of them
is replaced, and nothing in it says anything of the token. It stands in no list.
"""

from __future__ import annotations

import hashlib
import hmac

from rtc_server.invitations.invitation import Invitation, learner_id_of, new_invitation_id
from rtc_server.invitations.signer import InvitationSigner

LASTS_S = 12 * 3600.0  # the page asks for another one before, while it has the token


def operator_signer(secret: str, operator_token: str) -> InvitationSigner:
    """Signs and reads the cookies of who sent the operator's token."""
    key = hmac.new(secret.encode(), b"tandem operator\0" + operator_token.encode(), hashlib.sha256)
    return InvitationSigner(key.hexdigest())


def operator_invitation(key: str, now_s: float) -> Invitation:
    """What such a cookie says.

    :param key: of the signer.
    """
    return Invitation(
        *(new_invitation_id(), "teacher", learner_id_of("operator", "")),
        name=None,
        lesson=None,
        issued_s=now_s // 1,  # as its token will say
        expires_s=now_s // 1 + LASTS_S,
        key=key,
    )
