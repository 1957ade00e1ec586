"""What goes to a learner over a WebSocket; the lesson's video they play from its file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from rtc_server.latest import Latest
from rtc_server.protocol.client_messages import PlayheadReport
from rtc_server.protocol.pictures import write_annotated_picture
from rtc_server.sync.reported_playhead import ReportedPlayhead

MAX_SIDE_PX = 640
QUALITY = 70  # of 100; 30 kB a picture


class SocketDownlink:
    """The annotated pictures of one session, and what the client says is on its screen."""

    def __init__(self, send: Callable[[bytes], None], *, annotated: bool) -> None:
        """:param send: takes a binary message; a newer one may take its place."""
        self._send = send
        self._annotated = annotated
        self._images: Latest[NDArray[np.uint8]] = Latest()
        self.playhead = ReportedPlayhead()

    def on_frame_shown(self, report: PlayheadReport) -> None:
        """There is no RTP here: the pictures say what is shown."""

    def send_annotated(self, image_bgr: NDArray[np.uint8]) -> None:
        """Send a picture, if the learner asked for them; a newer one takes its place."""
        if self._annotated:
            self._images.put(image_bgr)

    async def run(self) -> None:
        """Encode the newest picture, until cancelled; that takes a thread."""
        while True:
            image = await self._images.take()
            jpeg = await asyncio.to_thread(encode_jpeg, image)
            self._send(write_annotated_picture(self._images.received - 1, jpeg))

    def statistics(self) -> dict[str, object]:
        """No track is sent, so there is nothing to choose for it."""
        return {"low_bit_rate": False, "bit_rate_changes": 0, "key_frames_on_request": 0}


def encode_jpeg(image_bgr: NDArray[np.uint8]) -> bytes:
    """A JPEG of the picture, no side longer than MAX_SIDE_PX."""
    height, width = image_bgr.shape[:2]
    scale = min(1.0, MAX_SIDE_PX / max(height, width))
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        image_bgr = np.asarray(cv2.resize(image_bgr, size, interpolation=cv2.INTER_AREA), np.uint8)
    _, encoded = cv2.imencode(".jpg", image_bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return bytes(encoded)
