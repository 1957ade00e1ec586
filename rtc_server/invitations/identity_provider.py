"""Tokens of one's own identity provider: JWT with public keys from its JWKS (RFC 7517, RFC 8725).

Keys are fetched from the configured address only, whatever a token names, and rarely: tokens with
keys that nobody knows must not cause a request each. Only algorithms with public keys are accepted,
so nobody can use a public key as the secret of HS256.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from typing import Any

import jwt
from jwt import PyJWK, PyJWKClient
from jwt.types import Options

from rtc_server.config import Config
from rtc_server.errors import BadLearner
from rtc_server.history.results import parse_learner_name
from rtc_server.invitations.errors import BadInvitation, InvitationsUnavailable
from rtc_server.invitations.invitation import (
    ROLES,
    Invitation,
    Role,
    learner_id_of,
    read_lesson,
    read_time_s,
)
from rtc_server.invitations.signer import (
    describe,
    read_header,
    require_in_time,
)

logger = logging.getLogger(__name__)

ALGORITHMS = ("RS256", "ES256", "EdDSA")
FETCH_TIMEOUT_S = 5.0
LIFESPAN_S = 300.0  # after which keys are fetched again
MIN_INTERVAL_S = 30.0  # between two fetches, also of keys that nobody knows
MAX_KEYS = 100
KEY = "provider"
OPTIONS: Options = {"require": ["exp", "sub"], "verify_exp": False, "verify_iat": False}


class IdentityProvider:
    """Reads a provider's tokens; its keys are fetched in a thread."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._client = PyJWKClient(
            config.jwks, cache_jwk_set=False, cache_keys=False, timeout=FETCH_TIMEOUT_S
        )
        self._keys: Mapping[str | None, PyJWK] = {}
        self._tried_s = float("-inf")  # when keys were fetched last, or should have been
        self._fetched_s = float("-inf")
        self._lock = asyncio.Lock()

    async def read(self, token: str, now_s: float) -> Invitation:
        """The invitation of a provider's token.

        :raises BadInvitation: it is none.
        :raises InvitationExpired: it has ended.
        :raises InvitationsUnavailable: the provider does not answer.
        """
        header = read_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise BadInvitation(
                f"expected a token that is signed with {', '.join(ALGORITHMS)}, got another one"
            )
        key = await self._find_key(header.get("kid"), now_s)
        invitation = self._to_invitation(self._verify(token, key), token)
        require_in_time(invitation.issued_s, invitation.expires_s, now_s)
        return invitation

    def _verify(self, token: str, key: PyJWK) -> dict[str, Any]:
        if key.algorithm_name not in ALGORITHMS:
            raise BadInvitation("expected a token with a public key, got another one")
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._config.jwks_audience,
                issuer=self._config.jwks_issuer or None,
                options=OPTIONS,
            )
        except (jwt.InvalidTokenError, ValueError, OverflowError, RecursionError) as error:
            raise BadInvitation(describe(error)) from None

    def _to_invitation(self, claims: Mapping[str, Any], token: str) -> Invitation:
        expires_s = read_time_s(claims, "exp")
        role = self._read_role(claims.get(self._config.jwks_role_claim))
        return Invitation(
            id=hashlib.sha256(token.encode()).hexdigest()[:16],
            role=role,
            learner=learner_id_of("user", f"{claims.get('iss')}\0{claims['sub']}"),
            name=_usable_name(claims.get("name")),
            lesson=read_lesson(claims.get("lesson"), role),
            issued_s=read_time_s(claims, "iat") if "iat" in claims else 0.0,
            expires_s=expires_s,
            key=KEY,
        )

    def _read_role(self, value: object) -> Role:
        """The highest role in the claim: a word, or a list of words."""
        words = value if isinstance(value, list) else [value]
        for role in reversed(ROLES):
            if role in words:
                return role
        raise BadInvitation(
            f"expected a token whose claim {self._config.jwks_role_claim!r} has "
            f"{' or '.join(ROLES)}, got another one"
        )

    async def _find_key(self, id: object, now_s: float) -> PyJWK:
        """The key of that id, from memory if possible.

        :raises BadInvitation: the provider has none.
        :raises InvitationsUnavailable: it does not answer, and no keys are known.
        """
        name = id if isinstance(id, str) else None
        if name not in self._keys or not 0 <= now_s - self._fetched_s <= LIFESPAN_S:
            async with self._lock:
                if not 0 <= now_s - self._tried_s < MIN_INTERVAL_S:  # or the clock was set back
                    await self._fetch(now_s)
        if name in self._keys:
            return self._keys[name]
        if not self._keys:
            raise InvitationsUnavailable("the identity provider gives no keys; try again soon")
        raise BadInvitation("this token is signed with a key that the identity provider has not")

    async def _fetch(self, now_s: float) -> None:
        """Fetch the keys; where that fails, those that are known stay."""
        self._tried_s = now_s
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S):
                found = (await asyncio.to_thread(self._client.get_jwk_set)).keys[:MAX_KEYS]
        except (jwt.PyJWTError, OSError, ValueError, TimeoutError) as error:
            logger.warning("no keys from the identity provider %s: %s", self._config.jwks, error)
            return
        self._keys = {key.key_id: key for key in found if key.public_key_use in ("sig", None)}
        self._fetched_s = now_s


def _usable_name(value: object) -> str | None:
    """The name of a provider's user; None where it cannot be a learner's: they then choose one."""
    try:
        return parse_learner_name(value)
    except BadLearner:
        return None
