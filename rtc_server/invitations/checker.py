"""What a running server asks: whether a token is an invitation that still holds.

A secret that was replaced and invitations that were revoked by another process (`run.py invite`)
count within two seconds: their files are looked at once a second, in a thread.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TypeVar

from rtc_server.config import Config
from rtc_server.errors import BadConfig
from rtc_server.invitations.errors import (
    InvitationRevoked,
    InvitationsUnavailable,
)
from rtc_server.invitations.identity_provider import KEY, IdentityProvider
from rtc_server.invitations.invitation import Invitation
from rtc_server.invitations.issue import InvitationWish, sign_invitation
from rtc_server.invitations.operator import operator_invitation, operator_signer
from rtc_server.invitations.secret import load_secret
from rtc_server.invitations.signer import ALGORITHM, InvitationSigner, read_header
from rtc_server.invitations.store import InvitationStore, IssuedInvitation

logger = logging.getLogger(__name__)

T = TypeVar("T")
INTERVAL_S = 1.0


class InvitationChecker:
    """The secret, the revoked invitations and the identity provider of one server."""

    def __init__(self, config: Config) -> None:
        """Blocking.

        :raises BadConfig: the secret cannot be read or made.
        :raises InvitationsUnavailable: the list of invitations cannot be used.
        """
        self._config = config
        self._store = InvitationStore(config.invitations)
        self._provider = IdentityProvider(config) if config.jwks else None
        self._use_secret(load_secret(config))
        self._revoked = self._store.revoked_ids(time.time())
        self._refreshing = asyncio.Lock()

    async def read(self, token: str) -> Invitation:
        """The invitation of a token.

        :raises BadInvitation: it is none, or of another secret.
        :raises InvitationExpired: it has ended.
        :raises InvitationRevoked: it was revoked.
        :raises InvitationsUnavailable: the identity provider does not answer.
        """
        now_s = time.time()
        if self._provider is not None and read_header(token).get("alg") != ALGORITHM:
            return await self._provider.read(token, now_s)
        invitation = self._signer_of(token).read(token, now_s)
        if invitation.id in self._revoked:
            raise InvitationRevoked("this invitation was revoked; ask for a new one")
        return invitation

    def read_expired(self, token: str) -> Invitation:
        """The invitation of a token that may have ended or been revoked.

        :raises BadInvitation: it is none, or of another secret.
        """
        return self._signer.read_expired(token)

    def sign(self, invitation: Invitation) -> str:
        """A token of this server for an invitation that holds."""
        is_operators = self.is_operators(invitation)
        return (self._operator_signer if is_operators else self._signer).sign(invitation)

    def invite_operator(self) -> Invitation:
        """What the operator's browser gets for the operator's token."""
        return operator_invitation(self._operator_signer.key, time.time())

    def is_operators(self, invitation: Invitation) -> bool:
        """Whether somebody has it who sent the operator's token."""
        return invitation.key == self._operator_signer.key

    @property
    def key(self) -> str:
        """Which secret signs now."""
        return self._signer.key

    def holds(self, invitation: Invitation) -> bool:
        """Whether an invitation was not revoked, neither by itself nor with all others."""
        return invitation.id not in self._revoked and invitation.key in (self.key, KEY)

    async def issue(self, wish: InvitationWish) -> tuple[str, IssuedInvitation]:
        """Make an invitation; return its token and what is kept of it."""
        signer = self._signer
        return await self._in_thread(
            lambda: sign_invitation(signer, self._store, wish, time.time())
        )

    async def list(self) -> list[IssuedInvitation]:
        """The invitations that have not ended, the newest first."""
        return await self._in_thread(lambda: self._store.list(time.time()))

    async def revoke(self, id: str) -> None:
        """Revoke an invitation; nobody comes with it from now on.

        :raises UnknownInvitation: there is none that has not ended.
        """
        await self._in_thread(lambda: self._store.revoke(id, time.time()))
        await self.refresh()

    async def refresh(self) -> None:
        """Read what another process may have changed; where that fails, what is known stays."""
        # One after the other: what was read before a revocation must not be kept after it.
        async with self._refreshing:
            try:
                secret = await self._in_thread(lambda: load_secret(self._config, make=False))
                revoked = await self._in_thread(lambda: self._store.revoked_ids(time.time()))
            except (BadConfig, InvitationsUnavailable) as error:
                logger.error("%s", error)
                return
            self._use_secret(secret)
            self._revoked = revoked

    async def keep_fresh(self, on_refreshed: Callable[[], None]) -> None:
        """Read both again each second, until cancelled."""
        while True:
            await asyncio.sleep(INTERVAL_S)
            await self.refresh()
            on_refreshed()

    def _use_secret(self, secret: str) -> None:
        self._signer = InvitationSigner(secret)
        self._operator_signer = operator_signer(secret, self._config.operator_token)

    def _signer_of(self, token: str) -> InvitationSigner:
        """
        :raises BadInvitation: it is no token.
        """
        is_operators = read_header(token).get("kid") == self._operator_signer.key
        return self._operator_signer if is_operators else self._signer

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.to_thread(work)
