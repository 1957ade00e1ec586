"""What is read of a JPEG before a decoder sees it."""

from __future__ import annotations

import pytest

from rtc_server.webcam.frame_decoder import FrameDecoder
from rtc_server.webcam.frame_limits import find_refusal
from rtc_server.webcam.jpeg_header import MAX_SCANS, MAX_SEGMENTS, JpegHeader, parse_jpeg
from tests.jpegs import make_jpeg


def segment(kind: int, body: bytes) -> bytes:
    return bytes([0xFF, kind]) + (len(body) + 2).to_bytes(2, "big") + body


def frame(width: int, height: int, kind: int = 0xC0, bits: int = 8, components: int = 3) -> bytes:
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return segment(kind, bytes([bits]) + size + bytes([components]) + b"\1\x11\0" * components)


SCAN = segment(0xDA, b"\3\1\0\2\0\3\0\0\x3f\0") + b"some data \xff\0 \xff\xd0 more"
START, END = b"\xff\xd8", b"\xff\xd9"
GOOD = frame(640, 480)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_real_picture_is_read_and_decoded(progressive: bool) -> None:
    data = make_jpeg(progressive=progressive)
    assert parse_jpeg(data) == JpegHeader(64, 48)
    ((decoded,), _) = FrameDecoder().decode("JPEG", data, 9000)
    assert (decoded.width, decoded.height, decoded.pts) == (64, 48, 9000)
    blue, green, red = decoded.to_ndarray(format="bgr24")[4, 4]
    assert abs(int(blue) - 30) < 8 and abs(int(green) - 60) < 8 and abs(int(red) - 200) < 8


def test_a_picture_that_is_cut_off_in_its_data_is_the_decoders_business() -> None:
    assert parse_jpeg(START + GOOD + SCAN) == JpegHeader(640, 480)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "expected a JPEG picture"),
        (b"\x89PNG\r\n\x1a\n", "expected a JPEG picture, got bytes that begin with 89504e47"),
        (START, "expected a JPEG marker at byte 2"),
        (START + END, "expected a frame and a scan"),
        (START + GOOD + END, "expected a frame and a scan"),
        (START + SCAN, "expected a frame and a scan"),
        (START + b"junk" + GOOD + SCAN, "expected a JPEG marker at byte 2"),
        (START + GOOD[:9], "expected a whole JPEG segment"),
        (START + GOOD + GOOD + SCAN, "expected one frame"),
        (START + frame(9, 9, kind=0xC3) + SCAN, "expected a baseline or progressive"),
        (START + frame(9, 9, bits=12) + SCAN, "expected a JPEG of 8 bits"),
        (START + frame(9, 9, components=4) + SCAN, "expected a JPEG of 8 bits"),
        (START + frame(0, 9) + SCAN, "expected the size"),
        # A decoder reads no length there, and would see what is hidden in the "segment".
        (START + b"\xff\xd0\x00\x04ab" + GOOD + SCAN, "expected a JPEG segment with a length"),
        (START + GOOD + SCAN * (MAX_SCANS + 1) + END, "expected at most 16 scans"),
        (START + segment(0xE0, b"x") * MAX_SEGMENTS + GOOD + SCAN, "expected at most 128 segments"),
    ],
)
def test_what_no_camera_writes_is_refused_in_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_jpeg(data)
    refusal = find_refusal("JPEG", data)
    assert refusal is not None and refusal.reason == "parameters"


@pytest.mark.parametrize(("width", "height"), [(1921, 480), (65535, 1), (480, 65535)])
def test_a_picture_that_says_it_is_huge_is_not_decoded(width: int, height: int) -> None:
    """FFmpeg would make room for it before it looked at the rest."""
    data = START + frame(width, height) + SCAN + END
    refusal = find_refusal("JPEG", data)
    assert refusal is not None and refusal.reason == "size"
    decoder = FrameDecoder()
    assert decoder.decode("JPEG", data, 0) == ([], False)
    assert decoder.decode("JPEG", make_jpeg(), 0)[0], "the next picture is decoded again"
