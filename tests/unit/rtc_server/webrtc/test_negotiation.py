"""Which line of an offer carries which track, and which codec is sent on it."""

import re
from collections.abc import Sequence

import pytest
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

from rtc_server.errors import BadOffer, UnfitOffer
from rtc_server.lessons.codecs import VIDEO_CODECS, VideoCodec
from rtc_server.protocol.server_messages import MAX_SENT_BYTES
from rtc_server.webrtc.negotiation import OutgoingTracks, Placement, first_codec, place_tracks
from rtc_server.webrtc.offers.offer import Offer, check_offer

FINGERPRINT = ":".join(["0F"] * 32)
TRANSPORT = (
    *("a=ice-ufrag:abcd", "a=ice-pwd:0123456789012345678901"),
    *("a=setup:actpass", f"a=fingerprint:sha-256 {FINGERPRINT}"),
)
CODECS = {
    "video": ((97, "VP8/90000"), (99, "H264/90000")),
    "audio": ((96, "opus/48000/2"),),
}


def sdp(*lines: tuple[str, str], codecs: Sequence[tuple[int, str]] | None = None) -> str:
    """An offer or answer with lines of these kinds and directions; the mid is the line's number."""
    text = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0"]
    for mid, (kind, direction) in enumerate(lines):
        if kind == "application":
            text += ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=sctp-port:5000"]
        else:
            offered = codecs or CODECS[kind]
            numbers = " ".join(str(number) for number, _ in offered)
            port = 0 if direction == "rejected" else 9
            direction = "inactive" if direction == "rejected" else direction
            text += [f"m={kind} {port} UDP/TLS/RTP/SAVPF {numbers}", f"a={direction}"]
            text += ["a=rtcp-mux"]
            text += [f"a=rtpmap:{number} {name}" for number, name in offered]
        text += ["c=IN IP4 0.0.0.0", f"a=mid:{mid}", *TRANSPORT]
    return "\r\n".join([*text, ""])


def offering(*kinds: tuple[str, str]) -> Offer:
    return check_offer(sdp(*kinds, ("application", "")))


@pytest.mark.parametrize("size", [1, 150, 65_535, -1, -(10**400)])
def test_channels_that_take_only_small_messages_are_unfit(size: int) -> None:
    offer = sdp(("video", "sendrecv"), ("application", "")) + f"a=max-message-size:{size}\r\n"
    with pytest.raises(UnfitOffer, match="expected a=max-message-size of 65536 or more") as caught:
        check_offer(offer)
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize("size", [0, MAX_SENT_BYTES, 262_144, 1_073_741_823])
def test_channels_that_take_all_that_is_sent_are_fit(size: int) -> None:
    offer = sdp(("video", "sendrecv"), ("application", "")) + f"a=max-message-size:{size}\r\n"
    assert len(check_offer(offer).lines) == 2


def test_the_instructor_goes_to_the_line_that_only_receives() -> None:
    offered = offering(("audio", "recvonly"), ("video", "sendrecv"), ("video", "recvonly"))
    assert place_tracks(offered, annotated=False) == Placement("1", "2", None, "0")


def test_the_instructor_goes_to_the_webcams_line_where_there_is_no_other() -> None:
    assert place_tracks(offering(("video", "sendrecv")), annotated=False) == Placement(
        webcam="0", video="0", annotated=None, audio=None
    )


def test_the_annotated_video_takes_the_next_line() -> None:
    offered = offering(("video", "sendonly"), ("video", "recvonly"), ("video", "recvonly"))
    assert place_tracks(offered, annotated=True) == Placement("0", "1", "2", None)


def test_the_annotated_video_needs_a_line_of_its_own() -> None:
    with pytest.raises(UnfitOffer, match="one more video line"):
        place_tracks(offering(("video", "sendrecv")), annotated=True)


@pytest.mark.parametrize("mid", ["a=mid:0\r\n", ""])
def test_lines_that_cannot_be_told_apart_are_refused(mid: str) -> None:
    offer = sdp(("video", "sendonly"), ("video", "recvonly"), ("application", ""))
    with pytest.raises(UnfitOffer, match="a=mid of its own"):
        check_offer(re.sub(r"a=mid:.*\r\n", mid, offer))


def test_rejected_lines_carry_nothing() -> None:
    offered = offering(("video", "rejected"), ("video", "sendrecv"))
    assert place_tracks(offered, annotated=False).video == "1"


def test_only_tracks_that_have_a_line_are_sent() -> None:
    audio, video, annotated = AudioStreamTrack(), VideoStreamTrack(), VideoStreamTrack()
    everything = OutgoingTracks(video, audio, annotated)
    assert Placement("0", "1", "2", "3").outgoing(everything) == {
        "1": video,
        "2": annotated,
        "3": audio,
    }
    no_annotated = OutgoingTracks(video, audio, None)
    assert Placement("0", "0", None, None).outgoing(no_annotated) == {"0": video}


@pytest.mark.parametrize(
    ("kinds", "missing"),
    [
        ([("video", "recvonly"), ("application", "")], "that sends the webcam"),
        ([("video", "sendonly"), ("application", "")], "can receive the instructor"),
        ([("video", "sendrecv")], "data channels"),
    ],
)
def test_an_offer_without_what_a_session_needs_is_unfit(
    kinds: list[tuple[str, str]], missing: str
) -> None:
    with pytest.raises(UnfitOffer, match=missing):
        check_offer(sdp(*kinds))


@pytest.mark.parametrize("text", ["", "hello", "v=1\r\n", "v=0\r\nm=video\r\n"])
def test_text_that_is_not_an_offer_is_refused(text: str) -> None:
    with pytest.raises((BadOffer, UnfitOffer)):
        check_offer(text)


@pytest.mark.parametrize("codec", VIDEO_CODECS, ids=lambda codec: codec.name)
def test_the_answers_first_codec_is_sent(codec: VideoCodec) -> None:
    answer = sdp(("video", "sendonly"), codecs=((97, f"{codec.sdp_name}/90000"), (98, "rtx/90000")))
    assert first_codec(answer, "0") is codec


def test_a_codec_that_lessons_do_not_have_is_an_error() -> None:
    answer = sdp(("video", "sendonly"), codecs=((97, "AV1/90000"), (98, "VP8/90000")))
    with pytest.raises(UnfitOffer, match="first codec of line 0: expected VP8 or H264, got AV1"):
        first_codec(answer, "0")
