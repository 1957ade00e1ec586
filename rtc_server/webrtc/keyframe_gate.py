"""Decides which frames of a damaged stream are decoded: none from a loss to a key frame. Pure.

A decoder that lacks a frame smears what follows over what it has. It smears the limbs, because
they move: a third to half of the joints are then found more than 5 % of the body's height
elsewhere (bench/pose/decoder_damage.py), no nearer than in the pose before the loss. No pose is
better than that.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from rtc_server.webrtc.jitter_buffer import EncodedFrame

REQUEST_INTERVAL_S = 0.3  # browsers answer no faster, and the first request may have been lost
MAX_WAIT_FOR_KEY_S = 2.0  # after this the damaged stream is decoded: the sender gives no key frame
MAX_QUEUE_DELAY_S = 0.3  # a decoder that lets a frame wait this long cannot keep up
MAX_QUEUED_FRAMES = 60


class KeyFrameGate:
    """Lets through frames that can be decoded without damage, and asks for key frames."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._broken_s: float | None = None  # since when frames are missing
        self._requested_s = -math.inf
        self._queued_s: deque[float] = deque(maxlen=MAX_QUEUED_FRAMES)
        self.skipped = 0  # frames that came and were not decoded
        self.decoder_stalls = 0  # how often the decoder could not keep up
        self.key_frames_requested = 0

    def admit(self, frame: EncodedFrame, *, is_key: bool) -> bool:
        """Decide whether to decode this frame."""
        now_s = self._now()
        if is_key:
            self._broken_s = None
        elif frame.after_gap and self._broken_s is None:
            self._broken_s = now_s
        if self._broken_s is not None:
            if frame.after_gap or now_s - self._broken_s < MAX_WAIT_FOR_KEY_S:
                self.skipped += 1
                return False
            self._broken_s = None
        return True

    def on_queued(self, frames: int) -> None:
        """So many admitted frames were queued for the decoder."""
        self._queued_s.extend([self._now()] * frames)

    def is_decoder_behind(self, queued: int) -> bool:
        """Whether the decoder is too slow, given how many frames are queued for it."""
        if queued >= MAX_QUEUED_FRAMES:
            return True
        waiting = min(queued, len(self._queued_s))  # aiortc also queues the end
        return waiting > 0 and self._now() - self._queued_s[-waiting] > MAX_QUEUE_DELAY_S

    def on_queue_emptied(self, discarded: int) -> None:
        """Admitted frames were thrown away because the decoder is behind."""
        self.decoder_stalls += 1
        self.skipped += discarded
        if self._broken_s is None:
            self._broken_s = self._now()

    def should_request_key_frame(self) -> bool:
        """Decide whether to send a request for a key frame now; call it for every packet."""
        now_s = self._now()
        if self._broken_s is None or now_s - self._requested_s < REQUEST_INTERVAL_S:
            return False
        self._requested_s = now_s
        self.key_frames_requested += 1
        return True
