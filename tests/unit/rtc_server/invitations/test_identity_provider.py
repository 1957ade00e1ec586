"""Tokens of an identity provider: its keys alone, of its algorithms alone, and rarely fetched."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt import PyJWKSet
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from rtc_server.config import Config
from rtc_server.errors import BadConfig
from rtc_server.invitations.errors import (
    BadInvitation,
    InvitationExpired,
    InvitationsUnavailable,
)
from rtc_server.invitations.identity_provider import (
    LIFESPAN_S,
    MIN_INTERVAL_S,
    IdentityProvider,
)

NOW_S = 1_800_000_000.0
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()
CONFIG = Config(jwks="https://id.example/jwks", jwks_issuer="https://id.example")
CLAIMS: dict[str, Any] = {
    **{"iss": "https://id.example", "aud": "tandem", "sub": "user-7", "role": "learner"},
    **{"iat": int(NOW_S), "exp": int(NOW_S) + 3600, "name": "Ann"},
}


def public(key: Any, algorithm: Any, alg: str, id: str) -> dict[str, Any]:
    return {**json.loads(algorithm.to_jwk(key.public_key())), "alg": alg, "kid": id, "use": "sig"}


KEYS = [
    public(RSA_KEY, RSAAlgorithm, "RS256", "r"),
    public(EC_KEY, ECAlgorithm, "ES256", "e"),
    public(ED_KEY, OKPAlgorithm, "EdDSA", "d"),
]


class Keys:
    """Stands for the client that fetches them, and counts."""

    def __init__(self, *keys: dict[str, Any]) -> None:
        self.keys = list(keys)
        self.fetched = 0
        self.fails = False

    def get_jwk_set(self) -> PyJWKSet:
        self.fetched += 1
        if self.fails:
            raise jwt.PyJWKClientConnectionError("nobody there")
        return PyJWKSet.from_dict({"keys": self.keys})


def provider_with(keys: Keys, config: Config = CONFIG) -> IdentityProvider:
    provider = IdentityProvider(config)
    provider._client = keys  # type: ignore[assignment]
    return provider


def sign(alg: str = "RS256", key: Any = RSA_KEY, kid: str | None = "r", **claims: Any) -> str:
    given = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    return jwt.encode(given, key, alg, headers={"kid": kid} if kid else {})


@pytest.mark.parametrize(
    ("alg", "key", "kid"), [("RS256", RSA_KEY, "r"), ("ES256", EC_KEY, "e"), ("EdDSA", ED_KEY, "d")]
)
async def test_a_token_is_an_invitation(alg: str, key: Any, kid: str) -> None:
    provider = provider_with(Keys(*KEYS))
    invitation = await provider.read(sign(alg, key, kid), NOW_S)
    assert (invitation.role, invitation.name, invitation.lesson) == ("learner", "Ann", None)
    again = await provider.read(sign(alg, key, kid, name="Ann Lee", role="teacher"), NOW_S)
    assert again.learner == invitation.learner and again.role == "teacher"
    assert not invitation.is_shared and invitation.expires_s == NOW_S + 3600


async def test_two_users_of_one_name_are_two_learners() -> None:
    provider = provider_with(Keys(*KEYS))
    one = await provider.read(sign(), NOW_S)
    other = await provider.read(sign(sub="user-8"), NOW_S)
    assert one.name == other.name and one.learner != other.learner


@pytest.mark.parametrize("roles", [["learner", "teacher"], ["x", "teacher"], "teacher"])
async def test_the_role_may_be_in_a_list(roles: object) -> None:
    assert (await provider_with(Keys(*KEYS)).read(sign(role=roles), NOW_S)).role == "teacher"


@pytest.mark.parametrize("name", ["A" * 41, "", 7, "..."])
async def test_a_user_whose_name_cannot_be_a_learners_chooses_one(name: object) -> None:
    assert (await provider_with(Keys(*KEYS)).read(sign(name=name), NOW_S)).name is None


def pem() -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return RSA_KEY.public_key().public_bytes(serialization.Encoding.PEM, form)


def test_the_public_key_as_a_secret_is_what_pyjwt_itself_refuses_to_sign() -> None:
    with pytest.raises(jwt.InvalidKeyError):
        jwt.encode(CLAIMS, pem(), "HS256")


REFUSED: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "else"},
    "another issuer": {"iss": "https://evil.example"},
    "no end": {"exp": None},
    "no user": {"sub": None},
    "no role": {"role": None},
    "another role": {"role": "admin"},
    "a role that is a part of a word": {"role": "unteacherly"},
    "the future": {"iat": int(NOW_S) + 600},
    "another key's signature": {"key": rsa.generate_private_key(65537, 2048)},
    "a key of another algorithm": {"alg": "ES256", "key": EC_KEY, "kid": "r"},
    "another hash": {"alg": "RS512"},
    "HS256 with the modulus": {"alg": "HS256", "key": KEYS[0]["n"]},
    "no algorithm": {"alg": "none", "key": None},
}


@pytest.mark.parametrize("wrong", REFUSED.values(), ids=REFUSED)
async def test_other_tokens_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInvitation):
        await provider_with(Keys(*KEYS)).read(sign(**wrong), NOW_S)


async def test_one_that_has_ended_says_so() -> None:
    with pytest.raises(InvitationExpired, match="ended 1 hour ago"):
        await provider_with(Keys(*KEYS)).read(sign(), NOW_S + 7200)


async def test_keys_are_fetched_once_and_not_for_each_unknown_key() -> None:
    keys = Keys(*KEYS[:1])
    provider = provider_with(keys)
    for k in range(200):
        await provider.read(sign(), NOW_S + k / 100)
        with pytest.raises(BadInvitation, match="a key that the identity provider has not"):
            await provider.read(sign(kid=f"unknown-{k}"), NOW_S + k / 100)
    assert keys.fetched == 1
    keys.keys.append(KEYS[1])  # the provider's keys change
    assert await provider.read(sign("ES256", EC_KEY, "e"), NOW_S + MIN_INTERVAL_S)
    assert keys.fetched == 2


async def test_a_clock_that_is_set_back_does_not_stop_fetching() -> None:
    keys = Keys(*KEYS[:1])
    provider = provider_with(keys)
    await provider.read(sign(), NOW_S)
    keys.keys.append(KEYS[1])
    assert await provider.read(sign("ES256", EC_KEY, "e"), NOW_S - 30)
    assert keys.fetched == 2


async def test_known_keys_outlast_a_provider_that_does_not_answer() -> None:
    keys = Keys(*KEYS)
    provider = provider_with(keys)
    await provider.read(sign(), NOW_S)
    keys.fails = True
    assert await provider.read(sign(), NOW_S + LIFESPAN_S + 1)
    assert keys.fetched == 2


async def test_without_any_keys_it_says_that_the_provider_gives_none() -> None:
    keys = Keys()
    keys.fails = True
    provider = provider_with(keys)
    for _ in range(3):
        with pytest.raises(InvitationsUnavailable, match="gives no keys; try again soon"):
            await provider.read(sign(), NOW_S)
    assert keys.fetched == 1


@pytest.mark.parametrize("url", ["http://id.example/jwks", "file:///etc/passwd", "id.example", "x"])
def test_keys_come_over_https(url: str) -> None:
    with pytest.raises(BadConfig, match="jwks: expected an https URL"):
        Config(jwks=url)
    assert Config(jwks="http://127.0.0.1:9/jwks").jwks
