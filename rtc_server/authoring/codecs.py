"""The video encoders as a lesson wants them, and the pictures they are fed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

import av
import cv2
from av.video.codeccontext import VideoCodecContext

from rtc_server.authoring.frame_sampler import VideoInfo
from rtc_server.lessons.codecs import H264, VP8, VideoCodec, video_codec_of

FASTEST_FPS = 30
LONGEST_SIDE = 1280
# Level 3.1, which every WebRTC peer decodes: 3600 macroblocks a picture (H.264, table A-1).
MOST_PIXELS = 3600 * 256
BITS_PER_PIXEL = 650_000 / (480 * 640 * 30)
LEAST_BIT_RATE = 200_000
# One step down has to relieve a line that is too narrow, and packets once halved are soon halved
# again: with the sound 290 kbit/s instead of 710. It costs 5 dB; VP8 goes no lower at this size.
LOW_SHARE = 0.35
CPU_AVX_512F = 13  # of OpenCV's cv::CpuFeatures, which its Python names leave out
# What every processor with AVX-512 has besides.
X264_WITHOUT_AVX_512 = "MMX2,SSE2Fast,SSSE3,SSE4.2,AVX,FMA3,AVX2,LZCNT,BMI2"


@dataclass(frozen=True, slots=True)
class PictureForm:
    """The pictures of a rendition: even sides, whole frames a second."""

    width: int
    height: int
    fps: int

    @property
    def bit_rate(self) -> int:
        """Bits a second: 650 000 for 480×640 at 30, the same for each pixel otherwise."""
        return max(LEAST_BIT_RATE, round(self.width * self.height * self.fps * BITS_PER_PIXEL))

    @property
    def low_bit_rate(self) -> int:
        """Bits a second of the renditions for a line that does not carry the others."""
        return round(self.bit_rate * LOW_SHARE)


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


def open_vp8(form: PictureForm) -> VideoCodecContext:
    """libvpx without frames that are never shown: each packet is one picture, in order."""
    # 5, of 4: two thirds of the time, 0.1 dB at most.
    return _open_vp8(form, form.bit_rate, {"deadline": "good", "cpu-used": "5"})


def open_vp8_low(form: PictureForm) -> VideoCodecContext:
    """The same in fewer bits: what hardly moves is left as it is, and is left alone."""
    # Two thirds of the time of "good", and no worse with so few bits. Above 0, "cpu-used" would
    # follow the clock. A still background costs nothing: up to 1 dB better where it matters.
    options = {"deadline": "realtime", "cpu-used": "-8", "static-thresh": "200"}
    return _open_vp8(form, form.low_bit_rate, options)


def open_h264(form: PictureForm) -> VideoCodecContext:
    """x264 as constrained baseline in Annex B, a learner can join at any key frame."""
    # Of "fast": under half of the time, within 0.4 dB either way where there are 42 and more.
    return _open_h264(form, form.bit_rate, "veryfast", {})


def open_h264_low(form: PictureForm) -> VideoCodecContext:
    """The same in fewer bits."""
    # Of "veryfast": two thirds of the time for 0.3 to 1 dB.
    return _open_h264(form, form.low_bit_rate, "superfast", {"partitions": "p8x8,i4x4"})


def _open_vp8(form: PictureForm, bit_rate: int, speed: dict[str, str]) -> VideoCodecContext:
    options = {
        **speed,
        "auto-alt-ref": "0",
        "lag-in-frames": "0",
        # As long as the group: libvpx then adds no key frames of its own where much moves.
        "keyint_min": str(form.fps),
        # Without a limit a key frame can hold a second's worth of bits and stall the wire.
        "max-intra-rate": "900",
        "qmin": "4",
        "qmax": "52",
    }
    return _open("libvpx", form, bit_rate, options)


def _open_h264(
    form: PictureForm, bit_rate: int, preset: str, speed: dict[str, int | str]
) -> VideoCodecContext:
    rate = bit_rate // 1000
    parameters: dict[str, int | str] = {
        "keyint": form.fps,
        "min-keyint": form.fps,
        "scenecut": 0,
        "repeat-headers": 1,
        "annexb": 1,
        "bframes": 0,
        "threads": 1,
        "vbv-maxrate": rate * 2,
        "vbv-bufsize": rate * 2 // 5,
        **speed,
    }
    if cv2.checkHardwareSupport(CPU_AVX_512F):
        # With it one of 300 short videos came out otherwise now and then, without it none of
        # thousands. (Named only here: x264 takes our word that the processor has what is named.)
        parameters["asm"] = X264_WITHOUT_AVX_512
    joined = ":".join(f"{name}={value}" for name, value in parameters.items())
    options = {"preset": preset, "profile": "baseline", "level": "3.1", "x264-params": joined}
    return _open("libx264", form, bit_rate, options)


def _open(
    name: str, form: PictureForm, bit_rate: int, options: dict[str, str]
) -> VideoCodecContext:
    context = av.CodecContext.create(name, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = form.width, form.height, "yuv420p"
    context.time_base, context.framerate = Fraction(1, form.fps), Fraction(form.fps)
    context.bit_rate = bit_rate
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


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """How a codec's encoder is opened for each of its two bit rates."""

    open_full: Callable[[PictureForm], VideoCodecContext]
    open_low: Callable[[PictureForm], VideoCodecContext]


ENCODERS: dict[VideoCodec, EncoderSettings] = {
    VP8: EncoderSettings(open_vp8, open_vp8_low),
    H264: EncoderSettings(open_h264, open_h264_low),
}


def create_encoder(rendition: str, form: PictureForm) -> VideoCodecContext:
    """Create the encoder for the rendition of that name.

    :raises UnknownCodec: not a rendition of the video.
    """
    codec = video_codec_of(rendition)
    settings = ENCODERS[codec]
    return (settings.open_full if rendition == codec.name else settings.open_low)(form)
