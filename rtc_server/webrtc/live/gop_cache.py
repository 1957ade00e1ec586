"""The teacher's video from its last key frame on: what somebody who comes now needs. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rtc_server.webrtc.live.frames import LiveFrame

MAX_BYTES, MAX_FRAMES = 4 << 20, 600  # 20 s of 1.6 Mbit/s at 30 frames a second
# As much can be sent at once to somebody who comes; where there is more, a key frame is smaller.
BURST_BYTES, BURST_FRAMES = 512 << 10, 90


class GopCache:
    """A group of pictures that grows until the next key frame, or until it is too large to keep."""

    def __init__(self) -> None:
        self._frames: list[LiveFrame] = []
        self._bytes = 0
        self.overflows = 0  # how often it was given up

    @property
    def frames(self) -> Sequence[LiveFrame]:
        """From the key frame on, without a gap; empty where that is not known any more."""
        return self._frames

    @property
    def is_burst(self) -> bool:
        """Whether there are frames, and few enough to be sent at once."""
        return 0 < len(self._frames) <= BURST_FRAMES and self._bytes <= BURST_BYTES

    def add(self, frame: LiveFrame) -> None:
        """Keep the next frame."""
        if frame.is_key:
            self.clear()
        elif not self._frames:
            return
        self._frames.append(frame)
        self._bytes += frame.size
        if self._bytes > MAX_BYTES or len(self._frames) > MAX_FRAMES:
            self.clear()
            self.overflows += 1

    def clear(self) -> None:
        """Forget what came: what comes next does not follow it."""
        self._frames = []
        self._bytes = 0
