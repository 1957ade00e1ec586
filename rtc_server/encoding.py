"""Encodes a video into the packets that sessions send: VP8, H.264 and Opus, alike every time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from pathlib import Path

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from numpy.typing import NDArray

from rtc_server.renditions import Codec, RenditionWriter
from rtc_server.sampling import VideoInfo, ticks
from rtc_server.sound import FRAME_S, opus_packets
from rtc_server.videos import UPRIGHT, Orientation, ShownFrame, orientation_of, shown_frames, to_bgr

FASTEST_FPS = 30
LONGEST_SIDE = 1280
# Level 3.1, which every WebRTC peer decodes: 3600 macroblocks a picture (H.264, table A-1).
MOST_PIXELS = 3600 * 256
BITS_PER_PIXEL = 800_000 / (480 * 640 * 30)
LEAST_BIT_RATE = 200_000

# Called with (packets so far, packets expected).
Done = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PictureForm:
    """The pictures of a rendition: even sides, whole frames a second."""

    width: int
    height: int
    fps: int

    @property
    def bit_rate(self) -> int:
        """Bits a second: 800 000 for 480×640 at 30, the same for each pixel otherwise."""
        return max(LEAST_BIT_RATE, round(self.width * self.height * self.fps * BITS_PER_PIXEL))


def picture_form(info: VideoInfo) -> PictureForm:
    """Choose the size and rate to send: the source's own where that is not too much."""
    scale = min(
        1.0,
        LONGEST_SIDE / max(info.width, info.height),
        sqrt(MOST_PIXELS / (info.width * info.height)),
    )
    # 16 is the smallest side that all decoders take.
    width, height = (max(16, int(side * scale) // 2 * 2) for side in (info.width, info.height))
    return PictureForm(width, height, _whole_rate(info.fps))


def encode_pictures(video: Path, folder: Path, form: PictureForm, total: int, done: Done) -> int:
    """Write the `vp8` and `h264` renditions in one pass over the video; give the packet count.

    Packet k is what is on screen at k / fps; every fps-th one is a key frame.

    :raises BadVideo: nothing of it can be decoded.
    """
    with contextlib.ExitStack() as stack:
        encoders = [
            _Encoder(open_(form), stack.enter_context(RenditionWriter(folder, codec)), form.fps)
            for codec, open_ in _OPENERS.items()
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


def _open_vp8(form: PictureForm) -> VideoCodecContext:
    """libvpx without frames that are never shown: each packet is one picture, in order."""
    return _open(
        "libvpx",
        form,
        {
            "deadline": "good",
            "cpu-used": "4",
            "auto-alt-ref": "0",
            "lag-in-frames": "0",
            "keyint_min": "0",
            # Without a limit a key frame can hold a second's worth of bits and stall the wire.
            "max-intra-rate": "900",
            "qmin": "4",
            "qmax": "52",
        },
    )


def _open_h264(form: PictureForm) -> VideoCodecContext:
    """x264 as constrained baseline in Annex B, a learner can join at any key frame."""
    rate = form.bit_rate // 1000
    parameters = {
        "keyint": form.fps,
        "min-keyint": form.fps,
        "scenecut": 0,
        "repeat-headers": 1,
        "annexb": 1,
        "bframes": 0,
        "threads": 1,
        "vbv-maxrate": rate * 2,
        "vbv-bufsize": rate * 2 // 5,
    }
    joined = ":".join(f"{name}={value}" for name, value in parameters.items())
    options = {"preset": "fast", "profile": "baseline", "level": "3.1", "x264-params": joined}
    return _open("libx264", form, options)


_OPENERS: dict[Codec, Callable[[PictureForm], VideoCodecContext]] = {
    "vp8": _open_vp8,
    "h264": _open_h264,
}


def _open(name: str, form: PictureForm, options: dict[str, str]) -> VideoCodecContext:
    context = av.CodecContext.create(name, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = form.width, form.height, "yuv420p"
    context.time_base, context.framerate = Fraction(1, form.fps), Fraction(form.fps)
    context.bit_rate = form.bit_rate
    context.gop_size = form.fps
    context.thread_count = 1  # the same packets on any machine
    context.options = options
    return context


def _whole_rate(fps: float) -> int:
    """A whole rate up to 30 that shows each frame equally long, else 30."""
    while fps > FASTEST_FPS * 1.01:
        fps /= 2
    whole = max(1, round(fps))
    return whole if abs(whole - fps) <= 0.005 * fps else FASTEST_FPS
