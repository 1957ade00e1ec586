"""Which encoded frames are not given to a decoder, because of what they would cost. Pure.

A decoder makes room for the size that a frame tells before it looks at the rest: a VP8 key frame
of 26 kB that says 16383×16383 took 0.9 GB of this process, and then could not be decoded. The
sizes are therefore read here first, as the decoder reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rtc_server.webcam.h264_sps import parse_sps
from rtc_server.webcam.jpeg_header import parse_jpeg
from rtc_server.webcam.key_frames import H264_PARAMETERS

RefusalReason = Literal["size", "bytes", "units", "parameters", "rate", "cost", "undecodable"]

MAX_SIDE_PX = 1920  # either side: a phone that is held upright sends 1080×1920
MAX_FRAME_BYTES = 1 << 20  # a 1080p key frame has 0.1 to 0.4 MB
MAX_NAL_UNITS = 1024  # some encoders put each packet of a frame into a slice of its own
MAX_REFERENCE_MACROBLOCKS = 110_400  # H.264, table A-1: level 5, which is 13 frames of 1080p
VP8_KEY_HEADER_BYTES = 10  # RFC 6386, 9.1
VP8_SIDE_BITS = 0x3FFF  # the two bits above ask for upscaling, which no decoder does


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a frame is not decoded."""

    reason: RefusalReason
    sentence: str


def find_refusal(codec: str, data: bytes) -> Refusal | None:
    """Why an encoded frame must not be decoded; None if it may be.

    :param codec: its name in SDP, or JPEG.
    """
    if len(data) > MAX_FRAME_BYTES:
        return Refusal(
            "bytes", f"expected at most {MAX_FRAME_BYTES} bytes a frame, got {len(data)}"
        )
    match codec.upper():
        case "VP8":
            return _check_vp8(data)
        case "H264":
            return _check_h264(data)
        case "JPEG":
            return _check_jpeg(data)
    return None


def check_size(width: int, height: int) -> Refusal | None:
    """Refuse a picture that is too large."""
    if max(width, height) <= MAX_SIDE_PX:
        return None
    limit = f"{MAX_SIDE_PX}×{MAX_SIDE_PX}"
    return Refusal("size", f"expected at most {limit} pixels, got {width}×{height}")


def _check_vp8(data: bytes) -> Refusal | None:
    """Only key frames tell a size."""
    if len(data) < VP8_KEY_HEADER_BYTES or data[0] & 1:
        return None
    width = int.from_bytes(data[6:8], "little") & VP8_SIDE_BITS
    height = int.from_bytes(data[8:10], "little") & VP8_SIDE_BITS
    return check_size(width, height)


def _check_h264(data: bytes) -> Refusal | None:
    """Any frame may bring new parameters, also between key frames."""
    units = data.count(b"\0\0\1")
    if units > MAX_NAL_UNITS:
        return Refusal("units", f"expected at most {MAX_NAL_UNITS} NAL units a frame, got {units}")
    for unit in data.split(b"\0\0\1")[1:]:
        if unit and unit[0] & 0x1F == H264_PARAMETERS and (refusal := _check_sps(unit)):
            return refusal
    return None


def _check_jpeg(data: bytes) -> Refusal | None:
    try:
        header = parse_jpeg(data)
    except ValueError as error:
        return Refusal("parameters", str(error))
    return check_size(header.width, header.height)


def _check_sps(unit: bytes) -> Refusal | None:
    try:
        parameters = parse_sps(unit)
    except ValueError as error:
        return Refusal("parameters", f"an H.264 SPS that cannot be read: {error}")
    if refusal := check_size(parameters.coded_width, parameters.coded_height):
        return refusal
    if not parameters.is_8_bit_420:
        return Refusal("parameters", "expected H.264 of 8 bits and 4:2:0, got another format")
    if parameters.reference_frames * parameters.macroblocks > MAX_REFERENCE_MACROBLOCKS:
        return Refusal(
            "parameters", f"too many reference frames of that size: {parameters.reference_frames}"
        )
    return None
