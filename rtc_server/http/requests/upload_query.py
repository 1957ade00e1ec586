"""Parses the query of `POST /api/lessons` into an upload request."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from rtc_server.authoring.build_request import Part
from rtc_server.errors import BadMessage
from rtc_server.http.requests.fields import Query, number, optional, text
from rtc_server.http.requests.parameters import JOB_ID, LESSON_ID, TITLE
from rtc_server.lessons.titles import check_title
from rtc_server.uploads.request import UploadRequest

DEFAULT_NAME = "the video"
MAX_NAME = 100  # characters
SECONDS = "a number of seconds"
UPLOAD_QUERY = Query(
    {
        "title": optional(
            TITLE, "By default the file's name without its suffix, or made from `id`."
        ),
        "id": optional(LESSON_ID, "By default made from the title."),
        "name": text(
            "The name of the video's file.", required=False, default="", example="steps.mp4"
        ),
        "from_s": number(
            "Where the lesson begins in the video, in seconds.", SECONDS, required=False, example=2
        ),
        "to_s": number(
            "Where the lesson ends in the video, in seconds.", SECONDS, required=False, example=30
        ),
        "job": optional(
            JOB_ID,
            "With it the job can be followed while the video is still being sent. By default the "
            "server chooses one.",
        ),
        "of": text(
            "The id of a lesson of which to make another one; without a body, and with `from_s` "
            "or `to_s`. The title is that lesson's by default.",
            required=False,
            example="demo",
        ),
    },
    ignores_empty=True,
)


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
    fields = UPLOAD_QUERY.parse(query)
    id = fields["id"]
    name = _file_name(fields["name"])
    title_from_id = (id or "").replace("-", " ").strip()
    title = fields["title"] or default_title or PurePosixPath(name).stem or title_from_id
    if not title:
        raise BadMessage("expected ?title=… in the address, got none")
    return UploadRequest(
        title=check_title(title),
        lesson_id=id,
        video_name=name or DEFAULT_NAME,
        suffix=_suffix(name, content_type),
        part=Part.between(fields["from_s"], fields["to_s"]),
        length=length,
        job_id=fields["job"],
    )


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
