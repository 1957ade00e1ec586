"""Which requests open a way through the bad network."""

from __future__ import annotations

import json

import pytest

from tools.lossy_proxy import find_offer


@pytest.mark.parametrize("asked", [{"lesson": "demo"}, {"pairing": "12345678"}, {"learner": "Ann"}])
def test_the_offer_of_a_session_a_phone_and_a_member_is_found(asked: dict[str, str]) -> None:
    offer = {"sdp": "v=0", "type": "offer", **asked}
    assert find_offer(json.dumps(offer).encode()) == offer


@pytest.mark.parametrize("body", [b"", b"\xff\xd8\x00", b"[]", b'{"lesson": "demo"}', b'"sdp"'])
def test_other_requests_pass_as_they_are(body: bytes) -> None:
    assert find_offer(body) is None
