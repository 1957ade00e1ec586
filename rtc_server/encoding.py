"""Encodes a video into the packets that sessions send: VP8, H.264 and Opus, alike every time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from rtc_server.ahead import ahead
from rtc_server.encoders import OPENERS, PictureForm
from rtc_server.renditions import Codec, RenditionWriter
from rtc_server.sampling import ticks
from rtc_server.sound import FRAME_S, opus_packets
from rtc_server.upright import UPRIGHT, Orientation, orientation_of, to_bgr

CODECS: tuple[Codec, Codec] = ("vp8", "h264")

# Called with (packets so far, packets expected).
Done = Callable[[int, int], None]


def encode_pictures(video: Path, folder: Path, form: PictureForm, total: int, done: Done) -> int:
    """Write the `vp8` and `h264` renditions in one pass over the video; give the packet count.

    Packet k is what is on screen at k / fps; every fps-th one is a key frame.

    :raises BadVideo: nothing of it can be decoded.
    """
    with contextlib.ExitStack() as stack:
        vp8, h264 = (
            _Encoder(
                OPENERS[codec](form), stack.enter_context(RenditionWriter(folder, codec)), form.fps
            )
            for codec in CODECS
        )
        beside = stack.enter_context(ThreadPoolExecutor(1, "vp8"))
        pictures = stack.enter_context(contextlib.closing(ahead(_pictures(video, form))))
        count = 0
        for frame, ks in pictures:
            for k in ks:
                _stamp(frame, k, form.fps)
                # One waits for the other at each picture: its time is not theirs to change.
                added = beside.submit(vp8.add, frame)
                h264.add(frame)
                added.result()
                count = k + 1
                done(count, max(total, count))
        vp8.finish()
        h264.finish()
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
        context.open()

    def add(self, frame: VideoFrame) -> None:
        """Encode it; nobody may change it until this returns."""
        self._write(frame)

    def finish(self) -> None:
        """Write what the codec still holds."""
        self._write(None)

    def _write(self, frame: VideoFrame | None) -> None:
        for packet in self._context.encode(frame):
            assert packet.pts is not None
            self._writer.add(packet.pts / self._fps, bytes(packet), key=packet.is_keyframe)


def _stamp(frame: VideoFrame, k: int, fps: int) -> None:
    """Make it picture k; every fps-th one is to be a key frame."""
    frame.pts, frame.time_base = k, Fraction(1, fps)
    frame.pict_type = PictureType.I if k % fps == 0 else PictureType.NONE


def _pictures(video: Path, form: PictureForm) -> Generator[tuple[VideoFrame, range]]:
    """Upright pictures of the right size and colours, each with the ticks it is shown at."""
    orientation: Orientation | None = None
    prepare = Preparation(form)
    for shown, ks in ticks(video, form.fps):
        if orientation is None:
            orientation = orientation_of(shown.frame)
        yield prepare(shown.frame, orientation), ks


class Preparation:
    """Turns, scales and recolours pictures; what they have in common is set up once."""

    def __init__(self, form: PictureForm) -> None:
        self._form = form
        self._upright, self._scaled = VideoReformatter(), VideoReformatter()

    def __call__(self, frame: VideoFrame, orientation: Orientation) -> VideoFrame:
        width, height = self._form.width, self._form.height
        if orientation != UPRIGHT:
            image = to_bgr(frame, (width, height), orientation, self._upright)
            frame = VideoFrame.from_ndarray(image, format="bgr24")
        # VP8 knows no other colours (RFC 6386, 9.2), and decoders expect them where none are named.
        return self._scaled.reformat(
            frame,
            width,
            height,
            "yuv420p",
            dst_colorspace=Colorspace.ITU601,
            dst_color_range=ColorRange.MPEG,
            interpolation="AREA" if width < frame.width else "BICUBIC",
            threads=1,
        )
