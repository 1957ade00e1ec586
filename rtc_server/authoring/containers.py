"""Opens a video's file with few rights: which containers, codecs and sizes FFmpeg may take up.

A file may come from a stranger, and its name and suffix say nothing. FFmpeg gets an open file and
no name, so that a container that names other files or addresses (a playlist, a list of pictures,
an external track) opens none of them.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from rtc_server.errors import BadVideo

# FFmpeg's names of demuxers: none of them reads another file than the one that it is given.
CONTAINERS = ("mov", "mp4", "matroska", "webm", "avi", "mpegts", "mpeg", "ogg", "flv", "asf")
CONTAINER_NAMES = "MP4, MOV, 3GP, Matroska, WebM, AVI, MPEG, Ogg, FLV or WMV"
VIDEO_CODECS = frozenset(
    {
        *("h264", "hevc", "vvc", "vp8", "libvpx", "vp9", "libvpx-vp9", "av1", "libdav1d"),
        *("mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4", "mpeg1video", "mpeg2video", "h263"),
        *("flv", "vp6", "vp6f", "theora", "wmv1", "wmv2", "wmv3", "vc1", "mjpeg", "prores"),
        *("dnxhd", "cfhd", "dvvideo", "ffv1", "huffyuv", "ffvhuff", "utvideo", "rawvideo"),
    }
)
AUDIO_CODECS = frozenset(
    {
        *("aac", "aac_latm", "mp3", "mp3float", "mp2", "mp2float", "ac3", "eac3", "dca"),
        *("opus", "libopus", "vorbis", "flac", "alac", "amrnb", "amrwb", "libopencore_amrnb"),
        *("libopencore_amrwb", "speex", "nellymoser", "wmav1", "wmav2", "wmapro"),
        *("pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be"),
        *("pcm_f32le", "pcm_f32be", "pcm_u8", "pcm_s8", "pcm_mulaw", "pcm_alaw", "pcm_bluray"),
        *("pcm_dvd", "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_swf"),
    }
)
MAX_STREAMS = 100  # films have dozens of subtitles, and a stream for each of their fonts
# The decoder holds up to 16 frames as references. 16 million pixels are 5.3K, and 4K of any shape.
MAX_PIXELS = 16_000_000
MAX_SIDE = 8192
MAX_SAMPLE_RATE_HZ, MAX_CHANNELS = 384_000, 16
# Each decoder thread holds frames, and what is done with them takes longer than decoding.
DECODER_THREADS = 2


@contextlib.contextmanager
def open_video(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open the file and its first real video stream, whose decoder refuses frames over MAX_PIXELS.

    :raises BadVideo: no such file, a folder, an empty file, not a video, audio only, of a kind
        that lessons are not made of, or with a frame or a sound beyond the limits.
    """
    with _open_container(path) as container:
        for audio in container.streams.audio:
            _check_audio(audio, path)
        yield container, _video_stream(container, path)


def find_audio(container: InputContainer) -> AudioStream | None:
    """The first audio stream, if it has a codec that may be decoded."""
    stream = next(iter(container.streams.audio), None)
    return stream if stream and _codec_name(stream) in AUDIO_CODECS else None


@contextlib.contextmanager
def _open_container(path: Path) -> Iterator[InputContainer]:
    try:
        with _open_file(path) as (url, options):
            container = av.open(
                url,
                options={
                    **options,
                    "format_whitelist": ",".join(CONTAINERS),
                    "codec_whitelist": ",".join(sorted(VIDEO_CODECS | AUDIO_CODECS)),
                    "max_streams": str(MAX_STREAMS),
                    "max_pixels": str(MAX_PIXELS),  # frames are also decoded while it is opened
                },
                metadata_errors="replace",
            )
    except PermissionError:
        raise BadVideo(f"{path}: expected a readable video file, permission was denied") from None
    except av.ArgumentError:  # the demuxer that suits the file is not one of ours
        raise BadVideo(
            f"{path}: expected a video ({CONTAINER_NAMES}), got a file of another kind"
        ) from None
    except (av.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadVideo(
            f"{path}: expected a video, got a file that cannot be read as one ({reason})"
        ) from error
    with container:
        yield container


@contextlib.contextmanager
def _open_file(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The file for FFmpeg, and the options with which it opens this one file and no other.

    :raises BadVideo: no such file, a folder, or an empty file.
    """
    if path.is_dir():
        raise BadVideo(f"{path}: expected a video file, got a folder")
    if not path.exists():
        raise BadVideo(f"{path}: expected a video file, there is nothing of that name")
    if path.is_file() and path.stat().st_size == 0:
        raise BadVideo(f"{path}: expected a video, got an empty file")
    if sys.platform == "win32":  # where a descriptor means nothing to a library of another runtime
        yield f"file:{path.resolve()}", {"protocol_whitelist": "file"}
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield "fd:", {"fd": str(descriptor), "protocol_whitelist": "fd"}
    finally:
        os.close(descriptor)  # FFmpeg has made a copy


def _video_stream(container: InputContainer, path: Path) -> VideoStream:
    """The first video stream that is not an album's cover image."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            _check_video(stream, path)
            stream.thread_type = "AUTO"
            stream.thread_count = DECODER_THREADS
            # The size may change from frame to frame; the decoder asks before it takes memory.
            stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
            return stream
    kind = "sound only" if container.streams.audio else "neither picture nor sound"
    raise BadVideo(f"{path}: expected a video with a picture, got {kind}")


def _check_video(stream: VideoStream, path: Path) -> None:
    name = _codec_name(stream)
    if name not in VIDEO_CODECS:
        raise BadVideo(f"{path}: expected a codec that cameras write, got {name}")
    width, height = stream.width, stream.height
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise BadVideo(
            f"{path}: expected frames of at most {MAX_PIXELS / 1e6:.0f} million pixels and "
            f"{MAX_SIDE} a side, got {width}×{height}"
        )


def _check_audio(stream: AudioStream, path: Path) -> None:
    # A stream of a codec that no decoder is known for has neither; `find_audio` leaves it out.
    rate_hz, channels = getattr(stream, "rate", 0) or 0, getattr(stream, "channels", 0) or 0
    if rate_hz > MAX_SAMPLE_RATE_HZ or channels > MAX_CHANNELS:
        raise BadVideo(
            f"{path}: expected sound of at most {MAX_SAMPLE_RATE_HZ} Hz and {MAX_CHANNELS} "
            f"channels, got {rate_hz} Hz and {channels}"
        )


def _codec_name(stream: VideoStream | AudioStream) -> str:
    """FFmpeg's name of the decoder; a stream that no decoder is known for has none."""
    context = stream.codec_context
    return context.codec.name if context is not None else "none that is known"
