"""Checks a video before a lesson is made of it: its length, and whether a camera made it."""

from __future__ import annotations

from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.frame_sampler import VideoInfo, probe
from rtc_server.errors import BadVideo

MAX_UPLOAD_FPS = 300.0  # telephones film slow motion at 240
# Bytes of pictures a second, after the first few: somebody who dances takes more in any codec.
MIN_UPLOAD_RATE, SHORT_UPLOAD_S = 500.0, 5.0


def check_video(request: BuildRequest) -> None:
    """Check that a lesson can be that part of the video, before the weights are loaded.

    :raises BadVideo: not a video, or more of it than a lesson may have.
    :raises BadPart: the part lies beyond the video's end.
    """
    _lesson_length_s(request, probe(request.video))


def check_upload(request: BuildRequest) -> float:
    """Check that as well, and that the video has as much in it as a camera's; give its length in s.

    A few bytes can claim hours of video, which take as long to prepare as real ones.

    :raises BadVideo: not a video, more of it than a lesson may have, or not a camera's.
    :raises BadPart: the part lies beyond the video's end.
    """
    info = probe(request.video)
    length_s = _lesson_length_s(request, info)
    if info.fps > MAX_UPLOAD_FPS:
        raise BadVideo(
            f"{request.video}: expected at most {MAX_UPLOAD_FPS:.0f} frames a second, "
            f"got {info.fps:.0f}"
        )
    least = MIN_UPLOAD_RATE * (info.duration_s - SHORT_UPLOAD_S)
    if info.size_bytes < least:
        raise BadVideo(
            f"{request.video}: expected at least {least / 1000:.0f} kB of pictures for "
            f"{info.duration_s:.0f} s of video, got {info.size_bytes / 1000:.1f} kB"
        )
    return length_s


def _lesson_length_s(request: BuildRequest, info: VideoInfo) -> float:
    """How long the lesson will be, in s.

    :raises BadVideo: longer than a lesson may be.
    :raises BadPart: the part lies beyond the video's end.
    """
    length_s = info.duration_s
    if request.part is not None:
        begin, end = request.part.within(length_s)
        length_s = float(end - begin)
    if request.max_duration_s is not None and length_s > request.max_duration_s:
        raise BadVideo(
            f"{request.video}: expected at most {request.max_duration_s:g} s, "
            f"got {length_s:.1f} s; take a part of it"
        )
    return length_s
