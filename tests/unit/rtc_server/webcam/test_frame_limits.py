from typing import Any

import pytest

from rtc_server.webcam.frame_limits import (
    MAX_FRAME_BYTES,
    MAX_NAL_UNITS,
    MAX_SIDE_PX,
    find_refusal,
)
from tests.encoded_frames import build_sps, encode_ue, h264_key_frame, vp8_key_frame

LARGE = build_sps(1936, 1088)


def refusal(codec: str, data: bytes) -> str | None:
    found = find_refusal(codec, data)
    return None if found is None else found.reason


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((MAX_SIDE_PX, MAX_SIDE_PX), None),
        ((1080, 1920), None),
        ((640, 480), None),
        ((MAX_SIDE_PX + 1, 16), "size"),
        ((16, MAX_SIDE_PX + 1), "size"),
        ((16_383, 16_383), "size"),
        ((0xC000 | 640, 0x4000 | 480), None),  # bits that ask for upscaling
        ((0xC000 | 1921, 480), "size"),
    ],
)
def test_a_vp8_key_frame_is_at_most_1920_pixels_on_either_side(
    size: tuple[int, int], expected: str | None
) -> None:
    assert refusal("VP8", vp8_key_frame(*size)) == expected


def test_vp8_tells_a_size_in_key_frames_only() -> None:
    key_frame = vp8_key_frame(16_383, 16_383)
    assert refusal("VP8", bytes([key_frame[0] | 1]) + key_frame[1:]) is None
    assert refusal("VP8", key_frame[:9]) is None and refusal("VP8", b"") is None


@pytest.mark.parametrize(
    ("sps", "expected"),
    [
        (build_sps(1920, 1920), None),
        (build_sps(1088, 1920, crop=(0, 4, 0, 0)), None),
        (LARGE, "size"),
        (build_sps(1936, 16, crop=(0, 8, 0, 0)), "size"),  # what is decoded counts
        (build_sps(16, 2048), "size"),
        (build_sps(16 << 20, 16 << 20), "size"),
        (build_sps(1920, 1920, references=8), "parameters"),
        (build_sps(1920, 1088, references=13), None),
        (build_sps(16, 16, references=1 << 30), "parameters"),
        (
            build_sps(640, 480, profile=110, high=encode_ue(1) + encode_ue(2) * 2 + "00"),
            "parameters",
        ),
        (build_sps(640, 480)[:5], "parameters"),
    ],
)
def test_an_h264_sps_is_within_the_limits(sps: bytes, expected: str | None) -> None:
    assert refusal("H264", h264_key_frame(sps)) == expected


def test_any_sps_counts_not_only_the_first_one_or_a_key_frames() -> None:
    slice_ = b"\0\0\1\x41\x9a\x80"
    assert refusal("H264", slice_ + b"\0\0\1" + LARGE) == "size"
    assert refusal("H264", h264_key_frame(build_sps(640, 480)) + b"\0\0\1" + LARGE) == "size"
    assert refusal("h264", b"\0\0\1" + bytes([LARGE[0] | 0x80]) + LARGE[1:]) == "size"


@pytest.mark.parametrize(
    ("codec", "data", "expected"),
    [
        ("VP8", b"\1" * MAX_FRAME_BYTES, None),
        ("VP8", b"\1" * (MAX_FRAME_BYTES + 1), "bytes"),
        ("AV1", b"\1" * (MAX_FRAME_BYTES + 1), "bytes"),
        ("H264", b"\0\0\1\x41" * MAX_NAL_UNITS, None),
        ("H264", b"\0\0\1" * (MAX_NAL_UNITS + 1), "units"),
    ],
)
def test_a_frame_is_of_so_many_bytes_and_parts(codec: str, data: bytes, expected: Any) -> None:
    assert refusal(codec, data) == expected
