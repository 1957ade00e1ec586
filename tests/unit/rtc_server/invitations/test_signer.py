"""Signed invitations: what is read back, and every kind of token that is refused."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from rtc_server.invitations.errors import BadInvitation, InvitationExpired
from rtc_server.invitations.invitation import Invitation, learner_id_of
from rtc_server.invitations.signer import (
    MAX_TOKEN_LENGTH,
    InvitationSigner,
    describe_duration,
)

SECRET = "a secret of the tests that is long enough"
NOW_S = 1_800_000_000.0
SIGNER = InvitationSigner(SECRET)
ANN = Invitation(
    id="0123456789abcdef",
    role="learner",
    learner=learner_id_of("name", "Ann"),
    name="Ann",
    lesson="demo",
    issued_s=NOW_S,
    expires_s=NOW_S + 3600,
    key=SIGNER.key,
)
CLAIMS: dict[str, Any] = {
    **{"iss": "tandem", "aud": "tandem", "jti": ANN.id, "sub": ANN.learner, "role": "learner"},
    **{"iat": int(NOW_S), "exp": int(NOW_S) + 60},
}


def sign(claims: dict[str, Any], secret: str = SECRET, alg: str = "HS256", **header: Any) -> str:
    return jwt.encode(claims, secret, alg, headers=header)


def by_hand(header: object, claims: object, signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def test_an_invitation_is_read_back() -> None:
    token = SIGNER.sign(ANN)
    assert SIGNER.read(token, NOW_S) == ANN
    assert len(token) < 500


def test_without_a_name_it_is_shared_and_belongs_to_its_link() -> None:
    link = learner_id_of("link", ANN.id)
    shared = replace(ANN, name=None, is_shared=True, learner=link)
    read = SIGNER.read(SIGNER.sign(shared), NOW_S)
    assert read.is_shared and read.name is None
    assert read == shared


def test_who_comes_is_said_where_no_name_says_it() -> None:
    """As of a provider's user, and of a browser that came with a shared link."""
    for invitation in (replace(ANN, learner="7" * 32), replace(ANN, name=None, learner="8" * 32)):
        assert SIGNER.read(SIGNER.sign(invitation), NOW_S) == invitation
    assert len(SIGNER.sign(ANN)) < len(SIGNER.sign(replace(ANN, learner="7" * 32))) - 50


def test_a_name_belongs_to_one_learner_whatever_the_secret() -> None:
    assert learner_id_of("name", "Ann") == learner_id_of("name", "Ann")
    assert learner_id_of("name", "Ann") != learner_id_of("name", "ann")
    assert learner_id_of("name", "Ann") != learner_id_of("user", "Ann")


def test_it_ends_to_the_second_and_says_how_long_ago() -> None:
    token = SIGNER.sign(ANN)
    assert SIGNER.read(token, NOW_S + 3599)
    with pytest.raises(InvitationExpired, match=r"^this invitation ended 0 seconds ago; ask for"):
        SIGNER.read(token, NOW_S + 3600)
    with pytest.raises(InvitationExpired, match="ended 2 days ago"):
        SIGNER.read(token, NOW_S + 3600 + 2.5 * 86400)
    assert SIGNER.read_expired(token) == ANN


@pytest.mark.parametrize(
    ("duration_s", "text"),
    [(0, "0 seconds"), (1.9, "1 second"), (119, "1 minute"), (7200, "2 hours"), (9e5, "10 days")],
)
def test_a_duration_is_said_in_its_unit(duration_s: float, text: str) -> None:
    assert describe_duration(duration_s) == text


def test_one_of_another_secret_says_so_with_and_without_a_key_id() -> None:
    other = InvitationSigner("another secret that is long enough, too")
    for token in (other.sign(ANN), sign(CLAIMS, "another secret that is long enough, too")):
        with pytest.raises(BadInvitation, match=r"^this invitation was signed with another secret"):
            SIGNER.read(token, NOW_S)
    forged = sign(CLAIMS, "another secret that is long enough, too", kid=SIGNER.key)
    with pytest.raises(BadInvitation, match="another secret"):
        SIGNER.read(forged, NOW_S)


WRONG: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "else"},
    "no audience": {"aud": None},
    "another issuer": {"iss": "else"},
    "no end": {"exp": None},
    "no beginning": {"iat": None},
    "no id": {"jti": None},
    "an id that is a path": {"jti": "../../etc/passwd"},
    "no role": {"role": None},
    "another role": {"role": "operator"},
    "a list of roles": {"role": ["teacher"]},
    "an end that is text": {"exp": "tomorrow"},
    "an end that is true": {"exp": True},
    "an end without end": {"exp": 1e300},
    "an end that is huge": {"exp": 10**400},
    "a beginning before time": {"iat": -1},
    "the future": {"iat": int(NOW_S) + 600, "exp": int(NOW_S) + 900},
    "a learner that is no id": {"sub": "Ann"},
    "a learner that is a number": {"sub": 7},
    "a name with control characters": {"name": "A\u0000nn"},
    "a name that is a list": {"name": ["Ann"]},
    "a long name": {"name": "A" * 41},
    "a lesson that is a path": {"lesson": "../demo"},
    "a teacher of one lesson": {"role": "teacher", "lesson": "demo"},
    "a lesson that is a number": {"lesson": 1},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_wrong_claims_are_refused(claims: dict[str, Any]) -> None:
    given = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    with pytest.raises(BadInvitation) as refused:
        SIGNER.read(sign(given), NOW_S)
    assert len(str(refused.value)) < 250


def test_other_algorithms_are_refused() -> None:
    unsigned = by_hand({"alg": "none", "typ": "JWT"}, CLAIMS)
    key = rsa.generate_private_key(65537, 2048)
    for token in (
        unsigned,
        by_hand({"alg": "nOnE"}, CLAIMS),
        sign(CLAIMS, SECRET * 2, "HS512"),
        jwt.encode(CLAIMS, key, "RS256"),
        by_hand({"alg": "HS256", "b64": False, "crit": ["b64"]}, CLAIMS, b"x" * 32),
    ):
        with pytest.raises(BadInvitation):
            SIGNER.read(token, NOW_S)


JUNK = {
    "nothing": "",
    "a word": "hello-there",
    "dots": "..",
    "no base64": "a.b.c",
    "letters of other scripts": "안녕.하세요.여러분",
    "a null byte": "a\0.b.c",
    "a header that is a list": by_hand([], {}),
    "a key id that is a list": by_hand({"alg": "HS256", "kid": [1]}, CLAIMS),
    "claims that are text": by_hand({"alg": "HS256"}, "claims"),
    "nesting": by_hand({"alg": "HS256"}, {}).replace(".", "." + "W1tb" * 500, 1),
    "a huge one": SIGNER.sign(ANN) + "A" * MAX_TOKEN_LENGTH,
}


@pytest.mark.parametrize("token", JUNK.values(), ids=JUNK)
def test_what_is_no_token_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(BadInvitation) as refused:
        SIGNER.read(token, NOW_S)
    said = str(refused.value)
    assert len(said) < 250 and (len(token) < 8 or token[:40] not in said)


def test_a_changed_token_is_refused_wherever_it_is_changed() -> None:
    token = SIGNER.sign(ANN)
    for place in range(0, len(token) - 1, 7):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(BadInvitation):
            SIGNER.read(token[:place] + other + token[place + 1 :], NOW_S)
