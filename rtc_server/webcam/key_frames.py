"""Which encoded frames can be decoded without those before them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

VP8_START_CODE = b"\x9d\x01\x2a"  # RFC 6386, 9.1
H264_START_CODE = b"\0\0\1"
H264_SLICE, H264_PARAMETERS, H264_DELIMITER = 5, 7, 9  # NAL unit types, H.264 7.4.1
H264_TYPE_BITS = 0x1F  # of a NAL unit's first byte
# Searched for, because a frame of nothing but start codes would split into half a million parts.
H264_KEY_SLICE = re.compile(
    re.escape(H264_START_CODE) + b"[" + bytes(range(H264_SLICE, 256, H264_TYPE_BITS + 1)) + b"]"
)


def starts_vp8_key_frame(data: bytes) -> bool:
    """Whether VP8 data is a key frame that has its beginning."""
    return len(data) >= 10 and data[0] & 1 == 0 and data[3:6] == VP8_START_CODE


def starts_h264_key_frame(data: bytes) -> bool:
    """Whether H.264 data with start codes (Annex B) is a key frame that has its beginning."""
    begin = data.find(H264_START_CODE) + len(H264_START_CODE)
    if begin < len(H264_START_CODE) or begin == len(data):
        return False
    first = data[begin] & H264_TYPE_BITS
    return first in (H264_PARAMETERS, H264_DELIMITER) and H264_KEY_SLICE.search(data) is not None


KEY_FRAME_STARTS: dict[str, Callable[[bytes], bool]] = {  # by codec, named as in SDP
    "VP8": starts_vp8_key_frame,
    "H264": starts_h264_key_frame,
    "JPEG": lambda _: True,  # each picture stands for itself
}


def starts_key_frame(codec: str, data: bytes) -> bool:
    """Whether an encoded frame is a key frame that has its beginning.

    :param codec: its name in SDP; for one that is not in the table the answer is False.
    """
    starts = KEY_FRAME_STARTS.get(codec.upper())
    return starts is not None and starts(data)
