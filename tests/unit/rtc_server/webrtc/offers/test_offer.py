"""What of an offer is used, where its transport is not that of the first line."""

import re

import pytest

from rtc_server.errors import UnfitOffer
from rtc_server.webrtc.negotiation import Placement, place_camera, place_tracks
from rtc_server.webrtc.offers.offer import check_offer
from tests.fuzz.browser_offers import OFFERS

CHROMIUM = OFFERS["chromium"]
HEAD, CAMERA, INSTRUCTOR, AUDIO, CHANNELS = re.split("(?m)^(?=m=)", CHROMIUM)
AV1 = "a=rtpmap:45 AV1/90000\r\n"


def only_av1(section: str) -> str:
    without = re.sub(r"a=(rtpmap|fmtp|rtcp-fb):.*\r\n", "", section)
    return re.sub("SAVPF .*\r\n", "SAVPF 45\r\n", without, count=1) + AV1


def test_a_line_without_a_known_format_is_rejected_and_its_transport_goes_to_the_next() -> None:
    extra = only_av1(CAMERA).replace("a=mid:0", "a=mid:9")
    text = HEAD.replace("BUNDLE 0", "BUNDLE 9 0") + extra + CAMERA + INSTRUCTOR + AUDIO + CHANNELS
    offer = check_offer(text)
    assert [line.rtp.muxId for line in offer.lines] == ["0", "1", "2", "3"]
    assert offer.bundle == ["0", "1", "2", "3", "9"]
    assert [line.is_rejected for line in offer.offered] == [True, *[False] * 4]
    assert {candidate.port for candidate in offer.candidates} == {54321, 40000, 9, 50001}
    assert "9" in offer.mids


def test_a_camera_that_cannot_be_understood_is_unfit_in_a_sentence() -> None:
    with pytest.raises(UnfitOffer, match=r"sends the webcam in VP8, or in H\.264 with packetizat"):
        check_offer(HEAD + only_av1(CAMERA) + INSTRUCTOR + AUDIO + CHANNELS)


@pytest.mark.parametrize(
    ("mid", "sentence"), [("0", "an a=mid of its own"), ("a b", "an a=mid that is a token")]
)
def test_rejected_lines_have_ids_like_others(mid: str, sentence: str) -> None:
    rejected = f"m=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=mid:{mid}\r\n"
    with pytest.raises(UnfitOffer, match=sentence):
        check_offer(CHROMIUM + rejected)


def test_a_line_without_a_direction_has_that_of_the_session_or_else_both() -> None:
    text = CHROMIUM.replace(INSTRUCTOR, INSTRUCTOR.replace("a=recvonly\r\n", ""))
    assert check_offer(text).lines[1].direction == "sendrecv"
    session = text.replace("t=0 0\r\n", "t=0 0\r\na=recvonly\r\n")
    assert check_offer(session).lines[1].direction == "recvonly"


def bundled(mids: str, *sections: str) -> str:
    return re.sub("BUNDLE .*", f"BUNDLE {mids}", HEAD, count=1) + "".join(sections)


def test_a_screen_needs_no_webcam() -> None:
    text = bundled("1 2 3", INSTRUCTOR, AUDIO, CHANNELS)
    placed = place_tracks(check_offer(text, "screen"), annotated=False)
    assert placed == Placement(None, "1", None, "2")
    for sender in ("learner", "camera"):
        with pytest.raises(UnfitOffer, match="sends the webcam"):
            check_offer(text, sender)


def test_a_phone_that_is_the_camera_receives_nothing() -> None:
    text = bundled("0 3", CAMERA, CHANNELS)
    assert place_camera(check_offer(text, "camera")) == Placement("0", None, None, None)
    for sender in ("learner", "screen"):
        with pytest.raises(UnfitOffer, match="can receive the instructor"):
            check_offer(text, sender)
