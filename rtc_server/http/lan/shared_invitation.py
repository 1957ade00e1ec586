"""The invitation in the QR code, for everybody who scans it: made anew at each start and day."""

from __future__ import annotations

import threading

from rtc_server.config import Config
from rtc_server.invitations.errors import InvitationNeeded
from rtc_server.invitations.issue import InvitationWish, sign_invitation
from rtc_server.invitations.secret import load_secret
from rtc_server.invitations.signer import DAY_S, InvitationSigner
from rtc_server.invitations.store import InvitationStore

LASTS_S = 7 * DAY_S
RENEWED_S = 1 * DAY_S  # so that one that is scanned holds for six days at least


class SharedInvitation:
    """Blocking; for any thread."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._store = InvitationStore(config.invitations)
        self._lock = threading.Lock()
        self._token = ""

    def make_fragment(self, now_s: float) -> str:
        """What the link carries: the present invitation; "" where the server asks for none.

        :raises BadConfig: the secret cannot be read or made.
        :raises InvitationsUnavailable: a new invitation cannot be kept.
        """
        if self._config.access != "invite":
            return ""
        with self._lock:
            signer = InvitationSigner(load_secret(self._config))
            if not self._holds(signer, now_s):
                wish = InvitationWish(lasts_s=LASTS_S)
                self._token, _ = sign_invitation(signer, self._store, wish, now_s)
            return f"invite={self._token}"

    def _holds(self, signer: InvitationSigner, now_s: float) -> bool:
        """Whether the last one is young, of the present secret, and not revoked."""
        try:
            invitation = signer.read(self._token, now_s)
        except InvitationNeeded:
            return False
        return (
            now_s - invitation.issued_s < RENEWED_S
            and invitation.id not in self._store.revoked_ids(now_s)
        )
