"""Has a receiver's frames decoded by our decoder, on aiortc's decoder thread.

Private parts of aiortc, as in `aiortc_internals`. aiortc's own decoders take frames of any size,
log a line for each that fails, and use a thread for each core.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Any

import av
from aiortc import RTCRtpReceiver

from rtc_server.webcam.frame_decoder import FrameDecoder
from rtc_server.webrtc.aiortc_internals import DECODER_QUEUE

DECODER_ERROR = "_RTCRtpReceiver__decoder_error"
TRACK_QUEUE = "_queue"
# Pictures of 1920×1920 have 5.5 MB each. An event loop that stands still looks at the last ones of
# these at best.
MAX_UNDELIVERED = 8


def replace_decoder(
    receiver: RTCRtpReceiver,
    decoder: FrameDecoder,
    on_picture: Callable[[av.VideoFrame], None] | None = None,
) -> None:
    """Decode this receiver's frames with `decoder`; call it before the first packet.

    :param on_picture: takes each picture, in the event loop; None: the receiver's track.
    """
    getattr(receiver, DECODER_QUEUE)  # setattr alone would not notice that the attribute has moved
    setattr(receiver, DECODER_QUEUE, _DecodingQueue(receiver, decoder, on_picture))


class _DecodingQueue(queue.Queue[Any]):
    """The queue of which aiortc's decoder thread takes its work.

    The thread gets only the signal to stop. Until then this queue decodes, in the thread's place,
    and passes the pictures on.
    """

    def __init__(
        self,
        receiver: RTCRtpReceiver,
        decoder: FrameDecoder,
        on_picture: Callable[[av.VideoFrame], None] | None,
    ) -> None:
        super().__init__()
        self._receiver = receiver
        self._decoder = decoder
        self._on_picture = on_picture
        self._loop = asyncio.get_running_loop()
        self._error: threading.Event = getattr(receiver, DECODER_ERROR)
        self._passed = 0  # pictures that this thread has given to the event loop
        self._delivered = 0  # those that the event loop has taken

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Decode until the signal to stop (None) comes, and return it."""
        task = super().get(block, timeout)
        while block and task is not None:
            self._decode(*task)
            task = super().get()
        return task

    def _decode(self, codec: Any, frame: Any) -> None:
        pictures, needs_key = self._decoder.decode(codec.name, frame.data, frame.timestamp)
        if needs_key:
            self._error.set()  # aiortc then asks for a key frame with the next packet
        take = self._on_picture or getattr(self._receiver.track, TRACK_QUEUE).put_nowait
        with contextlib.suppress(RuntimeError):  # the event loop is closed
            for picture in pictures:
                if self._passed - self._delivered < MAX_UNDELIVERED:
                    self._passed += 1
                    self._loop.call_soon_threadsafe(self._deliver, take, picture)

    def _deliver(self, take: Callable[[av.VideoFrame], None], picture: av.VideoFrame) -> None:
        self._delivered += 1
        take(picture)
