"""What the page sends for an ICE restart, and what it makes of the answer."""

import json

from rtc_server.webrtc.ice.restarts import LIMIT
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


PACE = """
async (asked_ms) => {
  const { RestartPace } = await import("/static/js/connection/restart_pace.js");
  const pace = new RestartPace(0);
  return asked_ms.map((now_ms) => pace.take(now_ms));
}
"""


async def test_a_page_restarts_less_often_than_the_server_allows(ask: Ask) -> None:
    every_ms, at_ms = 1000 / LIMIT.per_s, 100.0
    at_once = [at_ms] * (LIMIT.burst + 2)
    later = [at_ms + every_ms, at_ms + every_ms + 1, at_ms + 3 * every_ms]
    rested = [1e6] * (LIMIT.burst + 1)
    (waits,) = await ask(PACE, [*at_once, *later, *rested])
    first, second, third = (
        waits[: len(at_once)],
        waits[len(at_once) : -len(rested)],
        waits[-len(rested) :],
    )
    spare = 1  # for what comes late to the server
    assert first == [0] * (LIMIT.burst - spare) + [every_ms] * (2 + spare)
    assert second == [0, every_ms - 1, 0]
    assert third == [0] * (LIMIT.burst - spare) + [every_ms] * (1 + spare)
