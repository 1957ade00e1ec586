"""The webcam's video with the skeleton drawn on it, sent back as a track of its own."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import av
import numpy as np
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from numpy.typing import NDArray

from rtc_server.latest import Closed, Latest

VIDEO_HZ = 90_000


class AnnotatedVideoTrack(MediaStreamTrack):
    """Sends one frame for each pose; aiortc encodes it for this learner alone."""

    kind = "video"

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self.frames: Latest[NDArray[np.uint8]] = Latest()  # (height, width, 3) BGR
        self._now = now
        self._began_s = now()

    async def recv(self) -> av.VideoFrame:
        if self.readyState != "live":
            raise MediaStreamError
        try:
            pixels = await self.frames.take()
        except Closed:
            raise MediaStreamError from None
        height, width = pixels.shape[:2]
        even = np.ascontiguousarray(pixels[: height - height % 2, : width - width % 2])
        frame = av.VideoFrame.from_ndarray(even, format="bgr24")
        frame.pts = round((self._now() - self._began_s) * VIDEO_HZ)
        frame.time_base = Fraction(1, VIDEO_HZ)
        return frame
