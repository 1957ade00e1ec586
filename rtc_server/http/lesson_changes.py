"""HTTP that changes lessons: uploading, following a job, renaming, removing."""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from aiohttp import web

from rtc_server.authoring.trim import Part
from rtc_server.errors import BadLessonId, BadMessage, BrokenUpload
from rtc_server.http.app_keys import CONFIG, LESSONS, UPLOADS
from rtc_server.http.auth import expect_allowed
from rtc_server.http.lesson_cache import LessonCache
from rtc_server.lessons.titles import check_title
from rtc_server.uploads.job import Job
from rtc_server.uploads.request import Wish
from rtc_server.uploads.request_body import BLOCK

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
NAMELESS = "the video"
LONGEST_NAME = 100

routes = web.RouteTableDef()


@routes.post("/api/lessons")
async def upload(request: web.Request) -> web.Response:
    """The video is the body itself; answered when all of it is there, prepared afterwards."""
    expect_allowed(request.app[CONFIG], request.headers)
    if request.content_type in FORMS:
        raise web.HTTPUnsupportedMediaType(
            text=f"expected the video itself as the body, got {request.content_type}"
        )
    uploads = request.app[UPLOADS]
    of = request.query.get("of")
    job = await (_cut(request, of) if of else uploads.take(_read_wish(request), _pieces(request)))
    headers = {"Location": f"/api/jobs/{job.id}"}
    return web.json_response(uploads.describe(job), status=202, headers=headers)


@routes.get("/api/jobs/{id}")
async def job(request: web.Request) -> web.Response:
    """Open to whoever knows the id, which is a secret."""
    uploads = request.app[UPLOADS]
    return web.json_response(uploads.describe(uploads.find(request.match_info["id"])))


@routes.delete("/api/jobs/{id}")
async def call_off(request: web.Request) -> web.Response:
    expect_allowed(request.app[CONFIG], request.headers)
    await request.app[UPLOADS].cancel(request.match_info["id"])
    return web.Response(status=204)


@routes.patch("/api/lessons/{id}")
async def rename(request: web.Request) -> web.Response:
    expect_allowed(request.app[CONFIG], request.headers)
    title = await _read_title(request)
    lesson = await request.app[LESSONS].rename(request.match_info["id"], title)
    return web.json_response(lesson.metadata())


@routes.delete("/api/lessons/{id}")
async def remove(request: web.Request) -> web.Response:
    expect_allowed(request.app[CONFIG], request.headers)
    await request.app[LESSONS].remove(request.match_info["id"])
    return web.Response(status=204)


async def _cut(request: web.Request, of: str) -> Job:
    """A job that makes a lesson of a part of one that is here, which stays as it is.

    :raises UnknownLesson: no lesson of that id.
    :raises BadMessage: the whole of it is wanted.
    """
    library = request.app[LESSONS]
    lesson = await library.get(of)
    wish = _read_wish(request, lesson.title)
    if wish.part is None:
        raise BadMessage("of: expected from_s or to_s with it, got neither")
    source = lesson.source_path
    length = (await library.off_loop(source.stat)).st_size
    wish = replace(wish, name=lesson.title, suffix=source.suffix, length=length)
    return await request.app[UPLOADS].take(wish, _pieces_of(source, library))


async def _pieces_of(path: Path, library: LessonCache) -> AsyncIterator[bytes]:
    """A file's content, as if somebody sent it."""
    file = await library.off_loop(lambda: path.open("rb"))
    try:
        while piece := await library.off_loop(lambda: file.read(BLOCK)):
            yield piece
    finally:
        file.close()


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    """The body as it comes.

    :raises BrokenUpload: whoever sends it is gone before its end.
    """
    try:
        async for piece in request.content.iter_any():
            yield piece
    except (ConnectionError, web.RequestPayloadError) as error:
        raise BrokenUpload("expected the whole video, the upload broke off") from error


def _read_wish(request: web.Request, known_title: str = "") -> Wish:
    """What the address asks for; `known_title` where it gives none.

    :raises BadMessage: a field that is missing or wrong.
    :raises BadTitle: not a title.
    :raises BadPart: not a part of a video.
    """
    query = request.query
    id = query.get("id") or None
    name = _file_name(query.get("name", ""))
    made_of_id = (id or "").replace("-", " ").strip()
    title = query.get("title") or known_title or PurePosixPath(name).stem or made_of_id
    if not title:
        raise BadMessage("expected ?title=… in the address, got none")
    try:
        return Wish(
            title=check_title(title),
            id=id,
            name=name or NAMELESS,
            suffix=_suffix(name, request.content_type),
            part=Part.wanted(_seconds(request, "from_s"), _seconds(request, "to_s")),
            length=request.content_length,
            job=query.get("job") or None,
        )
    except BadLessonId as error:
        raise BadMessage(f"id: {error}") from error


def _file_name(text: str) -> str:
    """The last part of a path, of what can be shown."""
    last = re.split(r"[/\\]", text)[-1]
    return "".join(c for c in last if c.isprintable())[-LONGEST_NAME:].strip()


def _suffix(name: str, content_type: str) -> str:
    """The file's own, else what its type suggests; it tells browsers later what the video is."""
    own = PurePosixPath(name).suffix.lower()
    if re.fullmatch(r"\.[a-z0-9]{1,5}", own):
        return own
    return mimetypes.guess_extension(content_type) or ".bin"


def _seconds(request: web.Request, name: str) -> float | None:
    text = request.query.get(name)
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise BadMessage(f"{name}: expected a number of seconds, got {text[:60]!r}") from None


async def _read_title(request: web.Request) -> str:
    """
    :raises BadMessage: not JSON, or no title in it.
    :raises BadTitle: not a title.
    """
    try:
        body = json.loads(await request.text())
    except (ValueError, RecursionError):
        raise BadMessage('expected a JSON object {"title": …}, got no JSON') from None
    title = body.get("title") if isinstance(body, dict) else None
    if not isinstance(title, str):
        raise BadMessage(f"title: expected text, got {title!r}")
    return check_title(title)
