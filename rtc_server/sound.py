"""A video's sound as Opus packets that keep time with its picture."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from rtc_server.videos import open_video, shown_origin

logger = logging.getLogger(__name__)

RATE_HZ = 48_000
FRAME_S = 0.02
FRAME = 960
CHANNELS = 2
BIT_RATE = 64_000
# A hole in the sound's clock up to this is rounding; a longer one is silence.
HOLE = RATE_HZ // 25

Sound = NDArray[np.int16]  # (n, 2)


def opus_packets(video: Path, duration_s: float) -> Iterator[bytes]:
    """Give packets of 20 ms, the first of them beginning with the first picture.

    The encoder looks ahead (312 samples), so that what a decoder plays comes that much late.
    Its input is shifted the other way: sound sample n leaves the receiver's decoder at n.
    Nothing is given where the video has no sound that can be decoded.
    """
    encoder = _open_encoder()
    late = _look_ahead(encoder)
    wanted = max(1, round(duration_s * RATE_HZ))
    at = 0
    for block in _blocks(pcm(video), late):
        if at >= wanted:
            return
        yield from _encode(encoder, block, at)
        at += FRAME


def pcm(video: Path) -> Iterator[Sound]:
    """The sound from the first picture on, 48 kHz stereo, holes filled with silence."""
    with open_video(video) as (container, _):
        if not container.streams.audio:
            return
        origin = shown_origin(video)
        stream = container.streams.audio[0]
        resampler = AudioResampler("s16", "stereo", RATE_HZ)
        at = 0  # samples given so far, from the origin
        for frame in _decoded(container, stream):
            start = _position(frame, origin)
            for block in _resampled(resampler, frame):
                if start is not None and (at == 0 or abs(start - at) > HOLE):
                    if start > at:
                        yield np.zeros((start - at, CHANNELS), np.int16)
                        at = start
                    block = block[max(0, at - start) :]
                start = None  # the next piece of this frame goes on from here
                yield block
                at += len(block)
        yield from _resampled(resampler, None)


def _blocks(sound: Iterator[Sound], skip: int) -> Iterator[Sound]:
    """Cut into frames of 960 after leaving out the first `skip`; the last is filled up."""
    held = np.zeros((0, CHANNELS), np.int16)
    for piece in sound:
        skipped = min(skip, len(piece))
        skip -= skipped
        held = np.concatenate([held, piece[skipped:]])
        while len(held) >= FRAME:
            yield held[:FRAME]
            held = held[FRAME:]
    if len(held):
        yield np.concatenate([held, np.zeros((FRAME - len(held), CHANNELS), np.int16)])


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Every frame of sound that can be decoded."""
    packets = container.demux(stream)
    while True:
        try:
            frames = next(packets).decode()
        except StopIteration:
            return
        except av.FFmpegError as error:
            logger.debug("%s: skipped sound, %s", container.name, error)
            continue
        yield from frames


def _resampled(resampler: AudioResampler, frame: AudioFrame | None) -> Iterator[Sound]:
    try:
        pieces = resampler.resample(frame)
    except ValueError:  # the form of the sound changed on the way: what it was goes on
        return
    for piece in pieces:
        yield np.asarray(piece.to_ndarray(), np.int16).reshape(-1, CHANNELS)


def _position(frame: AudioFrame, origin: Fraction) -> int | None:
    """Where the frame begins, in samples of ours from the first picture."""
    if frame.pts is None or frame.time_base is None:
        return None
    return round((frame.pts * frame.time_base - origin) * RATE_HZ)


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


def _encode(encoder: AudioCodecContext, block: Sound, at: int) -> Iterator[bytes]:
    frame = AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, at, Fraction(1, RATE_HZ)
    for packet in encoder.encode(frame):
        yield bytes(packet)
