"""Encodes a video into the packets that sessions send: VP8, H.264 and Opus, alike every time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from numpy.typing import NDArray

from rtc_server.encoders import OPENERS, PictureForm
from rtc_server.renditions import RenditionWriter
from rtc_server.sampling import ticks
from rtc_server.sound import FRAME_S, opus_packets
from rtc_server.upright import UPRIGHT, Orientation, orientation_of, to_bgr
from rtc_server.videos import ShownFrame, shown_frames

# Called with (packets so far, packets expected).
Done = Callable[[int, int], None]


def encode_pictures(video: Path, folder: Path, form: PictureForm, total: int, done: Done) -> int:
    """Write the `vp8` and `h264` renditions in one pass over the video; give the packet count.

    Packet k is what is on screen at k / fps; every fps-th one is a key frame.

    :raises BadVideo: nothing of it can be decoded.
    """
    with contextlib.ExitStack() as stack:
        encoders = [
            _Encoder(open_(form), stack.enter_context(RenditionWriter(folder, codec)), form.fps)
            for codec, open_ in OPENERS.items()
        ]
        count = 0
        for frame, ks in _pictures(video, form):
            for k in ks:
                for encoder in encoders:
                    encoder.add(frame, k)
                count = k + 1
                done(count, max(total, count))
        for encoder in encoders:
            encoder.finish()
        return count


def encode_sound(video: Path, folder: Path, duration_s: float, done: Done) -> bool:
    """Write the `opus` rendition; False, and no files, where the video is silent."""
    total = int(duration_s / FRAME_S) + 1
    with RenditionWriter(folder, "opus") as writer:
        for k, data in enumerate(opus_packets(video, duration_s)):
            writer.add(k * FRAME_S, data, key=True)
            done(k + 1, max(total, k + 1))
        return len(writer) > 0


class _Encoder:
    """One codec at work; frame k goes in, packet k comes out, sooner or later."""

    def __init__(self, context: VideoCodecContext, writer: RenditionWriter, fps: int) -> None:
        self._context = context
        self._writer = writer
        self._fps = fps

    def add(self, frame: VideoFrame, k: int) -> None:
        frame.pts = k
        frame.time_base = Fraction(1, self._fps)
        frame.pict_type = PictureType.I if k % self._fps == 0 else PictureType.NONE
        self._write(frame)

    def finish(self) -> None:
        self._write(None)

    def _write(self, frame: VideoFrame | None) -> None:
        for packet in self._context.encode(frame):
            assert packet.pts is not None
            self._writer.add(packet.pts / self._fps, bytes(packet), key=packet.is_keyframe)


def _pictures(video: Path, form: PictureForm) -> Iterator[tuple[VideoFrame, range]]:
    """Upright pictures of the right size and colours, each with the ticks it is shown at."""
    orientation: Orientation | None = None
    for shown, ks in ticks(shown_frames(video), form.fps):
        if orientation is None:
            orientation = orientation_of(shown.frame)
        yield _prepared(shown, form, orientation), ks


def _prepared(shown: ShownFrame, form: PictureForm, orientation: Orientation) -> VideoFrame:
    frame = shown.frame
    if orientation != UPRIGHT:
        image: NDArray[np.uint8] = to_bgr(frame, (form.width, form.height), orientation)
        frame = VideoFrame.from_ndarray(image, format="bgr24")
    shrinks = form.width < frame.width
    # VP8 knows no other colours (RFC 6386, 9.2), and decoders expect them where none are named.
    return frame.reformat(
        form.width,
        form.height,
        "yuv420p",
        dst_colorspace="ITU601",
        dst_color_range="MPEG",
        interpolation="AREA" if shrinks else "BICUBIC",
    )
