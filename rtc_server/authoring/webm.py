"""A lesson's VP8 and Opus packets as a WebM file, for browsers that cannot play the original.

Nothing is encoded: frames, key frames and times are those of the renditions.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from rtc_server.authoring.pcm import SAMPLE_RATE_HZ
from rtc_server.errors import BrokenLesson
from rtc_server.lessons.codecs import AUDIO_VARIANTS, VP8
from rtc_server.lessons.lesson import Lesson
from rtc_server.lessons.renditions import Rendition

if TYPE_CHECKING:
    from av.stream import Stream

NAME = "video.webm"
OPUS = next(variant.name for variant in AUDIO_VARIANTS if variant.rate == 1)
# All that is needed to seek comes first, so that a player asks for no part of the end.
OPTIONS = {"cues_to_front": "1", "fflags": "+bitexact"}
SIZE_AT = 6  # where a key frame of VP8 has its width and height (RFC 6386, 9.1)
SIDE_BITS = 0x3FFF


def write_webm(lesson: Lesson, path: Path) -> None:
    """Write the lesson's video and its audio at its own speed into a new file.

    :raises BrokenLesson: there are no packets, or not those of a lesson.
    :raises OSError: the file cannot be written.
    """
    video = lesson.rendition(VP8.name)
    audio = lesson.rendition(OPUS) if lesson.has_audio else None
    width, height = _frame_size(lesson.id, video)
    try:
        with av.open(str(path), "w", format="webm", options=OPTIONS) as file:
            tracks = [(file.add_mux_stream(VP8.name, width=width, height=height), video)]
            if audio is not None:
                # An encoder that encodes nothing: it gives the header, which says how much later
                # the sound leaves a decoder. The packets take that into account (see `opus`).
                opus = file.add_stream("libopus", rate=SAMPLE_RATE_HZ, layout="stereo")
                tracks.append((opus, audio))
            packets = (_list_packets(*track) for track in tracks)
            for packet in heapq.merge(*packets, key=lambda packet: packet.pts or 0):
                file.mux_one(packet)
    except av.FFmpegError as error:
        if isinstance(error, OSError):
            raise
        raise BrokenLesson(f"{lesson.id}: expected packets of VP8 and Opus, {error}") from error


def _list_packets(stream: Stream, rendition: Rendition) -> Iterator[av.Packet[Stream]]:
    ends_s = [*rendition.t_s[1:].tolist(), rendition.duration_s]
    for i, (start_s, end_s) in enumerate(zip(rendition.t_s.tolist(), ends_s, strict=True)):
        packet = av.Packet(rendition.packet(i))
        packet.stream = stream
        packet.time_base = Fraction(1, SAMPLE_RATE_HZ)
        packet.pts = packet.dts = round(start_s * SAMPLE_RATE_HZ)
        packet.duration = round((end_s - start_s) * SAMPLE_RATE_HZ)
        packet.is_keyframe = bool(rendition.key[i])
        yield packet


def _frame_size(id: str, video: Rendition) -> tuple[int, int]:
    """The width and height that the first key frame has.

    :raises BrokenLesson: it has none.
    """
    header = video.packet(0, SIZE_AT + 4)[SIZE_AT:]
    width, height = (int.from_bytes(header[at : at + 2], "little") & SIDE_BITS for at in (0, 2))
    if not width or not height:
        raise BrokenLesson(f"{id}: expected a size in the first key frame of VP8, got none")
    return width, height
