"""Drains the learner's video: always, so that nothing queues, keeping the newest frame only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import av
from aiortc import RTCRtpReceiver
from aiortc.mediastreams import MediaStreamError

from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.latest import Latest


@dataclass(frozen=True, slots=True)
class WebcamFrame:
    """One decoded frame; its colours are converted off the loop, by whoever looks at it."""

    picture: av.VideoFrame
    rtp: int  # 32-bit timestamp at 90 kHz, as on the wire
    received_s: float  # on the server's clock, after decoding


async def drain(
    receiver: RTCRtpReceiver, frames: Latest[WebcamFrame], now: Callable[[], float]
) -> None:
    """Put every frame into the mailbox until the track ends; then close it."""
    try:
        while True:
            picture = await receiver.track.recv()
            if isinstance(picture, av.VideoFrame):
                rtp = aiortc_internals.wire_timestamp(receiver, picture.pts or 0)
                frames.put(WebcamFrame(picture, rtp, now()))
    except MediaStreamError:
        pass
    finally:
        frames.close()
