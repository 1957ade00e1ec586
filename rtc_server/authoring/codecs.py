"""The settings of the video encoders, and the size and frame rate that they encode."""

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

MAX_FPS = 30
MAX_SIDE = 1280
# Level 3.1, which every WebRTC peer decodes: 3600 macroblocks a frame (H.264, table A-1).
MAX_PIXELS = 3600 * 256
BITS_PER_PIXEL = 650_000 / (480 * 640 * 30)
MIN_BIT_RATE = 200_000
# One step down has to be enough for a network that cannot carry the full bit rate; a rendition of
# half the bit rate would soon have to be halved again. With the audio this is 290 kbit/s instead of
# 710. It costs 5 dB; VP8 goes no lower at this size.
LOW_SHARE = 0.35
CPU_AVX_512F = 13  # of OpenCV's cv::CpuFeatures, which has no name in Python
# The other extensions that every processor with AVX-512 has.
X264_WITHOUT_AVX_512 = "MMX2,SSE2Fast,SSSE3,SSE4.2,AVX,FMA3,AVX2,LZCNT,BMI2"


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """Size and frame rate of a rendition: even sides, whole frames per second."""

    width: int
    height: int
    fps: int

    @property
    def bit_rate(self) -> int:
        """Bits per second: 650 000 for 480×640 at 30 fps; otherwise as many bits per pixel."""
        return max(MIN_BIT_RATE, round(self.width * self.height * self.fps * BITS_PER_PIXEL))

    @property
    def low_bit_rate(self) -> int:
        """Bits per second of the renditions for a network that cannot carry the others."""
        return round(self.bit_rate * LOW_SHARE)


def choose_format(info: VideoInfo) -> VideoFormat:
    """Choose the size and frame rate to send: the source's own if that is not too much."""
    scale = min(
        1.0,
        MAX_SIDE / max(info.width, info.height),
        sqrt(MAX_PIXELS / (info.width * info.height)),
    )
    # 16 is the smallest side that all decoders take.
    width, height = (max(16, int(side * scale) // 2 * 2) for side in (info.width, info.height))
    return VideoFormat(width, height, _whole_frame_rate(info.fps))


def create_vp8(format: VideoFormat) -> VideoCodecContext:
    """libvpx without frames that are never shown: each packet is one frame, in order."""
    # cpu-used 5 takes two thirds of the time of 4 and costs 0.1 dB at most.
    return _create_vp8(format, format.bit_rate, {"deadline": "good", "cpu-used": "5"})


def create_vp8_low(format: VideoFormat) -> VideoCodecContext:
    """The same in fewer bits: areas that hardly change are not encoded again."""
    # "realtime" takes two thirds of the time of "good" and is no worse with so few bits. A
    # "cpu-used" above 0 would make the result depend on how fast the machine is. A still background
    # costs no bits, which makes the rest up to 1 dB better.
    options = {"deadline": "realtime", "cpu-used": "-8", "static-thresh": "200"}
    return _create_vp8(format, format.low_bit_rate, options)


def create_h264(format: VideoFormat) -> VideoCodecContext:
    """x264 as constrained baseline in Annex B; a learner can join at any key frame."""
    # "veryfast" takes less than half of the time of "fast"; the quality, 42 dB or more, differs by
    # 0.4 dB at most, either way.
    return _create_h264(format, format.bit_rate, "veryfast", {})


def create_h264_low(format: VideoFormat) -> VideoCodecContext:
    """The same in fewer bits."""
    # "superfast" takes two thirds of the time of "veryfast" and costs 0.3 to 1 dB.
    return _create_h264(format, format.low_bit_rate, "superfast", {"partitions": "p8x8,i4x4"})


def _create_vp8(format: VideoFormat, bit_rate: int, speed: dict[str, str]) -> VideoCodecContext:
    options = {
        **speed,
        "auto-alt-ref": "0",
        "lag-in-frames": "0",
        # As long as a group of pictures: then libvpx adds no key frames where much moves.
        "keyint_min": str(format.fps),
        # Without a limit a key frame can take the bits of a second, which delays what follows.
        "max-intra-rate": "900",
        "qmin": "4",
        "qmax": "52",
    }
    return _create("libvpx", format, bit_rate, options)


def _create_h264(
    format: VideoFormat, bit_rate: int, preset: str, speed: dict[str, int | str]
) -> VideoCodecContext:
    rate = bit_rate // 1000
    parameters: dict[str, int | str] = {
        "keyint": format.fps,
        "min-keyint": format.fps,
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
        # With AVX-512, one of 300 short videos sometimes came out differently; without it, none
        # of thousands did. (The list is given only on such processors, since x264 believes it.)
        parameters["asm"] = X264_WITHOUT_AVX_512
    joined = ":".join(f"{name}={value}" for name, value in parameters.items())
    options = {"preset": preset, "profile": "baseline", "level": "3.1", "x264-params": joined}
    return _create("libx264", format, bit_rate, options)


def _create(
    name: str, format: VideoFormat, bit_rate: int, options: dict[str, str]
) -> VideoCodecContext:
    context = av.CodecContext.create(name, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = format.width, format.height, "yuv420p"
    context.time_base, context.framerate = Fraction(1, format.fps), Fraction(format.fps)
    context.bit_rate = bit_rate
    context.gop_size = format.fps
    context.thread_count = 1  # the same packets on any machine
    context.options = options
    return context


def _whole_frame_rate(fps: float) -> int:
    """A whole frame rate up to 30 at which every frame is shown equally long, else 30."""
    while fps > MAX_FPS * 1.01:
        fps /= 2
    whole = max(1, round(fps))
    return whole if abs(whole - fps) <= 0.005 * fps else MAX_FPS


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """How the encoder of a codec is created, for each of its two bit rates."""

    create_full: Callable[[VideoFormat], VideoCodecContext]
    create_low: Callable[[VideoFormat], VideoCodecContext]


ENCODERS: dict[VideoCodec, EncoderSettings] = {
    VP8: EncoderSettings(create_vp8, create_vp8_low),
    H264: EncoderSettings(create_h264, create_h264_low),
}


def create_encoder(rendition: str, format: VideoFormat) -> VideoCodecContext:
    """Create the encoder for the rendition of that name.

    :raises UnknownCodec: not a rendition of the video.
    """
    codec = video_codec_of(rendition)
    settings = ENCODERS[codec]
    return (settings.create_full if rendition == codec.name else settings.create_low)(format)
