"""Decodes video files as cameras write them, or says in one sentence why it cannot."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from rtc_server.authoring.entry_points import EntryPoint, NotAnEntryPoint, open_video_at
from rtc_server.authoring.frame_skipping import FrameSkipper, IsNeeded
from rtc_server.errors import BadVideo

logger = logging.getLogger(__name__)

# A timestamp that jumps would otherwise ask for years of samples.
MAX_DURATION_S = 4 * 3600
# How long a frame is shown if neither it nor its stream says so.
DEFAULT_FRAME_DURATION = Fraction(1, 30)
MAX_BROKEN_PACKETS = 1000  # some demuxers fail for ever


@dataclass(frozen=True, slots=True)
class TimedFrame:
    """A decoded frame, on screen while start <= t < end; in seconds from the first frame."""

    start: Fraction
    end: Fraction
    frame: VideoFrame


def decode_frames(
    path: Path, is_needed: IsNeeded | None = None, entry: EntryPoint | None = None
) -> Generator[TimedFrame]:
    """Decode every frame, with the time it is on screen, one at a time.

    Where frames cannot be decoded, the frame before them is shown for longer, as by a player. The
    same happens where frames are not needed, if the codec allows leaving them out.

    :param entry: the first frame to give; one that turns out to be none makes no difference but
        that all frames are given.
    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    if entry is not None:
        try:
            yield from _decode_timed(path, is_needed, entry)
            return
        except NotAnEntryPoint:  # raised before the first frame
            logger.debug("%s: decoding cannot begin at %.1f s", path.name, float(entry.at))
    yield from _decode_timed(path, is_needed, None)


def _decode_timed(
    path: Path, is_needed: IsNeeded | None, entry: EntryPoint | None
) -> Iterator[TimedFrame]:
    """
    :raises NotAnEntryPoint: the first frame from there on is another one; none has been given.
    """
    with open_video_at(path, entry) as (_, stream, packets):
        first = entry.origin if entry is not None else None
        previous: TimedFrame | None = None
        skipper = FrameSkipper(stream, is_needed) if is_needed else None
        for frame in _decode(packets, path, skipper):
            begin, end = _frame_times(frame, stream, previous, first)
            if entry is not None and previous is None and begin != entry.shown:
                if begin < entry.shown:
                    continue  # comes after the key frame in the file, but is shown before it
                raise NotAnEntryPoint
            first = begin if first is None else first
            if skipper:
                skipper.on_decoded(frame, first)
            start = begin - first
            if previous is not None and start <= previous.start:
                continue  # timestamps that run backwards show nothing new
            if end - first > MAX_DURATION_S:
                raise BadVideo(
                    f"{path}: expected at most {MAX_DURATION_S // 3600} h, "
                    f"got a frame until {float(end - first):.0f} s"
                )
            if previous is not None:
                yield TimedFrame(previous.start, start, previous.frame)
            previous = TimedFrame(start, end - first, frame)
        if previous is None:
            if entry is not None:
                raise NotAnEntryPoint
            raise BadVideo(f"{path}: expected frames, none could be decoded")
        yield previous


def first_frame(path: Path) -> tuple[VideoFrame, Fraction]:
    """The first frame, and when it is shown, by the file's own timestamps, in s.

    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    with open_video_at(path, None) as (_, stream, packets):
        for frame in _decode(packets, path):
            return frame, _frame_times(frame, stream, None, None)[0]
    raise BadVideo(f"{path}: expected frames, none could be decoded")


def first_frame_time(path: Path) -> Fraction:
    """When the first frame is shown, by the file's own timestamps, in s.

    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    return first_frame(path)[1]


def frame_duration(duration: int | None, stream: VideoStream) -> Fraction:
    """How long a frame is shown that no other one follows, in s.

    :param duration: of the frame or its packet, in the stream's time base.
    """
    if duration and stream.time_base:
        return duration * stream.time_base
    rate = stream.average_rate or stream.guessed_rate
    return 1 / rate if rate else DEFAULT_FRAME_DURATION


def _decode(
    packets: Iterator[Packet[VideoStream]], path: Path, skipper: FrameSkipper | None = None
) -> Iterator[VideoFrame]:
    """Decode frames in the order in which they are shown, skipping what is broken."""
    if skipper:
        packets = skipper.packets(packets)
    broken = 0
    while True:
        try:
            frames = next(packets).decode()
        except StopIteration:
            break
        except av.FFmpegError as error:
            broken += 1
            if skipper:
                skipper.disable()
            logger.debug("%s: skipped %s", path.name, error)
            if broken > MAX_BROKEN_PACKETS:
                break
            continue
        yield from frames
    if broken:
        logger.warning("%s: %d packets could not be decoded", path.name, broken)


def _frame_times(
    frame: VideoFrame, stream: VideoStream, previous: TimedFrame | None, first: Fraction | None
) -> tuple[Fraction, Fraction]:
    """When a frame begins and, if none follows, ends: by the file's own timestamps, in s."""
    duration = frame_duration(frame.duration, stream)
    if frame.pts is not None and frame.time_base is not None:
        begin = frame.pts * frame.time_base
    else:  # a raw stream without timestamps: one frame after the other
        begin = previous.end + (first or 0) if previous is not None else Fraction(0)
    return begin, begin + duration
