"""Parses the query of `POST /api/lessons` into an upload request."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from rtc_server.authoring.build_request import Part
from rtc_server.errors import BadLessonId, BadMessage
from rtc_server.lessons.titles import check_title
from rtc_server.uploads.request import UploadRequest

DEFAULT_NAME = "the video"
MAX_NAME = 100  # characters


def parse_upload_query(
    query: Mapping[str, str], content_type: str, length: int | None, default_title: str = ""
) -> UploadRequest:
    """What a client asks for.

    :param content_type: of the body; gives the suffix of a video without a name.
    :param length: of the body in bytes, where it is known.
    :param default_title: used where the query has no title.
    :raises BadMessage: a field that is missing or wrong.
    :raises BadTitle: not a title.
    :raises BadPart: not a part of a video.
    """
    id = query.get("id") or None
    name = _file_name(query.get("name", ""))
    title_from_id = (id or "").replace("-", " ").strip()
    title = query.get("title") or default_title or PurePosixPath(name).stem or title_from_id
    if not title:
        raise BadMessage("expected ?title=… in the address, got none")
    try:
        return UploadRequest(
            title=check_title(title),
            lesson_id=id,
            video_name=name or DEFAULT_NAME,
            suffix=_suffix(name, content_type),
            part=Part.between(_seconds(query, "from_s"), _seconds(query, "to_s")),
            length=length,
            job_id=query.get("job") or None,
        )
    except BadLessonId as error:
        raise BadMessage(f"id: {error}") from error


def _file_name(text: str) -> str:
    """The last part of a path, without characters that cannot be printed."""
    last = re.split(r"[/\\]", text)[-1]
    return "".join(c for c in last if c.isprintable())[-MAX_NAME:].strip()


def _suffix(name: str, content_type: str) -> str:
    """The name's own suffix, else one for its type: browsers later learn the type from it."""
    own = PurePosixPath(name).suffix.lower()
    if re.fullmatch(r"\.[a-z0-9]{1,5}", own):
        return own
    return mimetypes.guess_extension(content_type) or ".bin"


def _seconds(query: Mapping[str, str], name: str) -> float | None:
    text = query.get(name)
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise BadMessage(f"{name}: expected a number of seconds, got {text[:60]!r}") from None
