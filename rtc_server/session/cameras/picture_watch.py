"""Whether a phone's pictures come, and how many. Pure; time is passed in."""

from __future__ import annotations

from collections import deque

PICTURE_S = 1.5  # without a frame for so long, there is no picture
SILENCE_S = 3.0  # as `liveness`
RATE_WINDOW_S = 3.0
MIN_FPS = 7.0  # poses are looked at 5 times a second, each in the next frame that comes
ENOUGH_FPS = (
    9.0  # after there were fewer than that: a rate between is told once, not again and again
)
MAX_UPDATES = 64


class PictureWatch:
    """What came from one phone; times are in s of the server's clock."""

    def __init__(self, now_s: float) -> None:
        self._frame_s: float | None = None  # when the last frame was noticed
        self._packet_s = now_s
        self._frames = self._packets = 0
        self.is_slow = False
        self._counts: deque[tuple[float, int]] = deque(maxlen=MAX_UPDATES)  # (time, frames)

    def update(self, frames: int, packets: int, now_s: float) -> None:
        """Take the numbers of frames and packets that came up to now."""
        if frames != self._frames:
            self._frames, self._frame_s = frames, now_s
        if packets != self._packets:
            self._packets, self._packet_s = packets, now_s
        self._counts.append((now_s, frames))
        while self._counts[0][0] < now_s - RATE_WINDOW_S:
            self._counts.popleft()
        if (fps := self.fps) is not None:
            self.is_slow = 0 < fps < (ENOUGH_FPS if self.is_slow else MIN_FPS)

    def has_picture(self, now_s: float) -> bool:
        return self._frame_s is not None and now_s - self._frame_s < PICTURE_S

    @property
    def had_picture(self) -> bool:
        """Whether any frame came so far."""
        return self._frame_s is not None

    def silent_s(self, now_s: float) -> float:
        """For how long nothing came at all."""
        return now_s - self._packet_s

    @property
    def fps(self) -> float | None:
        """Frames a second in the last RATE_WINDOW_S; None before there are so many seconds."""
        (began_s, before), (end_s, now) = self._counts[0], self._counts[-1]
        if end_s - began_s < RATE_WINDOW_S * 0.8 or before == 0:
            return None
        return (now - before) / (end_s - began_s)
