"""Frames of a live teacher, for tests."""

from __future__ import annotations

from rtc_server.webrtc.jitter_buffer import EncodedFrame
from rtc_server.webrtc.live.frames import LiveFrame

STEP = 3000
VP8_KEY = bytes([0, 0, 0, 0x9D, 1, 0x2A, 0x80, 2, 0x68, 1])  # 640×360
VP8_KEY_4K = bytes([0, 0, 0, 0x9D, 1, 0x2A, 0, 0x0F, 0x70, 8])  # 3840×2160


class Clock:
    """A time that a test sets."""

    s = 100.0

    def __call__(self) -> float:
        return self.s


def frame(number: int, *, key: bool = False, size: int = 100, codec: str = "VP8") -> LiveFrame:
    """The frame of that number, at 30 a second."""
    return LiveFrame((bytes([number % 256]) * size,), number * STEP, key, codec)


def encoded(rtp: int, data: bytes = b"\1", *, after_gap: bool = False) -> EncodedFrame:
    """A frame as it comes out of the jitter buffer."""
    return EncodedFrame(data, rtp, 97, after_gap, (b"descriptor" + data,))
