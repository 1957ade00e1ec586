"""What an offer's sections have in common where they share one transport."""

import re

import pytest

from rtc_server.errors import UnfitOffer
from rtc_server.webrtc.negotiation import place_tracks
from rtc_server.webrtc.offers.offer import check_offer
from tests.fuzz.browser_offers import OFFERS

TRANSPORT = "ice-ufrag|ice-pwd|fingerprint|setup|rtcp-mux"
CHROMIUM = OFFERS["chromium"]


def bundle_only(offer: str) -> str:
    """The offer as RFC 8829 (JSEP), 5.2.1 has it under `max-bundle`."""
    head, first, *others = re.split("(?m)^m=", offer)
    stripped = [re.sub(rf"(?m)^a=({TRANSPORT}).*\r\n", "", section) for section in others]
    changed = [
        re.sub(r" \d+ ", " 0 ", section, count=1) + "a=bundle-only\r\n" for section in stripped
    ]
    return "m=".join([head, first, *changed])


@pytest.mark.parametrize("browser", OFFERS)
def test_sections_without_a_port_of_their_own_are_used(browser: str) -> None:
    offer = check_offer(bundle_only(OFFERS[browser]))
    whole = check_offer(OFFERS[browser])
    assert [line.port for line in offer.lines][1:] == [0, 0, 0]
    assert place_tracks(offer, annotated=False) == place_tracks(whole, annotated=False)


def test_what_bundle_only_sections_leave_out_is_that_of_the_first() -> None:
    first, *others = check_offer(bundle_only(CHROMIUM)).lines
    for line in others:
        assert (line.ice, line.dtls) == (first.ice, first.dtls)
        assert line.rtcp_mux


def test_what_they_have_of_their_own_is_kept() -> None:
    own = "a=ice-ufrag:ownfragment"
    text = bundle_only(CHROMIUM).replace("a=mid:1\r\n", f"a=mid:1\r\n{own}\r\n")
    lines = check_offer(text).lines
    assert lines[1].ice.usernameFragment == "ownfragment"
    assert lines[1].ice.password == lines[0].ice.password


def test_a_line_without_a_port_outside_the_group_is_rejected() -> None:
    text = CHROMIUM.replace("BUNDLE 0 1 2 3", "BUNDLE 0 2 3")
    text = text.replace("a=mid:1", "a=bundle-only\r\na=mid:1")
    second = text.index("m=video", text.index("m=video") + 1)
    text = text[:second] + text[second:].replace("m=video 9", "m=video 0", 1)
    with pytest.raises(UnfitOffer, match="that can receive the instructor"):
        check_offer(text)


def test_an_offer_without_bundle_only_sections_is_not_changed() -> None:
    assert check_offer(CHROMIUM).sdp == re.sub(r"a=(candidate|end-of).*\r\n", "", CHROMIUM)
