"""A video's sound, in time with its picture."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from rtc_server.authoring.decode import first_frame_time, open_video
from rtc_server.authoring.opus import CHANNELS, RATE_HZ, Sound

logger = logging.getLogger(__name__)

# A hole in the sound's clock up to this is rounding; a longer one is silence.
HOLE = RATE_HZ // 25


def pcm(video: Path) -> Iterator[Sound]:
    """The sound from the first picture on, 48 kHz stereo, holes filled with silence."""
    with open_video(video) as (container, _):
        if not container.streams.audio:
            return
        origin = first_frame_time(video)
        stream = container.streams.audio[0]
        resampler = AudioResampler("s16", "stereo", RATE_HZ)
        at = 0  # samples given so far, from the origin
        for frame in _decoded(container, stream):
            start = _position(frame, origin)
            for block in _resampled(resampler, frame):
                if start is not None and (at == 0 or abs(start - at) > HOLE):
                    if start > at:
                        yield from _silence(start - at)
                        at = start
                    block = block[max(0, at - start) :]
                start = None  # the next piece of this frame goes on from here
                yield block
                at += len(block)
        yield from _resampled(resampler, None)


def by_the_second(sound: Iterator[Sound]) -> Generator[Sound]:
    """The same sound in pieces of about a second: less work for each, and little held."""
    held: list[Sound] = []
    for piece in sound:
        held.append(piece)
        if sum(map(len, held)) >= RATE_HZ:
            yield np.concatenate(held)
            held = []
    if held:
        yield np.concatenate(held)


def _silence(samples: int) -> Iterator[Sound]:
    """A hole may be hours long: not all of it at once."""
    for at in range(0, samples, RATE_HZ):
        yield np.zeros((min(RATE_HZ, samples - at), CHANNELS), np.int16)


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
