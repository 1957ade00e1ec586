"""Encodes audio as Opus packets of 20 ms that are in time with the video."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame

from rtc_server.authoring.pcm import CHANNELS, SAMPLE_RATE_HZ, Pcm

PACKET_S = 0.02
PACKET_SAMPLES = 960
BIT_RATE = 64_000


class OpusEncoder:
    """Encodes audio block by block, up to a given duration.

    The encoder has a lookahead (312 samples), by which decoded audio would be late. So that many
    samples are left out at the beginning: sample n leaves the receiver's decoder at n.
    """

    def __init__(self, duration_s: float) -> None:
        self.total = ceil(max(1, round(duration_s * SAMPLE_RATE_HZ)) / PACKET_SAMPLES)  # packets
        self.encoded = 0  # packets
        self._encoder = _open_encoder()
        self._samples_to_skip = _pre_skip(self._encoder)
        self._buffer = np.zeros((0, CHANNELS), np.int16)
        self._has_audio = False

    @property
    def full(self) -> bool:
        """Whether there are packets for the whole duration."""
        return self.encoded >= self.total

    def add(self, audio: Pcm) -> Iterator[bytes]:
        """Take the next samples (n, 2); give the packets that they fill."""
        self._has_audio |= len(audio) > 0
        skipped = min(self._samples_to_skip, len(audio))
        self._samples_to_skip -= skipped
        self._buffer = np.concatenate([self._buffer, audio[skipped:]])
        while len(self._buffer) >= PACKET_SAMPLES and not self.full:
            yield from self._encode(self._buffer[:PACKET_SAMPLES])
            self._buffer = self._buffer[PACKET_SAMPLES:]

    def finish(self) -> Iterator[bytes]:
        """Give the last packet, padded with silence; none if there was no audio at all."""
        missing = PACKET_SAMPLES - len(self._buffer)
        if self._has_audio and not self.full and (missing < PACKET_SAMPLES or not self.encoded):
            yield from self._encode(np.pad(self._buffer, ((0, missing), (0, 0))))

    def _encode(self, block: Pcm) -> Iterator[bytes]:
        frame = AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.time_base = SAMPLE_RATE_HZ, Fraction(1, SAMPLE_RATE_HZ)
        frame.pts = self.encoded * PACKET_SAMPLES
        self.encoded += 1
        for packet in self._encoder.encode(frame):
            yield bytes(packet)


def _open_encoder() -> AudioCodecContext:
    context = av.CodecContext.create("libopus", "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate = SAMPLE_RATE_HZ
    context.format = "s16"
    context.layout = "stereo"
    context.bit_rate = BIT_RATE
    context.options = {"application": "audio", "frame_duration": "20", "vbr": "constrained"}
    context.open()
    return context


def _pre_skip(encoder: AudioCodecContext) -> int:
    """Samples by which decoded audio is late, from the encoder's own header."""
    header = encoder.extradata or b""
    return int.from_bytes(header[10:12], "little")  # RFC 7845, 5.1
