"""Sound as Opus packets of 20 ms, each heard when it should be."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

RATE_HZ = 48_000
FRAME_S = 0.02
FRAME = 960
CHANNELS = 2
BIT_RATE = 64_000

Sound = NDArray[np.int16]  # (n, 2)


class OpusPackets:
    """Turns sound that comes piece by piece into packets, for as long as it is wanted.

    The encoder looks ahead (312 samples), so that what a decoder plays comes that much late.
    Its input is shifted the other way: sound sample n leaves the receiver's decoder at n.
    """

    def __init__(self, duration_s: float) -> None:
        self.total = ceil(max(1, round(duration_s * RATE_HZ)) / FRAME)  # packets wanted
        self.given = 0
        self._encoder = _open_encoder()
        self._skip = _look_ahead(self._encoder)
        self._held = np.zeros((0, CHANNELS), np.int16)
        self._heard = False  # whether any sound has come

    @property
    def full(self) -> bool:
        """Whether all that is wanted has been given."""
        return self.given >= self.total

    def add(self, sound: Sound) -> Iterator[bytes]:
        """Take the next samples (n, 2); give the packets that they fill."""
        self._heard |= len(sound) > 0
        skipped = min(self._skip, len(sound))
        self._skip -= skipped
        self._held = np.concatenate([self._held, sound[skipped:]])
        while len(self._held) >= FRAME and not self.full:
            yield from self._encode(self._held[:FRAME])
            self._held = self._held[FRAME:]

    def finish(self) -> Iterator[bytes]:
        """Give the last packet, filled up with silence; none where no sound ever came."""
        missing = FRAME - len(self._held)
        if self._heard and not self.full and (missing < FRAME or not self.given):
            yield from self._encode(np.pad(self._held, ((0, missing), (0, 0))))

    def _encode(self, block: Sound) -> Iterator[bytes]:
        frame = AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.time_base = RATE_HZ, Fraction(1, RATE_HZ)
        frame.pts = self.given * FRAME
        self.given += 1
        for packet in self._encoder.encode(frame):
            yield bytes(packet)


def _open_encoder() -> AudioCodecContext:
    context = av.CodecContext.create("libopus", "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate = RATE_HZ
    context.format = "s16"
    context.layout = "stereo"
    context.bit_rate = BIT_RATE
    context.options = {"application": "audio", "frame_duration": "20", "vbr": "constrained"}
    context.open()
    return context


def _look_ahead(encoder: AudioCodecContext) -> int:
    """Samples by which decoded sound comes late: pre-skip, in the encoder's own header."""
    header = encoder.extradata or b""
    return int.from_bytes(header[10:12], "little")  # RFC 7845, 5.1
