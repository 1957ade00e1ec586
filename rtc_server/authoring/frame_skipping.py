"""Leaves out the decoding of frames that nobody needs and that no other frame refers to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction

import av
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

# Whether the frame is needed that is on screen while start <= t < end. Both are in s from the first
# frame; the third argument is the stream's time base.
IsNeeded = Callable[[Fraction, Fraction, Fraction], bool]

# In these decoders a frame that no other one refers to leaves no trace (FFmpeg's h264dec.c,
# hevcdec.c). Others keep something of each frame (VP9: vectors and probabilities) or read the
# setting only once (AV1).
CODECS = frozenset({"h264", "hevc"})
# Frames are never reordered further than this (H.264 and H.265: 16), so the frame that follows on
# screen is known.
LOOKAHEAD = 17


class FrameSkipper:
    """Configures the decoder for one packet after the other.

    The frames that are needed come out the same, bit by bit, as if all frames were decoded.

    :param is_needed: may be asked about longer times than frames last, never about shorter ones.
    """

    def __init__(self, stream: VideoStream, is_needed: IsNeeded) -> None:
        self._context = stream.codec_context
        self._callback = is_needed
        self._first: Fraction | None = None  # when the first frame is shown, by the file's clock
        self._enabled = self._context.codec.name in CODECS and _has_one_temporal_layer(stream)
        # Of the packets before and after the current one.
        self._times: deque[Fraction] = deque(maxlen=2 * LOOKAHEAD)
        self.skipped = 0  # packets that the decoder may skip if nothing refers to them

    def packets(self, packets: Iterator[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
        """Give the packets in their order; decode each one before you ask for the next."""
        waiting: deque[Packet[VideoStream]] = deque()
        failure: av.FFmpegError | None = None
        try:
            for packet in packets:
                waiting.append(packet)
                if (start := _start(packet)) is not None and not packet.is_discard:
                    self._times.append(start)
                if len(waiting) > LOOKAHEAD:
                    self._configure_decoder(waiting[0])
                    yield waiting.popleft()
        except av.FFmpegError as error:  # the packets that were read before it can still be decoded
            failure = error
        # Near the end every frame is decoded, since the last one is shown until the video ends.
        self._context.skip_frame = "DEFAULT"
        yield from waiting
        if failure is not None:
            raise failure

    def on_decoded(self, frame: VideoFrame, first: Fraction) -> None:
        """Take note of a decoded frame; none is skipped before one has been.

        :param first: when the video's first frame is shown, by the file's clock.
        """
        self._first = first
        if frame.interlaced_frame:  # a packet may hold half of a frame
            self._enabled = False

    def disable(self) -> None:
        """Decode every frame from here on: what is broken is replaced by the frame before it."""
        self._enabled = False

    def _configure_decoder(self, packet: Packet[VideoStream]) -> None:
        skip = self._enabled and not self._is_needed(packet)
        self.skipped += skip
        self._context.skip_frame = "NONREF" if skip else "DEFAULT"

    def _is_needed(self, packet: Packet[VideoStream]) -> bool:
        start = _start(packet)
        if start is None or self._first is None:
            return True
        end = min((time for time in self._times if time > start), default=None)
        if end is None:
            return True
        return self._callback(start - self._first, end - self._first, packet.time_base)


def _start(packet: Packet[VideoStream]) -> Fraction | None:
    return packet.pts * packet.time_base if packet.pts is not None else None


def _has_one_temporal_layer(stream: VideoStream) -> bool:
    """Whether no frame is a reference for a higher temporal layer only (H.265, 7.4.2.2).

    Such a frame declares that its own layer does not refer to it, and FFmpeg goes by that.
    """
    context = stream.codec_context
    if context.codec.name != "hevc":
        return True
    record = context.extradata or b""
    # HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1.2): numTemporalLayers, 0 unknown.
    return len(record) > 22 and record[0] == 1 and (record[21] >> 3) & 7 == 1
