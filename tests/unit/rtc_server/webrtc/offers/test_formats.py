"""The formats of a media section come to aiortc so that it answers with the right ones."""

from aiortc.sdp import SessionDescription

from rtc_server.webrtc.offers.formats import has_usable_format, prepare_formats

VIDEO = ["a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96", "a=rtpmap:96 VP8/90000"]
MODE_1 = "a=fmtp:102 profile-level-id=42e01f;packetization-mode=1"


def usable(media: str, *attributes: str) -> bool:
    lines = ["v=0", f"m={media}", *attributes]
    return has_usable_format(SessionDescription.parse("\r\n".join(lines) + "\r\n").media[0])


def test_retransmissions_come_after_what_they_are_for() -> None:
    section = prepare_formats(["m=video 9 UDP/TLS/RTP/SAVPF 97 96", *VIDEO])
    assert section[1:] == ["a=rtpmap:96 VP8/90000", "a=fmtp:97 apt=96", "a=rtpmap:97 rtx/90000"]


def test_the_order_is_that_of_the_media_line() -> None:
    section = ["m=video 9 X 102 96", "a=rtpmap:96 VP8/90000", "a=rtpmap:102 H264/90000"]
    assert prepare_formats(section)[1:] == ["a=rtpmap:102 H264/90000", "a=rtpmap:96 VP8/90000"]


def test_opus_comes_first() -> None:
    section = ["m=audio 9 X 0 111", "a=rtpmap:0 PCMU/8000", "a=rtpmap:111 opus/48000/2"]
    assert prepare_formats(section)[1:] == ["a=rtpmap:111 opus/48000/2", "a=rtpmap:0 PCMU/8000"]


def test_numbers_that_aiortc_would_exchange_are_left_out() -> None:
    odd = ["a=rtpmap:35 VP8/90000", "a=rtcp-fb:35 nack", "a=rtpmap:45 AV1/90000", "a=fmtp:45 x=1"]
    section = ["m=video 9 X 35 45 96", *odd, "a=rtpmap:96 VP8/90000"]
    assert prepare_formats(section)[1:] == [*odd[2:], "a=rtpmap:96 VP8/90000"]


def test_a_section_in_order_is_not_changed() -> None:
    section = ["m=video 9 X 96 97 102", *reversed(VIDEO), "a=rtpmap:102 H264/90000", MODE_1, "a=x"]
    assert prepare_formats(section) == section


def test_lines_that_lessons_have_a_format_for_are_usable() -> None:
    assert usable("video 9 X 96", "a=rtpmap:96 VP8/90000")
    assert usable("video 9 X 102", "a=rtpmap:102 H264/90000", MODE_1)
    assert usable("audio 9 X 0 111", "a=rtpmap:0 PCMU/8000", "a=rtpmap:111 opus/48000/2")
    assert usable("application 9 UDP/DTLS/SCTP webrtc-datachannel")


def test_other_lines_are_not() -> None:
    assert not usable("video 9 X 45", "a=rtpmap:45 AV1/90000")
    assert not usable("video 9 X 102", "a=rtpmap:102 H264/90000", MODE_1.replace("=1", "=0"))
    assert not usable("video 9 X 102", "a=rtpmap:102 H264/90000", MODE_1.replace("42e0", "6400"))
    assert not usable("audio 9 X 0", "a=rtpmap:0 PCMU/8000")
