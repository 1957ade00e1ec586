"""Video files as they come from cameras: opened, decoded, or refused in one sentence."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from rtc_server.authoring.frame_skipping import Seen, Skipping
from rtc_server.errors import BadVideo

logger = logging.getLogger(__name__)

# FFmpeg also "plays" pictures and coloured text; neither is a video of somebody.
NOT_VIDEOS = ("image2", "tty", "_pipe")
# A clock that jumps would otherwise ask for years of samples.
LONGEST_S = 4 * 3600
# What a frame is shown for where neither it nor its stream says so.
USUAL_FRAME = Fraction(1, 30)
# Each decoding thread holds pictures; what is done with them takes longer than decoding.
THREADS = 2


@dataclass(frozen=True, slots=True)
class ShownFrame:
    """A decoded frame, on screen while start <= t < end; seconds from the first frame."""

    start: Fraction
    end: Fraction
    frame: VideoFrame


@contextlib.contextmanager
def open_video(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open the file and its first real video stream.

    :raises BadVideo: nothing there, a folder, an empty file, no video, or sound only.
    """
    if path.is_dir():
        raise BadVideo(f"{path}: expected a video file, got a folder")
    if not path.exists():
        raise BadVideo(f"{path}: expected a video file, there is nothing of that name")
    if path.is_file() and path.stat().st_size == 0:
        raise BadVideo(f"{path}: expected a video, got an empty file")
    try:
        # Never the network: a playlist is a "video" that can name any address.
        container = av.open(
            f"file:{path.resolve()}",
            options={"protocol_whitelist": "file"},
            metadata_errors="replace",
        )
    except PermissionError:
        raise BadVideo(f"{path}: expected a readable video file, permission was denied") from None
    except (av.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadVideo(
            f"{path}: expected a video, got a file that cannot be read as one ({reason})"
        ) from error
    with container:
        yield container, _picture_stream(container, path)


def shown_frames(path: Path, seen: Seen | None = None) -> Iterator[ShownFrame]:
    """Every frame with the time it is on screen, one at a time.

    Undecodable stretches show the frame before them for longer, as a player would. So do frames
    that are not `seen`, where the codec allows them to be left out.

    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    with open_video(path) as (container, stream):
        first: Fraction | None = None
        held: ShownFrame | None = None
        skipping = Skipping(stream, seen) if seen else None
        for frame in _decoded(container, stream, skipping):
            begin, end = _span(frame, stream, held, first)
            first = begin if first is None else first
            if skipping:
                skipping.saw(frame, begin)
            start = begin - first
            if held is not None and start <= held.start:
                continue  # a clock that runs backwards shows nothing new
            if start > LONGEST_S:
                raise BadVideo(
                    f"{path}: expected at most {LONGEST_S // 3600} h, got a frame at {start:.0f} s"
                )
            if held is not None:
                yield ShownFrame(held.start, start, held.frame)
            held = ShownFrame(start, end - first, frame)
        if held is None:
            raise BadVideo(f"{path}: expected pictures, none could be decoded")
        yield held


def shown_origin(path: Path) -> Fraction:
    """When the first picture is shown, on the file's own clock, in s.

    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    with open_video(path) as (container, stream):
        for frame in _decoded(container, stream):
            return _span(frame, stream, None, None)[0]
    raise BadVideo(f"{path}: expected pictures, none could be decoded")


def frame_length(duration: int | None, stream: VideoStream) -> Fraction:
    """How long a frame is shown that no other one follows, in s."""
    if duration and stream.time_base:
        return duration * stream.time_base
    rate = stream.average_rate or stream.guessed_rate
    return 1 / rate if rate else USUAL_FRAME


def _picture_stream(container: InputContainer, path: Path) -> VideoStream:
    """The first stream that is a moving picture, not an album's cover."""
    if any(kind in container.format.name for kind in NOT_VIDEOS):
        raise BadVideo(f"{path}: expected a video, got a file of kind {container.format.name!r}")
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            stream.thread_type = "AUTO"
            stream.thread_count = THREADS
            return stream
    kind = "sound only" if container.streams.audio else "neither picture nor sound"
    raise BadVideo(f"{path}: expected a video with a picture, got {kind}")


def _decoded(
    container: InputContainer, stream: VideoStream, skipping: Skipping | None = None
) -> Iterator[VideoFrame]:
    """Frames in the order they are shown, past what is broken."""
    packets = container.demux(stream)
    if skipping:
        packets = skipping.packets(packets)
    broken = 0
    while True:
        try:
            frames = next(packets).decode()
        except StopIteration:
            break
        except av.FFmpegError as error:
            broken += 1
            if skipping:
                skipping.stop()
            logger.debug("%s: skipped %s", container.name, error)
            if broken > 1000:  # a demuxer that fails for ever
                break
            continue
        yield from frames
    if broken:
        logger.warning("%s: %d packets could not be decoded", Path(container.name).name, broken)


def _span(
    frame: VideoFrame, stream: VideoStream, held: ShownFrame | None, first: Fraction | None
) -> tuple[Fraction, Fraction]:
    """When a frame begins and, if none follows, ends: on the file's own clock, in s."""
    length = frame_length(frame.duration, stream)
    if frame.pts is not None and frame.time_base is not None:
        begin = frame.pts * frame.time_base
    else:  # a bare stream without times: one frame after the other
        begin = held.end + (first or 0) if held is not None else Fraction(0)
    return begin, begin + length
