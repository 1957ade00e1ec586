"""Samples a video at a fixed rate: sample k is the frame on screen at k / fps."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from rtc_server.authoring.containers import find_audio, open_video
from rtc_server.authoring.decode import TimedFrame, decode_frames, frame_duration
from rtc_server.authoring.entry_points import EntryPoint
from rtc_server.authoring.orientation import Orientation, orientation_of, to_bgr
from rtc_server.authoring.prefetch import prefetch
from rtc_server.errors import BadVideo

# Containers such as Matroska round times to 1 ms. A sample time within that rounding belongs to the
# later frame; otherwise a video of 30 fps sampled at 30 fps would show some frames twice.
COARSEST_TICK = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """The properties of a video, turned upright."""

    width: int
    height: int
    duration_s: float
    fps: float  # frames / duration, also if the frame rate varies
    has_audio: bool
    rotation: int  # clockwise degrees that turn the stored frames upright: 0, 90, 180 or 270
    size_bytes: int = 0  # of the encoded frames


@dataclass(frozen=True, slots=True)
class SampledFrame:
    """The frame on screen at a sample time."""

    k: int
    t_s: float  # k / fps
    image_bgr: NDArray[np.uint8]  # (H, W, 3), upright
    aspect: float  # width / height of the source; the image's own differs by rounding


def probe(path: Path) -> VideoInfo:
    """Read the video's size and length: decode one frame, and count the packets of the others.

    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    with open_video(path) as (container, stream):
        first: VideoFrame | None = None
        count, size, begin, end = 0, 0, Fraction(0), Fraction(0)
        for packet in _packets(container, stream):
            if first is None:
                first = _first_frame(packet)
            if packet.size and not packet.is_discard:
                times = _packet_times(packet, stream, count)
                begin = min(begin, times[0]) if count else times[0]
                end = max(end, times[1]) if count else times[1]
                count, size = count + 1, size + packet.size
        if first is None or not count:
            raise BadVideo(f"{path}: expected frames, none could be decoded")
        duration = end - begin
        if duration <= 0:
            raise BadVideo(f"{path}: expected a video that lasts, got a length of {duration} s")
        orientation = orientation_of(first)
        width, height = orientation.size(first.width, first.height)
        return VideoInfo(
            width=width,
            height=height,
            duration_s=float(duration),
            fps=float(count / duration),
            has_audio=find_audio(container) is not None,
            rotation=_rotation(orientation),
            size_bytes=size,
        )


@dataclass(frozen=True, slots=True)
class FrameGeometry:
    """How a video's frames become images: as its first frame does."""

    width: int  # of the image, upright
    height: int
    aspect: float  # width / height of the source
    orientation: Orientation

    @classmethod
    def of(cls, frame: VideoFrame, max_side: int | None) -> FrameGeometry:
        """That of a video with this first frame; no side of the images is longer than `max_side`
        pixels."""
        orientation = orientation_of(frame)
        width, height = orientation.size(frame.width, frame.height)
        return cls(*_fit(width, height, max_side), width / height, orientation)


@dataclass(frozen=True, slots=True)
class SampleRange:
    """The samples first <= k < end of a video."""

    first: int
    end: int | None  # None: all
    entry: EntryPoint | None  # where decoding begins; not after the frame of the first sample
    geometry: FrameGeometry


def sample_frames(path: Path, fps: float, max_side: int | None = None) -> Generator[SampledFrame]:
    """Give the frame on screen at k / fps for every k with k / fps < duration.

    Frames are scaled down so that no side is longer than `max_side` pixels; None keeps their size.
    If the size changes within the video, later frames are scaled to the size of the first. The next
    frames are decoded in a thread while the current one is in use; only a few are held.

    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    return prefetch(_sample_frames(path, fps, max_side))


def sample_range(path: Path, fps: float, samples: SampleRange) -> Generator[SampledFrame]:
    """Give a part of what `sample_frames` gives.

    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    return prefetch(_sample_range(path, fps, samples))


def frames_at_rate(
    path: Path, fps: float, first: int = 0, entry: EntryPoint | None = None
) -> Iterator[tuple[TimedFrame, range]]:
    """Pair each frame that is on screen at some k / fps with those k; skip the other frames.

    :param first: the first k.
    :param entry: where decoding begins; not after the frame of the first k.
    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    rate = exact_rate(fps)
    done = first

    def is_needed(start: Fraction, end: Fraction, tick: Fraction) -> bool:
        rounding = _rounding(tick)
        return ceil((end - rounding) * rate) > max(first, ceil((start - rounding) * rate))

    for timed in decode_frames(path, is_needed, entry):
        end = ceil((timed.end - _rounding(timed.frame.time_base)) * rate)
        if end > done:
            yield timed, range(done, end)
            done = end


def sample_count(duration_s: float, fps: float) -> int:
    """How many k there are with k / fps < duration, without decoding; for progress."""
    return max(1, ceil(round(duration_s * fps, 3)))


def exact_rate(fps: float) -> Fraction:
    """The rate as it is written in decimals, so that 0.1 is exactly a tenth.

    :raises ValueError: not above zero.
    """
    rate = Fraction(str(fps))
    if rate <= 0:
        raise ValueError(f"expected a rate above 0 frames/s, got {fps}")
    return rate


def _sample_frames(path: Path, fps: float, max_side: int | None) -> Generator[SampledFrame]:
    geometry: FrameGeometry | None = None
    reformatter = VideoReformatter()
    for timed, ks in frames_at_rate(path, fps):
        geometry = geometry or FrameGeometry.of(timed.frame, max_side)
        yield from _samples(timed, ks, fps, geometry, reformatter)


def _sample_range(path: Path, fps: float, samples: SampleRange) -> Generator[SampledFrame]:
    reformatter = VideoReformatter()
    for timed, ks in frames_at_rate(path, fps, samples.first, samples.entry):
        end = ks.stop if samples.end is None else min(ks.stop, samples.end)
        shown = range(ks.start, end)
        yield from _samples(timed, shown, fps, samples.geometry, reformatter)
        if end == samples.end:
            return


def _samples(
    timed: TimedFrame, ks: range, fps: float, geometry: FrameGeometry, reformatter: VideoReformatter
) -> Iterator[SampledFrame]:
    """The samples that show one frame."""
    size = geometry.width, geometry.height
    image = to_bgr(timed.frame, size, geometry.orientation, reformatter)
    for k in ks:
        yield SampledFrame(k, k / fps, image, geometry.aspect)


def _fit(width: int, height: int, max_side: int | None) -> tuple[int, int]:
    """The size scaled down so that no side is longer than `max_side`."""
    scale = min(1.0, max_side / max(width, height)) if max_side else 1.0
    return max(1, round(width * scale)), max(1, round(height * scale))


def _rounding(tick: Fraction | None) -> Fraction:
    """Half a tick of a fine clock. A coarse tick (AVI: a whole frame) does not round times."""
    return tick / 2 if tick is not None and tick <= COARSEST_TICK else Fraction(0)


def _packets(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """The stream's packets, up to where the file cannot be read any further."""
    with contextlib.suppress(av.FFmpegError):
        yield from container.demux(stream)


def _first_frame(packet: Packet[VideoStream]) -> VideoFrame | None:
    try:
        frames = packet.decode()
    except av.FFmpegError:
        return None
    return frames[0] if frames else None


def _packet_times(
    packet: Packet[VideoStream], stream: VideoStream, count: int
) -> tuple[Fraction, Fraction]:
    """When a packet's frame begins and ends, by the file's own timestamps."""
    duration = frame_duration(packet.duration, stream)
    timestamp = packet.pts if packet.pts is not None else packet.dts
    start = timestamp * packet.time_base if timestamp is not None else count * duration
    return start, start + duration


def _rotation(orientation: Orientation) -> int:
    """Clockwise degrees; of a mirrored orientation, the turn without the mirroring."""
    if orientation.transposed:
        return 90 if orientation.flip_x else 270
    return 180 if orientation.flip_y else 0
