"""Lines that carry nothing are left out of what aiortc reads, and are in the answer."""

from rtc_server.webrtc.offers.rejected import OfferedLine, leave_out_rejected, mirror_lines

OFFER = """\
v=0
s=-
a=group:BUNDLE b a c
a=group:LS a b
m=video 0 UDP/TLS/RTP/SAVPF 96 97
a=mid:a
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:b
m=video 9 UDP/TLS/RTP/SAVPF 96
a=mid:c
""".replace("\n", "\r\n")
ANSWER = """\
v=0
a=group:BUNDLE b c
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:b
m=video 9 UDP/TLS/RTP/SAVPF 96
a=mid:c
""".replace("\n", "\r\n")


def lines(first_mid: str | None = "a") -> list[OfferedLine]:
    return [
        OfferedLine(first_mid, "m=video 0 UDP/TLS/RTP/SAVPF 96 97", True),
        OfferedLine("b", "m=audio 9 UDP/TLS/RTP/SAVPF 111", False),
        OfferedLine("c", "m=video 9 UDP/TLS/RTP/SAVPF 96", False),
    ]


def test_a_rejected_line_is_in_no_group_that_is_read() -> None:
    text = leave_out_rejected(OFFER, lines())
    assert text.splitlines() == [
        *("v=0", "s=-", "a=group:BUNDLE b c", "a=group:LS b"),
        *("m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:b"),
        *("m=video 9 UDP/TLS/RTP/SAVPF 96", "a=mid:c"),
    ]


def test_it_is_rejected_in_the_answer_at_its_place() -> None:
    answer = mirror_lines(ANSWER, lines(), ["b", "c", "a"])
    assert answer.splitlines() == [
        *("v=0", "a=group:BUNDLE b c", "m=video 0 UDP/TLS/RTP/SAVPF 96 97"),
        *("c=IN IP4 0.0.0.0", "a=mid:a", "a=inactive"),
        *ANSWER.splitlines()[2:],
    ]


def test_one_without_an_id_is_mirrored_without_one() -> None:
    assert "a=mid:a" not in mirror_lines(ANSWER, lines(None), ["b", "c"])


def test_the_group_is_that_of_the_offer() -> None:
    """aiortc puts all lines into one, asked or not."""
    assert "BUNDLE" not in mirror_lines(ANSWER, lines(), [])
    assert "a=group:BUNDLE c b\r\n" in mirror_lines(ANSWER, lines(), ["c", "b"])
