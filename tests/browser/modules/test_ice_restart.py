"""What the page sends for an ICE restart, and what it makes of the answer."""

import json

from tests.browser.support.page_script import Ask

DESCRIBE = """
async (text) => (await import("/static/js/connection/ice_restart.js")).describeIce(JSON.parse(text))
"""
REPLACE = """
async (text) =>
  (await import("/static/js/connection/ice_restart.js")).replaceIce(...JSON.parse(text))
"""
HEAD = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "a=group:BUNDLE 0 1"]


def sdp(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in lines)


async def test_the_first_section_of_an_offer_is_described(ask: Ask) -> None:
    first = ["m=video 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0"]
    second = ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=ice-ufrag:abcd", "a=mid:1"]
    user = ["a=ice-ufrag:abcd", "a=ice-pwd:0123456789012345678901"]
    candidate = "a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host generation 0"
    inside = sdp(*HEAD, *first, candidate, *user, "a=setup:actpass", "a=mid:0", *second)
    shared = sdp(*HEAD, *user, *first, candidate, "a=mid:0", *second)
    read = await ask(DESCRIBE, *map(json.dumps, (inside, shared)))
    assert read == [
        sdp(first[0], "a=mid:0", candidate, *user),
        sdp(*user, first[0], "a=mid:0", candidate),
    ]


async def test_an_answer_gets_the_user_name_and_the_candidates_of_a_restart(ask: Ask) -> None:
    old = ["a=ice-ufrag:old0", "a=ice-pwd:0000000000000000000000"]
    before = sdp(
        *(*HEAD, "m=video 9 X 96", *old, "a=candidate:1 1 udp 1 192.0.2.1 1 typ host"),
        *("a=end-of-candidates", "a=mid:0", "m=application 9 X 5000", *old, "a=mid:1"),
    )
    new = ["a=ice-ufrag:new1", "a=ice-pwd:1111111111111111111111"]
    candidate = "a=candidate:2 1 udp 1 192.0.2.2 2 typ host"
    fragment = sdp("m=video 9 X 96", "a=mid:0", *new, candidate, "a=end-of-candidates")
    (after,) = await ask(REPLACE, json.dumps([before, fragment]))
    assert after == sdp(
        *(*HEAD, "m=video 9 X 96", *new, candidate, "a=end-of-candidates", "a=mid:0"),
        *("m=application 9 X 5000", *new, "a=mid:1"),
    )
