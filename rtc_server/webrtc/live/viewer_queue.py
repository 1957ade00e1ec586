"""What waits to be sent to one learner of the teacher's video. Pure.

It is short, because frames leave as they come. A learner who does not get them away, or whose
network does not carry them, loses all up to a key frame: what is old is of no use, and what follows
a lost frame cannot be decoded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from rtc_server.webrtc.live.frames import LiveFrame

MAX_FRAMES, MAX_BYTES = 120, 2 << 20
SQUEEZED_TICKS = 30  # between frames that are sent at once: a third of a millisecond


@dataclass(frozen=True, slots=True)
class QueuedFrame:
    """A frame and the time that it is sent with."""

    frame: LiveFrame
    ticks: int
    on_time: bool  # False: it is sent only so that later ones can be decoded


class ViewerQueue:
    """One learner's frames; it begins with a key frame, or with all since the last one."""

    def __init__(self) -> None:
        self.waits_for_key = True
        self.keys_only = False  # the learner's network carries no more
        self.cuts = 0  # how often frames were lost up to a key frame
        self.skipped = 0  # frames that were left out
        self._waiting: deque[QueuedFrame] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, frame: LiveFrame) -> None:
        """The teacher's next frame."""
        if frame.is_key:
            self.waits_for_key = False
        elif self.waits_for_key or self.keys_only:
            self.waits_for_key = True
            self.skipped += 1
            return
        self._append(QueuedFrame(frame, frame.ticks, on_time=True))

    def join(self, frames: Sequence[LiveFrame]) -> None:
        """Begin with what is there from the last key frame on, up to the present.

        These frames are sent with times close before the newest one's, so that the learner's
        browser decodes them at once, and does not play them at their own speed and stay behind.
        """
        self._clear()
        for behind, frame in zip(range(len(frames) - 1, -1, -1), frames, strict=True):
            ticks = frames[-1].ticks - behind * SQUEEZED_TICKS
            self._append(QueuedFrame(frame, ticks, on_time=False))
        self.waits_for_key = not self._waiting

    def cut(self) -> None:
        """Lose what waits, and all up to the next key frame."""
        if not self.waits_for_key:
            self.cuts += 1
        self.skipped += len(self._waiting)
        self._clear()
        self.waits_for_key = True

    def pop(self) -> QueuedFrame | None:
        """The next frame to send."""
        if not self._waiting:
            return None
        queued = self._waiting.popleft()
        self._bytes -= queued.frame.size
        return queued

    def _append(self, queued: QueuedFrame) -> None:
        self._waiting.append(queued)
        self._bytes += queued.frame.size
        if queued.on_time and (len(self._waiting) > MAX_FRAMES or self._bytes > MAX_BYTES):
            self.cut()
            if queued.frame.is_key:
                self.waits_for_key = False
                self._waiting.append(queued)
                self._bytes = queued.frame.size

    def _clear(self) -> None:
        self._waiting.clear()
        self._bytes = 0
