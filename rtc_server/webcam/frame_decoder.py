"""Decodes the webcam's frames within limits, on a thread of its own.

A learner may send whatever they like. What a frame may be is in `frame_limits`; here is how much
decoding may take: at most half a processor for each learner, measured as processor time, so that a
busy machine takes nothing away from anybody.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction

import av
from av.codec.context import Flags

from rtc_server.token_bucket import RateLimit, TokenBucket
from rtc_server.webcam.frame_limits import MAX_SIDE_PX, Refusal, check_size, find_refusal
from rtc_server.webcam.key_frames import starts_key_frame

logger = logging.getLogger(__name__)

RTP_TIME_BASE = Fraction(1, 90_000)
# By the name in SDP. FFmpeg's own decoder of VP8 gives the same pictures as libvpx, bit for bit, as
# RFC 6386 demands, for 0.7 of the processor time.
FFMPEG_DECODERS = {"VP8": "vp8", "H264": "h264", "JPEG": "mjpeg"}
MAX_PROCESSOR_SHARE = 0.5  # 720p at 30 frames/s takes 0.1
MAX_FRAMES_PER_S = 90.0
BURST_S = 2.0  # what may be used at once: as many seconds of it as this
FRAME_LIMIT = RateLimit(MAX_FRAMES_PER_S, MAX_FRAMES_PER_S * BURST_S)
PROCESSOR_LIMIT = RateLimit(MAX_PROCESSOR_SHARE, MAX_PROCESSOR_SHARE * BURST_S)


class FrameDecoder:
    """One learner's decoder. Its methods are called in one thread at a time."""

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        processor_s: Callable[[], float] = time.thread_time,
    ) -> None:
        """:param processor_s: how much processor time this thread has used."""
        self._now, self._processor_s = now, processor_s
        self._frames = TokenBucket(FRAME_LIMIT, now())
        self._processor = TokenBucket(PROCESSOR_LIMIT, now())
        self._codec = ""
        self._context: av.VideoCodecContext | None = None
        self._waits_for_key = False  # a frame is left out, so that those that build on it are wrong
        self.refused: Counter[str] = Counter()  # frames that were not decoded, by reason
        self.last_refusal = ""  # a sentence

    def decode(self, codec: str, data: bytes, pts: int) -> tuple[list[av.VideoFrame], bool]:
        """The pictures of one encoded frame, and whether to ask for a key frame.

        :param codec: its name in SDP, or JPEG.
        :param pts: at 90 kHz.
        """
        if self._waits_for_key and not starts_key_frame(codec, data):
            return [], False
        if refusal := self._check_rate():
            return self._refuse(refusal), True
        self._frames.charge(1)
        began_s = self._processor_s()
        try:
            return self._decode(codec, data, pts)
        finally:
            self._processor.charge(self._processor_s() - began_s)

    def _check_rate(self) -> Refusal | None:
        now_s = self._now()
        if self._frames.is_empty(now_s):
            return Refusal("rate", f"expected at most {MAX_FRAMES_PER_S:g} frames a second")
        if self._processor.is_empty(now_s):
            return Refusal("cost", f"expected at most {MAX_PROCESSOR_SHARE:g} processors in use")
        return None

    def _decode(self, codec: str, data: bytes, pts: int) -> tuple[list[av.VideoFrame], bool]:
        if refusal := find_refusal(codec, data):
            return self._refuse(refusal), False  # a sender of such frames would send another one
        self._waits_for_key = False
        try:
            packet = av.Packet(data)
            packet.pts, packet.time_base = pts, RTP_TIME_BASE
            frames = self._open(codec).decode(packet)
        except Exception as error:  # whatever a frame provokes, the next ones are decoded
            # The decoder keeps what it has: a new one would fail until the next key frame.
            self._count(Refusal("undecodable", f"{codec} that cannot be decoded: {error!r:.100}"))
            return [], True
        for frame in frames:  # FFmpeg may have read another size than we have
            if refusal := check_size(frame.width, frame.height):
                return self._refuse(refusal), False
        return frames, False

    def _open(self, codec: str) -> av.VideoCodecContext:
        if self._context is None or codec != self._codec:
            context = av.CodecContext.create(FFMPEG_DECODERS[codec.upper()], "r")
            assert isinstance(context, av.VideoCodecContext)
            context.thread_count = 1  # else one for each core, for each learner
            context.flags |= Flags.low_delay  # no frame waits for frames that are shown before it
            context.options = {"max_pixels": str(MAX_SIDE_PX**2)}
            self._codec, self._context = codec, context
        return self._context

    def _refuse(self, refusal: Refusal) -> list[av.VideoFrame]:
        self._waits_for_key = True
        self._count(refusal)
        return []

    def _count(self, refusal: Refusal) -> None:
        if refusal.reason not in self.refused:  # one line for each learner and reason
            logger.info("a webcam frame is not decoded: %s", refusal.sentence)
        self.refused[refusal.reason] += 1
        self.last_refusal = refusal.sentence
