"""Two real aiortc peers on this machine: one sends a film, and the other measures its age."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from fractions import Fraction

import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCRtpSender,
)
from aiortc.mediastreams import MediaStreamError

from rtc_server.webrtc import aiortc_internals

VIDEO_HZ = 90_000
BITRATE_ESTIMATOR = "_RTCRtpReceiver__remote_bitrate_estimator"


class FilmTrack(MediaStreamTrack):
    """Sends the same frames at a steady rate again and again, and records when each was sent."""

    kind = "video"

    def __init__(self, frames: Sequence[av.VideoFrame], fps: float) -> None:
        super().__init__()
        self.sender: RTCRtpSender | None = None
        self.sent_s: list[float] = []  # by frame number
        self._frames = frames
        self._fps = fps
        self._began_s: float | None = None
        self._origin: int | None = None

    async def recv(self) -> av.VideoFrame:
        k = len(self.sent_s)
        if k == 1 and self.sender is not None:  # the first one was sent, with a random origin
            self._origin = aiortc_internals.last_sent_timestamp(self.sender)
        if self._began_s is None:
            self._began_s = time.monotonic()
        await asyncio.sleep(max(0.0, self._began_s + k / self._fps - time.monotonic()))
        if self.readyState != "live":
            raise MediaStreamError
        frame = self._frames[k % len(self._frames)]
        frame.pts, frame.time_base = round(k * VIDEO_HZ / self._fps), Fraction(1, VIDEO_HZ)
        frame.pict_type = av.video.frame.PictureType.NONE
        self.sent_s.append(time.monotonic())
        return frame

    def rtp_timestamp_of(self, index: int) -> int:
        """The RTP timestamp of a frame."""
        step = round(index * VIDEO_HZ / self._fps)
        return ((self._origin or 0) + step) % aiortc_internals.RTP_WRAP

    def index_of(self, rtp_timestamp: int) -> int:
        """The number of a received frame."""
        step = (rtp_timestamp - (self._origin or 0)) % aiortc_internals.RTP_WRAP
        return round(step * self._fps / VIDEO_HZ)


class PeerPair:
    """A sending and a receiving peer, and the frames that the receiver decoded."""

    def __init__(self, film: FilmTrack, prepare: Callable[[RTCRtpReceiver], None]) -> None:
        """:param prepare: may change the receiver before it receives anything."""
        self.film = film
        self.shown: list[tuple[float, int]] = []  # when, and which frame
        self._prepare = prepare
        self._ends = [RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2)]
        self._watching: asyncio.Task[None] | None = None

    async def open(self) -> RTCRtpReceiver:
        """Connect; frames are sent from now on."""
        offering, answering = self._ends
        self.film.sender = offering.addTransceiver(self.film, direction="sendonly").sender
        await offering.setLocalDescription(await offering.createOffer())
        await answering.setRemoteDescription(offering.localDescription)
        receiver = answering.getTransceivers()[0].receiver
        # A loss lowers the bit rate estimate, and aiortc's encoder then restarts with a key frame.
        # A browser's encoder does not, so this key frame would make the receiver look too good.
        setattr(receiver, BITRATE_ESTIMATOR, None)
        self._prepare(receiver)
        await answering.setLocalDescription(await answering.createAnswer())
        await offering.setRemoteDescription(answering.localDescription)
        self._watching = asyncio.create_task(self._watch(receiver))
        return receiver

    async def close(self) -> None:
        self.film.stop()
        for end in self._ends:
            await end.close()
        if self._watching is not None:
            await self._watching

    def frame_ages_s(self) -> list[tuple[float, float]]:
        """When each frame was shown, and how old it was then."""
        return [(shown_s, shown_s - self.film.sent_s[k]) for shown_s, k in self.shown]

    async def _watch(self, receiver: RTCRtpReceiver) -> None:
        try:
            while True:
                frame = await receiver.track.recv()
                timestamp = aiortc_internals.rtp_timestamp(receiver, frame.pts or 0)
                self.shown.append((time.monotonic(), self.film.index_of(timestamp)))
        except MediaStreamError:
            return


def draw_moving_noise(size: tuple[int, int], detail: int, count: int = 60) -> list[av.VideoFrame]:
    """Draw blocks of noise that move over grey; more `detail` takes more packets for a frame."""
    width, height = size
    random = np.random.default_rng(1)
    noise = random.integers(60, 200, (detail, detail), np.uint8).repeat(8, 0).repeat(8, 1)
    frames = []
    for k in range(count):
        image = np.full((height, width), 128, np.uint8)
        along = round((width - noise.shape[1]) * abs(1 - 2 * k / count))
        image[: noise.shape[0], along : along + noise.shape[1]] = noise[:height]
        frames.append(av.VideoFrame.from_ndarray(image, "gray").reformat(format="yuv420p"))
    return frames
