"""What each media section must have; and no spoiled offer is worth more than a sentence."""

import contextlib
import re

import pytest

from rtc_server.errors import BadOffer, UnfitOffer
from rtc_server.webrtc.negotiation import place_tracks
from rtc_server.webrtc.offers.offer import check_offer
from tests.sdp_mutations import mutations

OFFER = """\
v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1 2 3
a=extmap-allow-mixed
a=msid-semantic: WMS stream
m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2113937151 192.168.1.20 50001 typ host generation 0 network-cost 999
a=candidate:2 1 tcp 1518280447 192.168.1.20 9 typ host tcptype active generation 0
a=end-of-candidates
a=ice-ufrag:8hhY
a=ice-pwd:asd88fgpdd777uzjYhagZg
a=ice-options:trickle
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:toffset
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendonly
a=msid:stream track
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:102 H264/90000
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
a=rtpmap:103 rtx/90000
a=fmtp:103 apt=102
a=ssrc-group:FID 3958929983 3230086385
a=ssrc:3958929983 cname:x
a=ssrc:3230086385 cname:x
m=video 9 UDP/TLS/RTP/SAVPF 96
c=IN IP4 0.0.0.0
a=ice-ufrag:8hhY
a=ice-pwd:asd88fgpdd777uzjYhagZg
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
a=mid:1
a=recvonly
a=rtcp-mux
a=rtpmap:96 VP8/90000
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=ice-ufrag:8hhY
a=ice-pwd:asd88fgpdd777uzjYhagZg
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
a=mid:2
a=recvonly
a=rtcp-mux
a=rtpmap:111 opus/48000/2
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=ice-ufrag:8hhY
a=ice-pwd:asd88fgpdd777uzjYhagZg
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
a=mid:3
a=sctp-port:5000
a=max-message-size:262144
""".format(fingerprint=":".join(["0F"] * 32)).replace("\n", "\r\n")
SECTIONS = OFFER.split("m=")
FAULTS = 1500  # offers


def changed(old: str, new: str) -> str:
    assert old in OFFER
    return OFFER.replace(old, new)


def test_a_browsers_offer_is_accepted_without_its_candidates() -> None:
    offer = check_offer(OFFER)
    assert [line.kind for line in offer.lines] == ["video", "video", "audio", "application"]
    assert offer.bundle == ["0", "1", "2", "3"]
    assert [(c.sdpMid, c.port) for c in offer.candidates] == [("0", 50_001), ("0", 9)]
    assert offer.is_complete
    assert offer.sdp == re.sub(r"a=(candidate|end-of).*\r\n", "", OFFER)


def test_the_first_bundled_line_with_candidates_has_those_of_all() -> None:
    more = "a=candidate:1 1 udp 1 192.168.1.20 50002 typ host\r\n"
    own = check_offer(changed("a=mid:2\r\n", f"a=mid:2\r\n{more}"))
    assert {c.sdpMid for c in own.candidates} == {"0"}
    moved = re.sub("a=candidate.*\r\n", "", OFFER).replace("a=mid:2\r\n", f"a=mid:2\r\n{more}")
    assert [(c.sdpMid, c.port) for c in check_offer(moved).candidates] == [("2", 50_002)]
    alone = changed("BUNDLE 0 1 2 3", "BUNDLE 0 1 3").replace("a=mid:2\r\n", f"a=mid:2\r\n{more}")
    assert {c.sdpMid for c in check_offer(alone).candidates} == {"0", "2"}


def test_a_hundred_candidates_are_read() -> None:
    one = "a=candidate:1 1 udp 1 192.168.1.20 50002 typ host\r\n"
    assert len(check_offer(changed("a=mid:0\r\n", "a=mid:0\r\n" + 98 * one)).candidates) == 100
    with pytest.raises(UnfitOffer, match="expected at most 100 candidates, got 101"):
        check_offer(changed("a=mid:0\r\n", "a=mid:0\r\n" + 99 * one))


@pytest.mark.parametrize(
    ("offer", "sentence"),
    [
        (changed("a=mid:1\r\n", "a=mid\r\n"), "an a=mid of its own on each media line"),
        (changed("a=mid:1\r\n", "a=mid:a b\r\n"), "an a=mid that is a token (RFC 5888, 4), got"),
        (changed("a=mid:1\r\n", f"a=mid:{'x' * 65}\r\n"), "an a=mid that is a token"),
        (changed("m=audio", "m=text"), "section 3 (m=text): expected one of audio, video, app"),
        (changed("m=audio 9", "m=audio 65536"), "expected a port of at most 65535, got 65536"),
        (changed("m=audio 9", f"m=audio {'9' * 400}"), "expected a port of at most 65535, got 99"),
        (changed("a=ice-ufrag:8hhY", "a=ice-ufrag:8hh"), "an a=ice-ufrag of 4 to 256 ICE char"),
        (changed("a=ice-ufrag:8hhY", f"a=ice-ufrag:{'x' * 257}"), "an a=ice-ufrag of 4 to 256"),
        (changed("a=ice-ufrag:8hhY", "a=ice-ufrag:8:hY"), "an a=ice-ufrag of 4 to 256"),
        (changed("a=ice-ufrag:8hhY\r\n", ""), "an a=ice-ufrag of 4 to 256 ICE characters (RFC 8"),
        (changed("a=ice-pwd:asd88", "a=ice-pwd:"), "an a=ice-pwd of 22 to 256 ICE characters"),
        (changed("a=setup:actpass\r\n", ""), "section 1 (m=video): expected a=setup:actpass"),
        (changed("fingerprint:sha-256", "fingerprint:md5"), "with one of sha-256, sha-384, sha-5"),
        (changed(":0F:0F\r\n", ":0F\r\n"), "expected 95 characters 00:11:… in a=fingerprint:sha"),
        (changed(":0F:0F\r\n", ":0F:0G\r\n"), "expected 95 characters 00:11:… in a=fingerprint"),
        (changed("a=rtcp-mux\r\n", ""), "section 1 (m=video): expected a=rtcp-mux, got none"),
        (changed("a=extmap:4", "a=extmap:0"), "expected an a=extmap id of 1 to 255, each once"),
        (changed("a=extmap:4", "a=extmap:256"), "expected an a=extmap id of 1 to 255, each once"),
        (changed("a=extmap:4", "a=extmap:1"), "expected an a=extmap id of 1 to 255, each once"),
        (changed("a=ssrc:3230086385", "a=ssrc:4294967296"), "an a=ssrc of 0 to 4294967295"),
        (changed("a=sctp-port:5000\r\n", ""), "expected an a=sctp-port of 1 to 65535 (RFC 8841)"),
        (changed("a=sctp-port:5000", "a=sctp-port:65536"), "expected an a=sctp-port of 1 to 655"),
        (changed("UDP/DTLS/SCTP webrtc-datachannel", "DTLS/SCTP x"), "an a=sctp-port of 1 to 65"),
        (changed("BUNDLE 0 1 2 3", "BUNDLE 9 0"), "once at most in a=group:BUNDLE, got '9 0'"),
        (changed("BUNDLE 0 1 2 3", "BUNDLE 0 0"), "once at most in a=group:BUNDLE, got '0 0'"),
        (changed("BUNDLE 0 1 2 3", "BUNDLE 1 0"), "to begin with the first media line of its kin"),
        (changed("a=msid-sem", "a=group:BUNDLE 0\r\na=msid-sem"), "one a=group:BUNDLE, got 2"),
        (f"{OFFER}m={SECTIONS[4]}".replace("a=mid:3", "a=mid:4", 1), "one m=application line"),
    ],
)
def test_an_offer_that_could_not_connect_is_unfit(offer: str, sentence: str) -> None:
    with pytest.raises(UnfitOffer, match=re.escape(sentence)) as caught:
        check_offer(offer)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("digits", [400, 4000])
def test_numbers_of_any_length_are_refused_or_ignored(digits: int) -> None:
    """Each number of the offer in turn; 4300 digits are more than Python converts."""
    for number in re.finditer(r"\d+", OFFER):
        text = OFFER[: number.start()] + "9" * digits + OFFER[number.end() :]
        with contextlib.suppress(BadOffer, UnfitOffer):
            check_offer(text)


def test_older_browsers_name_the_sctp_port_as_the_format() -> None:
    legacy = changed("UDP/DTLS/SCTP webrtc-datachannel", "DTLS/SCTP 5000")
    assert check_offer(legacy.replace("a=sctp-port:", "a=sctpmap:5000 x ")).lines


def test_a_spoiled_offer_is_accepted_or_refused_in_a_sentence() -> None:
    """Nothing else may come of it: another error would be HTTP 500."""
    accepted = refused = 0
    for text in mutations(OFFER, FAULTS):
        try:
            place_tracks(check_offer(text), annotated=False)
            accepted += 1
        except (BadOffer, UnfitOffer) as error:
            assert str(error).partition("expected ")[2] and len(str(error)) < 300
            refused += 1
    assert accepted > FAULTS / 10 and refused > FAULTS / 3
