"""Samples of a video at a fixed rate: sample k is the frame on screen at k / fps."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from rtc_server.authoring.decode import ShownFrame, frame_length, open_video, shown_frames
from rtc_server.authoring.orientation import Orientation, orientation_of, to_bgr
from rtc_server.authoring.prefetch import ahead
from rtc_server.errors import BadVideo

# Containers such as Matroska round times to 1 ms; a sample that falls within that rounding
# belongs to the later frame, or 30 fps sampled at 30 fps would show frames twice.
COARSEST_TICK = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a video is like, upright."""

    width: int
    height: int
    duration_s: float
    fps: float  # frames / duration, also where the rate varies
    has_audio: bool
    rotation: int  # clockwise degrees that make the stored picture upright: 0, 90, 180 or 270


@dataclass(frozen=True, slots=True)
class Sample:
    """The picture on screen at a sampling time."""

    k: int
    t_s: float  # k / fps
    image_bgr: NDArray[np.uint8]  # (H, W, 3), upright
    aspect: float  # width / height of the source, which the image has but for rounding


def probe(path: Path) -> VideoInfo:
    """Read the video's size and length: one frame decoded, the others only counted.

    :raises BadVideo: not a video, or nothing in it can be shown.
    """
    with open_video(path) as (container, stream):
        first: VideoFrame | None = None
        count, begin, end = 0, Fraction(0), Fraction(0)
        for packet in container.demux(stream):
            if first is None:
                first = _first_frame(packet)
            if packet.size and not packet.is_discard:
                span = _packet_span(packet, stream, count)
                begin = min(begin, span[0]) if count else span[0]
                end = max(end, span[1]) if count else span[1]
                count += 1
        if first is None or not count:
            raise BadVideo(f"{path}: expected pictures, none could be decoded")
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
            has_audio=bool(container.streams.audio),
            rotation=_rotation(orientation),
        )


def samples(path: Path, fps: float, longest: int | None = None) -> Generator[Sample]:
    """Give the frame on screen at k / fps for every k with k / fps < duration.

    Pictures are scaled down to `longest` pixels at their longer side, or are the source's own. A
    change of size on the way is scaled to the first one's. The next pictures are made in a thread
    while one is looked at; no more than a few are held.

    :raises BadVideo: not a video, or nothing in it can be shown.
    """
    return ahead(_samples(path, fps, longest))


def ticks(path: Path, fps: float) -> Iterator[tuple[ShownFrame, range]]:
    """Pair each frame that is on screen at some k / fps with those k; skip the others.

    :raises BadVideo: not a video, or nothing in it can be shown.
    """
    rate = exact_rate(fps)
    done = 0

    def seen(start: Fraction, end: Fraction, tick: Fraction) -> bool:
        slack = _slack(tick)
        return ceil((end - slack) * rate) > ceil((start - slack) * rate)

    for shown in shown_frames(path, seen):
        end = ceil((shown.end - _slack(shown.frame.time_base)) * rate)
        if end > done:
            yield shown, range(done, end)
            done = end


def sample_count(duration_s: float, fps: float) -> int:
    """How many k there are with k / fps < duration, told before decoding; for progress."""
    return max(1, ceil(round(duration_s * fps, 3)))


def exact_rate(fps: float) -> Fraction:
    """The rate as it was written, so that 0.1 means a tenth.

    :raises ValueError: not above zero.
    """
    rate = Fraction(str(fps))
    if rate <= 0:
        raise ValueError(f"expected a rate above 0 frames/s, got {fps}")
    return rate


def _samples(path: Path, fps: float, longest: int | None) -> Generator[Sample]:
    size, aspect = (0, 0), 1.0
    orientation = Orientation()
    reformatter = VideoReformatter()
    for shown, ks in ticks(path, fps):
        if size == (0, 0):
            orientation = orientation_of(shown.frame)
            width, height = orientation.size(shown.frame.width, shown.frame.height)
            size, aspect = _within(width, height, longest), width / height
        image = to_bgr(shown.frame, size, orientation, reformatter)
        for k in ks:
            yield Sample(k, k / fps, image, aspect)


def _within(width: int, height: int, longest: int | None) -> tuple[int, int]:
    """The size scaled down so that no side is longer."""
    scale = min(1.0, longest / max(width, height)) if longest else 1.0
    return max(1, round(width * scale)), max(1, round(height * scale))


def _slack(tick: Fraction | None) -> Fraction:
    """Half a tick of a fine clock. A coarse tick (AVI: a whole frame) rounds nothing."""
    return tick / 2 if tick is not None and tick <= COARSEST_TICK else Fraction(0)


def _first_frame(packet: Packet[VideoStream]) -> VideoFrame | None:
    import av

    try:
        frames = packet.decode()
    except av.FFmpegError:
        return None
    return frames[0] if frames else None


def _packet_span(
    packet: Packet[VideoStream], stream: VideoStream, count: int
) -> tuple[Fraction, Fraction]:
    """When a packet's frame is shown, on the file's own clock."""
    length = frame_length(packet.duration, stream)
    when = packet.pts if packet.pts is not None else packet.dts
    start = when * packet.time_base if when is not None else count * length
    return start, start + length


def _rotation(orientation: Orientation) -> int:
    """Clockwise degrees; a mirror image counts as the turn that is left of it."""
    if orientation.transposed:
        return 90 if orientation.flip_x else 270
    return 180 if orientation.flip_y else 0
