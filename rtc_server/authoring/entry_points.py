"""Where in a video decoding can begin: key frames, where the order of packets can be relied on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, dropwhile
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from rtc_server.authoring.containers import open_video
from rtc_server.authoring.frame_skipping import LOOKAHEAD


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A key frame's packet, from which on a video can be decoded without what is before it."""

    pts: int  # by the file's clock
    tick: Fraction  # of that clock, in s
    origin: Fraction  # when the video's first frame is shown by that clock, in s

    @property
    def shown(self) -> Fraction:
        """When the key frame is shown, by the file's clock, in s."""
        return self.pts * self.tick

    @property
    def at(self) -> Fraction:
        """When it is shown, in s from the first frame."""
        return self.shown - self.origin

    def is_packet(self, packet: Packet[VideoStream]) -> bool:
        """Whether it is that packet."""
        return packet.pts == self.pts and packet.is_keyframe and packet.size > 0


class NotAnEntryPoint(Exception):
    """The key frame cannot be decoded without what is before it, whatever the file says."""


def find_entry_points(path: Path, origin: Fraction) -> list[EntryPoint]:
    """All key frames that are shown later than everything that comes before them in the file.

    None if the file's packets have no timestamps, or are in an order that no codec needs.

    :param origin: when the first frame is shown, by the file's own timestamps, in s.
    :raises BadVideo: not a video.
    """
    found: list[EntryPoint] = []
    unsettled: deque[int | None] = deque()  # of the latest packets: pts if it is an entry point
    highest: int | None = None  # of all packets so far
    settled: int | None = None  # of the last entry point that is out of the reordering's reach
    with open_video(path) as (container, stream):
        try:
            for packet in container.demux(stream):
                if not packet.size:
                    continue
                if packet.pts is None or (settled is not None and packet.pts < settled):
                    return []
                is_entry = (
                    packet.is_keyframe
                    and not packet.is_discard
                    and not packet.is_corrupt
                    and (highest is None or packet.pts > highest)
                )
                if is_entry:
                    found.append(EntryPoint(packet.pts, Fraction(packet.time_base), origin))
                highest = packet.pts if highest is None else max(highest, packet.pts)
                unsettled.append(packet.pts if is_entry else None)
                if len(unsettled) > LOOKAHEAD and (pts := unsettled.popleft()) is not None:
                    settled = pts
        except av.FFmpegError:
            return []  # where the file cannot be read any further is not the same each way
    return [entry for entry in found if entry.at >= 0]


@contextmanager
def open_video_at(
    path: Path, entry: EntryPoint | None
) -> Iterator[tuple[InputContainer, VideoStream, Iterator[Packet[VideoStream]]]]:
    """Open a video as `open_video` does, with its packets from the entry point on.

    :param entry: None for all packets.
    :raises BadVideo: not a video.
    """
    with ExitStack() as stack:
        container, stream = stack.enter_context(open_video(path))
        if entry is None:
            yield container, stream, container.demux(stream)
            return
        packets = _seek(container, stream, entry)
        if packets is None:  # an index that says something else than the file: read all before it
            container, stream = stack.enter_context(open_video(path))
            found = entry
            packets = dropwhile(lambda one: not found.is_packet(one), container.demux(stream))
        yield container, stream, packets


def _seek(
    container: InputContainer, stream: VideoStream, entry: EntryPoint
) -> Iterator[Packet[VideoStream]] | None:
    """The packets from the entry point on; None if seeking does not lead there."""
    try:
        container.seek(entry.pts, stream=stream)
        packets = container.demux(stream)
        for packet in packets:
            if entry.is_packet(packet):
                return chain([packet], packets)
            if packet.pts is None or packet.pts > entry.pts:
                return None
    except av.FFmpegError:
        return None
    return None
