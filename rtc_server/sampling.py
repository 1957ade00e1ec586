"""Samples of a video at a fixed rate: sample k is the frame on screen at k / fps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from rtc_server.errors import BadVideo
from rtc_server.upright import Orientation, orientation_of, to_bgr
from rtc_server.videos import ShownFrame, frame_length, open_video, shown_frames

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
    image_bgr: NDArray[np.uint8]  # (H, W, 3), upright, in the source's own pixels


def probe(path: Path) -> VideoInfo:
    """Read the video's size and length: one frame decoded, the others only counted.

    :raises BadVideo: not a video, or nothing in it can be shown.
    """
    with open_video(path) as (container, stream):
        first: VideoFrame | None = None
        spans: list[tuple[Fraction, Fraction]] = []
        for packet in container.demux(stream):
            if first is None:
                first = _first_frame(packet)
            if packet.size and not packet.is_discard:
                spans.append(_packet_span(packet, stream, len(spans)))
        if first is None or not spans:
            raise BadVideo(f"{path}: expected pictures, none could be decoded")
        duration = max(end for _, end in spans) - min(start for start, _ in spans)
        if duration <= 0:
            raise BadVideo(f"{path}: expected a video that lasts, got a length of {duration} s")
        orientation = orientation_of(first)
        width, height = orientation.size(first.width, first.height)
        return VideoInfo(
            width=width,
            height=height,
            duration_s=float(duration),
            fps=float(len(spans) / duration),
            has_audio=bool(container.streams.audio),
            rotation=_rotation(orientation),
        )


def samples(path: Path, fps: float) -> Iterator[Sample]:
    """Give the frame on screen at k / fps for every k with k / fps < duration.

    One picture is held at a time. A change of size on the way is scaled to the first one's.

    :raises BadVideo: not a video, or nothing in it can be shown.
    """
    size: tuple[int, int] | None = None
    orientation = Orientation()
    for shown, ks in ticks(shown_frames(path), fps):
        if size is None:
            orientation = orientation_of(shown.frame)
            size = orientation.size(shown.frame.width, shown.frame.height)
        image = to_bgr(shown.frame, size, orientation)
        for k in ks:
            yield Sample(k, k / fps, image)


def ticks(frames: Iterator[ShownFrame], fps: float) -> Iterator[tuple[ShownFrame, range]]:
    """Pair each frame that is on screen at some k / fps with those k; skip the others."""
    rate = exact_rate(fps)
    done = 0
    for shown in frames:
        slack = _slack(shown.frame.time_base)
        end = ceil((shown.end - slack) * rate)
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
