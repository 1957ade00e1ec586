"""SDP fragments with candidates: parsing them, and the errors for bad ones."""

import pytest

from rtc_server.errors import BadFragment
from rtc_server.webrtc.trickle import parse_fragment

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
