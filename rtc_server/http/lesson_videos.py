"""The forms in which a lesson's video can be had over HTTP, and what type each has. Pure."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence

from rtc_server.lessons.lesson import Lesson

ORIGINAL, WEBM = "original", "webm"
FORMATS = (ORIGINAL, WEBM)
UNKNOWN_TYPE = "application/octet-stream"


def list_videos(lesson: Lesson) -> Sequence[dict[str, str]]:
    """The type and address of each form; a browser plays the first whose type it can."""
    url = f"/api/lessons/{lesson.id}/video"
    return [
        {"type": choose_video_type(lesson.source_name), "url": url},
        {"type": webm_type(lesson), "url": f"{url}?format={WEBM}"},
    ]


def webm_type(lesson: Lesson) -> str:
    """The media type of a lesson's WebM with its codecs (RFC 6381)."""
    return f'video/webm; codecs="{"vp8, opus" if lesson.has_audio else "vp8"}"'


def choose_video_type(name: str) -> str:
    """The media type of an uploaded video, from its file name.

    The uploader chose the name. If a suffix could make it a page or an SVG, the file could run
    scripts with this server's origin.
    """
    media_type, _ = mimetypes.guess_type(name)
    if media_type is not None and media_type.startswith("video/"):
        return media_type
    return UNKNOWN_TYPE
