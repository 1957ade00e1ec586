"""Writes the teacher's encoded pictures and sound into a file that an upload could be.

Nothing is encoded or decoded. For one thread at a time, which may block.
"""

from __future__ import annotations

import errno
import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from rtc_server.classes.live.recording.recorded_packet import RecordedPacket
from rtc_server.errors import NoRoom
from rtc_server.uploads.request_body import check_disk_space
from rtc_server.webcam.frame_limits import VP8_SIDE_BITS
from rtc_server.webrtc.live.frames import AUDIO_HZ

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.stream import Stream

# VP8 goes into what every browser plays; WebM knows no H.264.
FORMATS = {"VP8": ("webm", ".webm"), "H264": ("matroska", ".mkv")}
MILLISECOND = Fraction(1, 1000)  # the unit of time of both formats


class RecordingFile:
    """Opens with the first packet, which must be a key frame; its codec is the file's."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "class"
        self._folder = folder
        self._file: OutputContainer | None = None
        self._video: Stream | None = None
        self._sound: Stream | None = None

    def write(self, packets: Sequence[RecordedPacket]) -> None:
        """Write them, in the order in which they came.

        :raises NoRoom: the disk is full, or nearly.
        :raises OSError, av.FFmpegError: they cannot be written.
        """
        check_disk_space(self._folder, sum(len(packet.data) for packet in packets))
        try:
            for packet in packets:
                if self._file is None:
                    self._open(packet)
                self._mux(packet)
        except av.FFmpegError as error:
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise NoRoom("expected room on the server's disk, it is full") from error
            raise

    def close(self) -> None:
        """Write the end of the file.

        :raises OSError, av.FFmpegError: it cannot be written.
        """
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _open(self, first: RecordedPacket) -> None:
        format, suffix = FORMATS[first.codec]
        self.path = self.path.with_suffix(suffix)
        self._file = file = av.open(str(self.path), "w", format=format)
        if first.codec == "VP8":
            width, height = _vp8_size(first.data)
            self._video = file.add_mux_stream("vp8", width=width, height=height)
        else:
            self._video = _add_h264(file, first.data)
        # An encoder that encodes nothing: it gives the header of Opus.
        self._sound = file.add_stream("libopus", rate=AUDIO_HZ, layout="stereo")

    def _mux(self, recorded: RecordedPacket) -> None:
        assert self._file is not None
        assert self._video is not None
        assert self._sound is not None
        packet: av.Packet[Stream] = av.Packet(recorded.data)
        packet.stream = self._sound if recorded.is_sound else self._video
        packet.time_base = MILLISECOND
        packet.pts = packet.dts = recorded.ms
        packet.is_keyframe = recorded.is_key
        self._file.mux_one(packet)


def _vp8_size(key_frame: bytes) -> tuple[int, int]:
    """Width and height (RFC 6386, 9.1)."""
    width, height = (int.from_bytes(key_frame[at : at + 2], "little") for at in (6, 8))
    return width & VP8_SIDE_BITS, height & VP8_SIDE_BITS


def _add_h264(file: OutputContainer, key_frame: bytes) -> Stream:
    """A stream with the size and the parameter sets (SPS, PPS) that the key frame has."""
    with av.open(io.BytesIO(key_frame), format="h264") as raw:
        return file.add_stream_from_template(raw.streams.video[0])
