"""Small pictures of a learner who wants to be seen by the teacher."""

from __future__ import annotations

import asyncio
import base64

import av
import cv2

EVERY_S = 2.0
MAX_BYTES = 4096  # so that a roster of ten has less than 64 KiB, whatever they show
SIDE = 96  # pixels, the longer one
QUALITIES = (60, 40, 20)


class Snapshots:
    """One learner's: the newest, made in a thread, and one at a time."""

    def __init__(self) -> None:
        self._made_s = float("-inf")
        self._task: asyncio.Task[None] | None = None
        self.newest: str | None = None  # a JPEG in base64, until the teacher was shown it

    def update(self, frame: av.VideoFrame, now_s: float) -> None:
        """Make one of this frame, if it is time for one."""
        if now_s - self._made_s < EVERY_S or (self._task is not None and not self._task.done()):
            return
        self._made_s = now_s
        self._task = asyncio.create_task(self._make(frame))

    def take(self) -> str | None:
        """The newest, once."""
        newest, self.newest = self.newest, None
        return newest

    async def _make(self, frame: av.VideoFrame) -> None:
        self.newest = await asyncio.to_thread(encode_snapshot, frame)


def encode_snapshot(frame: av.VideoFrame) -> str | None:
    """A JPEG in base64; None where even the lowest quality takes too many bytes."""
    scale = SIDE / max(frame.width, frame.height)
    size = max(2, round(frame.width * scale)), max(2, round(frame.height * scale))
    image = frame.reformat(*size, "bgr24").to_ndarray()
    for quality in QUALITIES:
        _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if len(encoded) <= MAX_BYTES:
            return base64.b64encode(encoded.tobytes()).decode()
    return None
