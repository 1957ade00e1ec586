from fractions import Fraction

import av
import pytest

from rtc_server.webcam.h264_sps import parse_sps, remove_emulation_prevention
from tests.encoded_frames import build_sps, encode_se, encode_ue

FORMATS = {"yuv420p": "high", "yuv422p": "high422", "yuv444p": "high444", "yuv420p10le": "high10"}
SIZES = [(640, 480), (1080, 1920), (322, 242), (16, 16)]


def encode_sps(width: int, height: int, profile: str, pixels: str = "yuv420p") -> bytes:
    """The SPS of a picture that x264 encodes."""
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, pixels
    encoder.time_base = Fraction(1, 30)
    encoder.options = {"profile": profile, "tune": "zerolatency"}
    packets = [*encoder.encode(av.VideoFrame(width, height, pixels)), *encoder.encode(None)]
    units = b"".join(map(bytes, packets)).split(b"\0\0\1")
    return next(unit for unit in units if unit and unit[0] & 0x1F == 7)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("profile", ["baseline", "main", "high"])
def test_the_size_is_what_the_encoder_was_told(profile: str, size: tuple[int, int]) -> None:
    parameters = parse_sps(encode_sps(*size, profile))
    assert (parameters.width, parameters.height) == size
    assert parameters.coded_width == -(-size[0] // 16) * 16
    assert parameters.coded_height == -(-size[1] // 16) * 16
    assert parameters.is_8_bit_420


@pytest.mark.parametrize(("pixels", "profile"), FORMATS.items())
def test_only_8_bits_and_420_are_what_browsers_send(pixels: str, profile: str) -> None:
    parameters = parse_sps(encode_sps(322, 242, profile, pixels))
    assert parameters.is_8_bit_420 == (pixels == "yuv420p")
    assert (parameters.width, parameters.height) == (322, 242)


def test_scaling_lists_are_read_to_their_end() -> None:
    """One stops at its second number (0 as the next scale), one takes all its 16 or 64."""
    stopped = "1" + encode_se(3) + encode_se(-11)
    short, long = ("1" + encode_se(1) * size for size in (16, 64))
    lists = stopped + short + "0000" + long + stopped
    chroma = encode_ue(1) + encode_ue(0) + encode_ue(0) + "0"
    parameters = parse_sps(build_sps(320, 240, profile=100, high=chroma + "1" + lists))
    assert (parameters.width, parameters.height) == (320, 240)


def test_444_has_12_scaling_lists_and_a_bit_for_separate_planes() -> None:
    chroma = encode_ue(3) + "1" + encode_ue(0) + encode_ue(0) + "0"
    lists = "0" * 11 + "1" + encode_se(2) * 64
    parameters = parse_sps(
        build_sps(320, 240, profile=244, high=chroma + "1" + lists, crop=[1] * 4)
    )
    assert (parameters.width, parameters.height) == (318, 238)


def test_a_cycle_of_picture_orders_is_read_to_its_end() -> None:
    cycle = encode_ue(1) + "0" + encode_se(-5) + encode_se(7) + encode_ue(255) + encode_se(9) * 255
    assert parse_sps(build_sps(320, 240, order=cycle)).width == 320


def test_fields_are_half_as_high_as_frames() -> None:
    parameters = parse_sps(build_sps(1920, 1088, frames_only=False, crop=(0, 0, 0, 2)))
    assert (parameters.coded_height, parameters.height) == (1088, 1080)


def test_reference_frames_are_counted_in_macroblocks() -> None:
    parameters = parse_sps(build_sps(1280, 720, references=5))
    assert (parameters.reference_frames, parameters.macroblocks) == (5, 3600)


@pytest.mark.parametrize(
    "unit",
    [
        b"",
        b"\x67",
        build_sps(640, 480)[:6],
        build_sps(640, 480, profile=144),  # withdrawn: FFmpeg reads it, the standard does not
        build_sps(640, 480, profile=100, high=encode_ue(4)),
        build_sps(640, 480, order=encode_ue(3)),
        build_sps(640, 480, order=encode_ue(1) + "0" + encode_se(0) * 2 + encode_ue(256)),
        build_sps(640, 480, crop=(0, 320, 0, 0)),
        b"\x67\x42\0\x1f" + bytes(2000),
    ],
)
def test_what_cannot_be_read_is_an_error(unit: bytes) -> None:
    with pytest.raises(ValueError, match=r"expected|cropped"):
        parse_sps(unit)


def test_emulation_prevention_is_removed_also_twice_in_a_row() -> None:
    assert remove_emulation_prevention(b"\0\0\3\0\0\3\1\3") == b"\0\0\0\0\1\3"
    assert parse_sps(b"\x67\x42\0\0\3" + build_sps(640, 480)[4:]).width == 640
