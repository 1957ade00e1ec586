"""Decodes a video's audio in time with its frames."""

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

from rtc_server.authoring.containers import find_audio, open_video
from rtc_server.authoring.decode import first_frame_time
from rtc_server.authoring.pcm import CHANNELS, SAMPLE_RATE_HZ, Pcm

logger = logging.getLogger(__name__)

# A gap between timestamps of up to this many samples is rounding; a longer one is silence.
MAX_ROUNDING = SAMPLE_RATE_HZ // 25


def decode_audio(video: Path) -> Iterator[Pcm]:
    """Decode the audio from the first video frame on, with gaps filled with silence."""
    with open_video(video) as (container, _):
        stream = find_audio(container)
        if stream is None:
            return
        origin = first_frame_time(video)
        resampler = AudioResampler("s16", "stereo", SAMPLE_RATE_HZ)
        position = 0  # samples given so far, from the origin
        for frame in _decode_frames(container, stream, video.name):
            start = _start_sample(frame, origin)
            for block in _resample(resampler, frame):
                if start is not None and (position == 0 or abs(start - position) > MAX_ROUNDING):
                    if start > position:
                        yield from _silence(start - position)
                        position = start
                    block = block[max(0, position - start) :]
                start = None  # the next block of this frame follows this one
                yield block
                position += len(block)
        yield from _resample(resampler, None)


def one_second_blocks(audio: Iterator[Pcm]) -> Generator[Pcm]:
    """The same audio in blocks of about a second: less work per block, and little memory."""
    waiting: list[Pcm] = []
    for block in audio:
        waiting.append(block)
        if sum(map(len, waiting)) >= SAMPLE_RATE_HZ:
            yield np.concatenate(waiting)
            waiting = []
    if waiting:
        yield np.concatenate(waiting)


def _silence(samples: int) -> Iterator[Pcm]:
    """Silence in blocks of a second, since a gap may be hours long."""
    for start in range(0, samples, SAMPLE_RATE_HZ):
        yield np.zeros((min(SAMPLE_RATE_HZ, samples - start), CHANNELS), np.int16)


def _decode_frames(
    container: InputContainer, stream: AudioStream, name: str
) -> Iterator[AudioFrame]:
    """Every audio frame that can be decoded."""
    packets = container.demux(stream)
    while True:
        try:
            frames = next(packets).decode()
        except StopIteration:
            return
        except av.FFmpegError as error:
            logger.debug("%s: skipped audio, %s", name, error)
            continue
        yield from frames


def _resample(resampler: AudioResampler, frame: AudioFrame | None) -> Iterator[Pcm]:
    try:
        resampled = resampler.resample(frame)
    except ValueError:  # the audio's format changes within the file: such frames are left out
        return
    for block in resampled:
        yield np.asarray(block.to_ndarray(), np.int16).reshape(-1, CHANNELS)


def _start_sample(frame: AudioFrame, origin: Fraction) -> int | None:
    """Where the frame begins, in samples of ours from the first video frame."""
    if frame.pts is None or frame.time_base is None:
        return None
    return round((frame.pts * frame.time_base - origin) * SAMPLE_RATE_HZ)
