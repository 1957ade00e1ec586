"""Which frames of a damaged stream are worth decoding: none between a loss and a key frame. Pure.

A decoder that lacks a frame smears what follows over what it has, and it is the limbs that smear,
for they move: by bench/smear.py a third to half of the joints are then found more than 5 % of the
body's height elsewhere, no nearer than in the pose before the loss. No pose is better than that.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from rtc_server.webrtc.jitter_buffer import Frame

ASK_EVERY_S = 0.3  # browsers answer no faster either, and the first request may have been lost
ENDURE_S = 2.0  # without a key frame: a sender that gives none is shown as it is
LATE_S = 0.3  # a frame that waited so long for its decoder: it cannot keep up
WAITING_FRAMES = 60

VP8_KEY = b"\x9d\x01\x2a"  # RFC 6386, 9.1
H264_SLICE, H264_PARAMETERS, H264_DELIMITER = 5, 7, 9  # NAL unit types, H.264 7.4.1


def begins_key_frame(codec: str, data: bytes) -> bool:
    """Whether an encoded frame is a key frame that has its beginning.

    :param codec: "VP8" or "H264"; of any other nothing is known, and the answer is False.
    :param data: H.264 with start codes (Annex B).
    """
    if codec.upper() == "VP8":
        return len(data) >= 10 and data[0] & 1 == 0 and data[3:6] == VP8_KEY
    if codec.upper() == "H264":
        units = [unit[0] & 0x1F for unit in data.split(b"\0\0\1")[1:] if unit]
        return H264_SLICE in units and units[0] in (H264_PARAMETERS, H264_DELIMITER)
    return False


class KeyFrameGate:
    """Lets through what can be decoded to a whole picture, and asks for a key frame if it must."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._broken_s: float | None = None  # since when frames are missing
        self._asked_s = -math.inf
        self._passed_s: deque[float] = deque(maxlen=WAITING_FRAMES)
        self.skipped = 0  # frames that came and were not decoded
        self.late = 0  # times that the decoder could not keep up
        self.asked = 0  # requests for a key frame

    def passes(self, frame: Frame, is_key: bool) -> bool:
        """Whether to decode this frame."""
        now_s = self._now()
        if is_key:
            self._broken_s = None
        elif frame.after_gap and self._broken_s is None:
            self._broken_s = now_s
        if self._broken_s is not None:
            if frame.after_gap or now_s - self._broken_s < ENDURE_S:
                self.skipped += 1
                return False
            self._broken_s = None
        self._passed_s.append(now_s)
        return True

    def behind(self, waiting: int) -> bool:
        """Whether the decoder is, where so many of the frames that passed wait for it."""
        if waiting >= WAITING_FRAMES:
            return True
        return waiting > 0 and self._now() - self._passed_s[-waiting] > LATE_S

    def cut(self, thrown_away: int) -> None:
        """Frames that had passed were thrown away because the decoder is behind."""
        self.late += 1
        self.skipped += thrown_away
        if self._broken_s is None:
            self._broken_s = self._now()

    def asks(self) -> bool:
        """Whether to send a request for a key frame now; call it with every packet."""
        now_s = self._now()
        if self._broken_s is None or now_s - self._asked_s < ASK_EVERY_S:
            return False
        self._asked_s = now_s
        self.asked += 1
        return True
