"""The codecs of a lesson: one entry for each video codec, one for the audio at each rate. Pure.

The names of renditions are those of their files, and what a lesson's metadata lists as `codecs`.
How a video codec is encoded is in `authoring.codecs`, under the same entry.
"""

from __future__ import annotations

from dataclasses import dataclass

from rtc_server.errors import UnknownCodec

FORMAT = 2  # of a lesson's folder; raise it when what is in the folder changes


@dataclass(frozen=True, slots=True)
class VideoCodec:
    """A codec that a lesson's video is encoded in, at two bit rates.

    Both renditions have frames of the same size and the same key frames.
    """

    name: str  # of the rendition at the full bit rate; FFmpeg's decoder has the same name
    low_name: str  # of the rendition in about a third of the bits
    sdp_name: str  # as in SDP's `a=rtpmap`, in capitals
    since_format: int = FORMAT  # the first format of lessons that have the full bit rate
    low_since_format: int = FORMAT


@dataclass(frozen=True, slots=True)
class AudioVariant:
    """A lesson's audio for playing it at one rate: slower, at the same pitch."""

    name: str  # of the rendition
    rate: float
    since_format: int = FORMAT


VP8 = VideoCodec("vp8", "vp8-low", "VP8", since_format=1, low_since_format=2)
H264 = VideoCodec("h264", "h264-low", "H264", since_format=1, low_since_format=2)
VIDEO_CODECS = (VP8, H264)

# In rising order of rate.
AUDIO_VARIANTS = (
    AudioVariant("opus-0.5", rate=0.5, since_format=2),
    AudioVariant("opus-0.75", rate=0.75, since_format=2),
    AudioVariant("opus", rate=1.0, since_format=1),
)

RATES = tuple(variant.rate for variant in AUDIO_VARIANTS)
VIDEO_RENDITIONS = (
    *(codec.name for codec in VIDEO_CODECS),
    *(codec.low_name for codec in VIDEO_CODECS),
)
AUDIO_RENDITIONS = tuple(variant.name for variant in reversed(AUDIO_VARIANTS))
RENDITIONS = VIDEO_RENDITIONS + AUDIO_RENDITIONS


def video_codec_for_sdp(sdp_name: str) -> VideoCodec:
    """Give the codec of that name in SDP, in capitals or not.

    :raises UnknownCodec: no lesson is encoded in it.
    """
    for codec in VIDEO_CODECS:
        if codec.sdp_name == sdp_name.upper():
            return codec
    known = " or ".join(codec.sdp_name for codec in VIDEO_CODECS)
    raise UnknownCodec(f"expected {known}, got {sdp_name}")


def video_codec_of(rendition: str) -> VideoCodec:
    """Give the codec of a rendition, whichever of the two bit rates it has.

    :raises UnknownCodec: not a rendition of the video.
    """
    for codec in VIDEO_CODECS:
        if rendition in (codec.name, codec.low_name):
            return codec
    raise UnknownCodec(f"expected one of {', '.join(VIDEO_RENDITIONS)}, got {rendition}")


def check_rendition(name: str) -> str:
    """Give the name back if a lesson can have a rendition of that name.

    :raises UnknownCodec: it cannot.
    """
    if name not in RENDITIONS:
        raise UnknownCodec(f"expected one of {', '.join(RENDITIONS)}, got {name}")
    return name


def renditions_of_format(format: int, *, has_audio: bool) -> tuple[str, ...]:
    """Name the renditions that a lesson of that format consists of."""
    since = {codec.name: codec.since_format for codec in VIDEO_CODECS}
    since |= {codec.low_name: codec.low_since_format for codec in VIDEO_CODECS}
    if has_audio:
        since |= {variant.name: variant.since_format for variant in AUDIO_VARIANTS}
    return tuple(name for name in RENDITIONS if since.get(name, FORMAT + 1) <= format)
