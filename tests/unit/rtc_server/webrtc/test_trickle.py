"""SDP fragments with candidates: parsing them, adding them, and the errors for bad ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from aiortc import RTCIceCandidate, RTCIceParameters
from aiortc.sdp import MediaDescription

from rtc_server.errors import BadFragment, UnfitFragment
from rtc_server.webrtc.offers.candidates import CandidateFilter
from rtc_server.webrtc.offers.offer import Offer
from rtc_server.webrtc.trickle import Fragment, Trickle, parse_fragment

RFC_8840 = """\
a=ice-ufrag:EsAw
a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1
a=group:BUNDLE 0 1
m=audio 9 RTP/SAVPF 0
a=mid:0
a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw
a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host generation 0
a=candidate:2154773085 1 udp 1685987071 203.0.113.5 61766 typ srflx raddr 192.0.2.1 rport 61764
a=end-of-candidates
m=video 9 RTP/SAVPF 96
a=mid:1
a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61767 typ host generation 0
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_example_of_rfc_8840_is_parsed(end: str) -> None:
    fragment = parse_fragment(RFC_8840.replace("\n", end))
    assert fragment.ufrag == "EsAw" and fragment.complete
    assert fragment.password == "P2uYro0UCOQ4zxjKXaWCBui1"
    assert [(c.sdpMid, c.ip, c.port, c.type) for c in fragment.candidates] == [
        ("0", "192.0.2.1", 61764, "host"),
        ("0", "198.51.100.2", 61765, "host"),
        ("0", "203.0.113.5", 61766, "srflx"),
        ("1", "192.0.2.1", 61767, "host"),
    ]


def test_a_fragment_may_contain_only_the_end_of_candidates() -> None:
    fragment = parse_fragment("a=ice-ufrag:x\r\na=end-of-candidates\r\n")
    assert fragment.complete and not fragment.candidates


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "expected candidates or a=end-of-candidates"),
        ("m=audio 9 RTP/SAVPF 0\na=mid:0\n", "expected candidates or"),
        ('{"candidate": "x"}', "expected lines of SDP like a=candidate:…, got '{\"cand"),
        ("a=candidate:1 1 udp 1 192.0.2.1 1 typ host", "expected a=mid:… before"),
        ("m=audio 9 X 0\na=mid:0\nm=video 9 X 0\na=candidate:1 1 udp", "expected a=mid:… before"),
        ("a=mid:0\na=candidate:nonsense", "expected a candidate"),
        ("a=mid:0\na=candidate:1 1 udp 1 192.0.2.1 port typ host", "expected a candidate"),
    ],
)
def test_an_error_says_what_cannot_be_parsed(text: str, sentence: str) -> None:
    with pytest.raises(BadFragment, match=sentence):
        parse_fragment(text)


class FakeConnection:
    """Takes the candidates that are to be checked."""

    def __init__(self) -> None:
        self.added: list[tuple[str | None, int]] = []

    async def addIceCandidate(self, candidate: RTCIceCandidate | None) -> None:
        assert candidate is not None, "aioice would give up once all checks have failed"
        self.added.append((candidate.sdpMid, candidate.port))


def candidates(*ports: int, mid: str = "0") -> list[RTCIceCandidate]:
    lines = [f"a=candidate:1 1 udp 1 192.0.2.1 {port} typ host\n" for port in ports]
    return list(parse_fragment(f"a=mid:{mid}\n" + "".join(lines)).candidates)


def trickle(
    *offered: int, complete: bool = False, mids: Sequence[str] = ("0", "1")
) -> tuple[Trickle, FakeConnection, Counter[str]]:
    """An offer with these candidates, and its connection and what was refused."""
    lines = [MediaDescription("video", 9, "UDP/TLS/RTP/SAVPF", [96]) for _ in mids]
    for line, mid in zip(lines, mids, strict=True):
        line.rtp.muxId = mid
        line.ice = RTCIceParameters(usernameFragment="EsAw")
    offer = Offer("", lines, mids, candidates(*offered) if offered else [], complete)
    connection, refused = FakeConnection(), Counter[str]()
    taken: Any = connection
    unbound = CandidateFilter("192.0.2.7", ())
    return (
        Trickle(taken, offer, unbound, lambda reason: refused.update([reason])),
        connection,
        refused,
    )


async def test_candidates_of_any_bundled_line_are_for_the_transport_of_all() -> None:
    trickled, connection, _ = trickle(50_000)
    await trickled.add_offered()
    await trickled.add(Fragment("EsAw", tuple(candidates(50_001, mid="1")), complete=False))
    assert connection.added == [("0", 50_000), ("0", 50_001)]


async def test_twenty_candidates_are_checked_and_the_others_are_counted() -> None:
    trickled, connection, refused = trickle(*range(50_000, 50_015))
    await trickled.add_offered()
    await trickled.add(Fragment(None, tuple(candidates(*range(50_010, 50_030))), complete=False))
    assert [port for _, port in connection.added] == list(range(50_000, 50_020))
    assert refused == {"repeated": 5, "too many": 10}


async def test_what_follows_the_end_of_candidates_is_ignored() -> None:
    for trickled, connection, _ in (trickle(complete=True), trickle()):
        await trickled.add(Fragment(None, (), complete=True))
        await trickled.add(Fragment(None, tuple(candidates(50_000)), complete=False))
        assert connection.added == []


async def test_a_hundred_candidates_and_two_hundred_fragments_are_read() -> None:
    trickled, _, _ = trickle(*range(50_000, 50_099))
    await trickled.add(Fragment(None, tuple(candidates(50_099)), complete=False))
    with pytest.raises(UnfitFragment, match="at most 100 candidates in all"):
        await trickled.add(Fragment(None, tuple(candidates(50_100)), complete=False))
    for _ in range(199):
        await trickled.add(Fragment("EsAw", (), complete=True))
    with pytest.raises(UnfitFragment, match="at most 200 fragments in all"):
        await trickled.add(Fragment("EsAw", (), complete=True))


async def test_candidates_after_a_restart_are_counted_anew_and_go_to_the_new_connection() -> None:
    first, before, refused = trickle(*range(50_000, 50_099), complete=True)
    after = FakeConnection()
    second = first.restarted(after, "Fresh", CandidateFilter("192.0.2.7", ()))
    assert first.is_present(Fragment("EsAw", (), False))
    assert not second.is_present(Fragment("EsAw", (), False))
    await second.add_offered()
    await second.add(Fragment("Fresh", tuple(candidates(50_001, 50_002, mid="1")), False))
    assert after.added == [("0", 50_001), ("0", 50_002)] and before.added == []
    assert second.describe_line() == (
        "a=group:BUNDLE 0 1\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n"
    )
    assert not refused


@pytest.mark.parametrize(
    ("fragment", "sentence"),
    [
        (Fragment("other", (), True), "of the present ICE session, got another a=ice-ufrag"),
        (Fragment(None, tuple(candidates(9, mid="x" * 999)), False), "one of 0, 1, got 'xxx"),
    ],
)
async def test_candidates_of_another_session_are_refused(fragment: Fragment, sentence: str) -> None:
    trickled, connection, _ = trickle()
    with pytest.raises(UnfitFragment, match=sentence) as caught:
        await trickled.add(fragment)
    assert len(str(caught.value)) < 200 and connection.added == []
