"""How large an offer may be, and what an error says of one that cannot be read."""

import re

import pytest

from rtc_server.errors import BadOffer, UnfitOffer
from rtc_server.webrtc.offers.limits import MAX_ALIKE, MAX_LINES, parse_description

HEAD = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
VIDEO = "m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=rtpmap:97 VP8/90000\r\n"


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_an_offer_of_usual_size_is_parsed(end: str) -> None:
    text = HEAD + VIDEO * 8 + "a=rtcp-fb:97 nack\r\n" * 6
    assert len(parse_description(text.replace("\r\n", end)).media) == 8


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEAD + "a=x\r\n" * MAX_LINES, f"expected an offer of at most {MAX_LINES} lines, got 2004"),
        (HEAD + VIDEO * 9, "expected at most 8 media lines, got 9"),
        (HEAD + "m=video 9 X" + " 97" * 129, "expected at most 128 formats at line 5"),
        (HEAD + VIDEO + "a=rtcp-fb:* x\r\n" * 17, "expected at most 16 lines a=rtcp-fb:* in a"),
        (HEAD + VIDEO + "a=ssrc:1 x\r\n" * 129, "expected at most 128 lines a=ssrc in a section"),
        (HEAD + "b=AS:1\r\n" * 129, "expected at most 128 lines b= in a section"),
        (HEAD + "a=x:" + "y" * 2000, "expected lines of at most 2000 characters, got 2004 at"),
    ],
)
def test_an_offer_that_would_take_long_is_unfit(text: str, sentence: str) -> None:
    with pytest.raises(UnfitOffer, match=re.escape(sentence)):
        parse_description(text)


def test_the_largest_section_is_allowed() -> None:
    parse_description(HEAD + VIDEO + "a=x:1\r\n" * MAX_ALIKE)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "expected SDP that begins with v=0, got ''"),
        ("hello" * 99, "expected SDP that begins with v=0, got 'hellohellohellohello'"),
        (HEAD + "m=video\r\n", "cannot be read at line 5: 'm=video'"),
        (HEAD + VIDEO + "a=fmtp:98 x=1\r\n" + VIDEO, "cannot be read at line 7: 'a=fmtp:98 x=1'"),
        (HEAD + VIDEO + "a=extmap:x\r\n" + VIDEO, "cannot be read at line 7: 'a=extmap:x'"),
        (HEAD + VIDEO + f"a=ssrc:{'9' * 400} x", "at line 7: 'a=ssrc:" + "9" * 53 + "'"),
        (HEAD + "s=\0\r\n", "without control characters, got U+0000 at line 5"),
        (HEAD + "s=x\u2028a=mid:0\r\n", "without control characters, got U+2028 at line 5"),
        (HEAD + "s=\ud800\r\n", "without control characters, got U+D800 at line 5"),
        (HEAD + "s=x\x0ba=mid:0\r\n", "without control characters, got U+000B at line 5"),
    ],
)
def test_text_that_is_not_sdp_is_refused_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(BadOffer, match=re.escape(sentence)):
        parse_description(text)
