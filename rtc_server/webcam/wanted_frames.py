"""A webcam's frames, of which only those that are looked at are waited for.

Every frame has to be decoded, because the next one builds on it, but not at once. A session looks
at five of ten frames a second, or of more; to decode some in a row costs less than one by one, each
with a thread that wakes up and an event loop that is woken up for its picture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from rtc_server.latest import Latest
from rtc_server.webcam.webcam_frame import WebcamFrame

T = TypeVar("T")

MAX_HELD = 4  # frames: as many are decoded at most before the one that is looked at
MAX_HELD_S = 0.3  # a camera that is watched for being silent must not seem to be


class WantedFrames(Latest[WebcamFrame]):
    """The newest decoded frame; a reader who waits makes its decoder decode what it holds back."""

    def __init__(self) -> None:
        super().__init__()
        self.is_wanted = False  # somebody waits, or did and has not taken a frame since
        # Decodes what is held back, and says whether there was anything.
        self.decode_held: Callable[[], bool] = lambda: False

    async def wait(self) -> None:
        """As `Latest.wait`; a frame that is held back is newer than one that is decoded."""
        self.is_wanted, before = True, self.received
        await (self._wait_past(before) if self.decode_held() else super().wait())

    async def wait_for_next(self) -> None:
        """As `Latest.wait_for_next`; what is held back is decoded with the next one."""
        self.is_wanted = True
        await super().wait_for_next()

    def take_newest(self) -> WebcamFrame | None:
        self.is_wanted = False
        return super().take_newest()


class HeldFrames(Generic[T]):
    """Encoded frames in their order, until they have to be decoded. Pure."""

    def __init__(self, now: Callable[[], float], is_wanted: Callable[[], bool]) -> None:
        self._now, self._is_wanted = now, is_wanted
        self._frames: list[T] = []
        self._since_s = 0.0  # when the first of them came

    def __len__(self) -> int:
        return len(self._frames)

    def add(self, frame: T) -> list[T]:
        """Hold a frame back; return those that are to be decoded now, and hold them no more."""
        if not self._frames:
            self._since_s = self._now()
        self._frames.append(frame)
        if (
            self._is_wanted()
            or len(self._frames) >= MAX_HELD
            or self._now() - self._since_s >= MAX_HELD_S
        ):
            return self.take_all()
        return []

    def take_all(self) -> list[T]:
        """All of them, which are held no more."""
        frames, self._frames = self._frames, []
        return frames
