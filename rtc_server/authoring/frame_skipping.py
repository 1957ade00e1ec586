"""Decodes only what is looked at: frames that nobody sees and nothing refers to are left out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction

import av
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

# Whether anybody looks while start <= t < end; s from the first frame, and the clock's tick.
Seen = Callable[[Fraction, Fraction, Fraction], bool]

# A frame that nothing refers to leaves no trace in these decoders (FFmpeg's h264dec.c, hevcdec.c).
# Others keep something of each frame (VP9: vectors and probabilities) or choose once (AV1).
CODECS = frozenset({"h264", "hevc"})
# Further than any frame is moved to be decoded (H.264 and H.265: 16), so that the frame that
# follows on screen is known.
LOOK_AHEAD = 17


class Skipping:
    """Sets the decoder for one packet after the other; what is seen comes out the same, bit by bit.

    :param seen: may be asked about longer stretches than frames last, never about shorter ones.
    """

    def __init__(self, stream: VideoStream, seen: Seen) -> None:
        self._context = stream.codec_context
        self._seen = seen
        self._first: Fraction | None = None  # when the first frame is shown, on the file's clock
        self._on = self._context.codec.name in CODECS and _one_layer(stream)
        self._times: deque[Fraction] = deque(maxlen=2 * LOOK_AHEAD)  # of packets before and after
        self.skipped = 0  # packets that were given to be skipped where nothing refers to them

    def packets(self, packets: Iterator[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
        """The packets in their order; each is to be decoded before the next is asked for."""
        waiting: deque[Packet[VideoStream]] = deque()
        failure: av.FFmpegError | None = None
        try:
            for packet in packets:
                waiting.append(packet)
                if (start := _start(packet)) is not None and not packet.is_discard:
                    self._times.append(start)
                if len(waiting) > LOOK_AHEAD:
                    self._set(waiting[0])
                    yield waiting.popleft()
        except av.FFmpegError as error:  # what was read before it can be decoded all the same
            failure = error
        self._context.skip_frame = "DEFAULT"  # the end is near: what is last lasts
        yield from waiting
        if failure is not None:
            raise failure

    def saw(self, frame: VideoFrame, begin: Fraction) -> None:
        """Learn of each frame that was decoded; only after the first one any is skipped."""
        if self._first is None:
            self._first = begin
        if frame.interlaced_frame:  # half of a frame may be a packet of its own
            self._on = False

    def stop(self) -> None:
        """Decode all from here on: the frame before stands in for what is broken."""
        self._on = False

    def _set(self, packet: Packet[VideoStream]) -> None:
        skip = self._on and not self._is_seen(packet)
        self.skipped += skip
        self._context.skip_frame = "NONREF" if skip else "DEFAULT"

    def _is_seen(self, packet: Packet[VideoStream]) -> bool:
        start = _start(packet)
        if start is None or self._first is None:
            return True
        end = min((time for time in self._times if time > start), default=None)
        if end is None:
            return True
        return self._seen(start - self._first, end - self._first, packet.time_base)


def _start(packet: Packet[VideoStream]) -> Fraction | None:
    return packet.pts * packet.time_base if packet.pts is not None else None


def _one_layer(stream: VideoStream) -> bool:
    """Whether no frame can be of use to a higher temporal layer only (H.265, 7.4.2.2).

    Such a frame says that its own layer does without it; FFmpeg goes by that.
    """
    context = stream.codec_context
    if context.codec.name != "hevc":
        return True
    about = context.extradata or b""
    # HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1.2): numTemporalLayers, 0 unknown.
    return len(about) > 22 and about[0] == 1 and (about[21] >> 3) & 7 == 1
