"""HTTP routes of lessons: list, read, upload, rename and remove them."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from aiohttp import web

from rtc_server import audit
from rtc_server.errors import BadMessage, BrokenUpload
from rtc_server.http import audit_log
from rtc_server.http.access import find_invitation, require_uploads_allowed
from rtc_server.http.app_keys import LESSONS, UPLOADS
from rtc_server.http.client_address import counted_address
from rtc_server.http.connections.small_body import read_text
from rtc_server.http.lesson_store import AsyncLessonStore
from rtc_server.http.lesson_videos import (
    FORMATS,
    UNKNOWN_TYPE,
    WEBM,
    choose_video_type,
    webm_type,
)
from rtc_server.http.requests.fields import JsonBody, Query, choice, optional
from rtc_server.http.requests.parameters import TITLE
from rtc_server.http.requests.upload_query import parse_upload_query
from rtc_server.http.security_headers import POLICY, UPLOAD_POLICY
from rtc_server.lessons.store import Lesson
from rtc_server.pose.pose_files import track_to_csv, track_to_json
from rtc_server.uploads.job import Job
from rtc_server.uploads.request import UploadRequest
from rtc_server.uploads.request_body import BLOCK_SIZE

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
TITLE_BODY = JsonBody('a JSON object {"title": …}', {"title": TITLE})
VIDEO_QUERY = Query(
    {
        "format": optional(
            choice("In which form: the original, or WebM with VP8 and Opus.", FORMATS),
            "By default the original.",
        )
    }
)

routes = web.RouteTableDef()


@routes.get("/api/lessons")
async def list_lessons(request: web.Request) -> web.Response:
    """All lessons, or the one that an invitation is to."""
    invitation = find_invitation(request)
    invited = invitation.lesson if invitation else None
    described = await request.app[LESSONS].describe_all()
    return web.json_response([each for each in described if invited in (None, each["id"])])


@routes.get("/api/lessons/{id}")
async def get_lesson(request: web.Request) -> web.Response:
    return web.json_response(await request.app[LESSONS].describe(await _find_lesson(request)))


@routes.get("/api/lessons/{id}/video")
async def get_video(request: web.Request) -> web.StreamResponse:
    """The original video, or the same as WebM; FileResponse answers Range requests.

    Browsers play it in the page as ever. Opened by itself, it is saved, and never shown as a page.
    """
    format = VIDEO_QUERY.parse(request.query)["format"]
    lesson = await _find_lesson(request)
    if format == WEBM:
        path, media_type = await request.app[LESSONS].get_webm(lesson), webm_type(lesson)
    else:
        path, media_type = lesson.source_path, choose_video_type(lesson.source_name)
    suffix = path.suffix if media_type != UNKNOWN_TYPE else ""
    headers = {
        "Content-Type": media_type,
        "Content-Disposition": f'attachment; filename="{lesson.id}{suffix}"',
        POLICY: UPLOAD_POLICY,
    }
    return web.FileResponse(path, headers=headers)


@routes.get("/api/lessons/{id}/thumbnail.jpg")
async def get_thumbnail(request: web.Request) -> web.StreamResponse:
    return _send(await request.app[LESSONS].get_cover(request.match_info["id"]), "image/jpeg")


@routes.get("/api/lessons/{id}/thumbnails.jpg")
async def get_thumbnails(request: web.Request) -> web.StreamResponse:
    """The images along the lesson's timeline in one JPEG; the metadata says where each one is."""
    image = await request.app[LESSONS].get_thumbnails(await _find_lesson(request))
    return _send(image, "image/jpeg")


@routes.get("/api/lessons/{id}/poses.csv")
async def get_poses_csv(request: web.Request) -> web.StreamResponse:
    lesson = await _find_lesson(request)

    def text() -> str:
        return track_to_csv(lesson.poses(), lesson.width, lesson.height)

    csv = await request.app[LESSONS].get_pose_file(lesson, ".csv", text)
    return _send(csv, "text/csv; charset=utf-8")


@routes.get("/api/lessons/{id}/poses.json")
async def get_poses_json(request: web.Request) -> web.StreamResponse:
    lesson = await _find_lesson(request)

    def text() -> str:
        return track_to_json(lesson.poses(), lesson.pose_fps, lesson.width, lesson.height)

    poses = await request.app[LESSONS].get_pose_file(lesson, ".json", text)
    return _send(poses, "application/json; charset=utf-8")


@routes.post("/api/lessons")
async def create_lesson(request: web.Request) -> web.Response:
    """Start a job: the request's body is the video; answered once all of it has arrived."""
    await require_uploads_allowed(request)
    if request.content_type in FORMS:
        raise web.HTTPUnsupportedMediaType(
            text=f"expected the video itself as the body, got {request.content_type!r:.60}"
        )
    uploads = request.app[UPLOADS]
    if id := request.query.get("of"):
        job = await _accept_part_of_lesson(request, id)
    else:
        upload = replace(_parse_query(request), client=counted_address(request))
        job = await uploads.accept(upload, _read_body(request))
    audit_log.record(
        request, "uploaded", job=audit.tag_id(job.id), lesson=job.lesson_id, of=id or None
    )
    headers = {"Location": f"/api/jobs/{job.id}"}
    return web.json_response(uploads.describe_job(job), status=202, headers=headers)


@routes.patch("/api/lessons/{id}")
async def rename_lesson(request: web.Request) -> web.Response:
    await require_uploads_allowed(request)
    title = await _read_title(request)
    lesson = await request.app[LESSONS].rename(request.match_info["id"], title)
    audit_log.record(request, "renamed", lesson=lesson.id)
    return web.json_response(await request.app[LESSONS].describe(lesson))


@routes.delete("/api/lessons/{id}")
async def remove_lesson(request: web.Request) -> web.Response:
    await require_uploads_allowed(request)
    await request.app[LESSONS].remove(request.match_info["id"])
    audit_log.record(request, "removed", lesson=request.match_info["id"])
    return web.Response(status=204)


def _send(content: bytes | Path, content_type: str) -> web.StreamResponse:
    """A file with Range and ETag, or what could not be written to one."""
    headers = {"Content-Type": content_type}
    if isinstance(content, Path):
        return web.FileResponse(content, headers=headers)
    # A stream, not the bytes: a client that does not read holds one piece of it, not all.
    return web.Response(body=io.BytesIO(content), headers=headers)


async def _find_lesson(request: web.Request) -> Lesson:
    return await request.app[LESSONS].get(request.match_info["id"])


async def _accept_part_of_lesson(request: web.Request, id: str) -> Job:
    """A job that makes a new lesson of a part of an existing one, which stays as it is.

    :raises UnknownLesson: no lesson of that id.
    :raises BadMessage: neither a beginning nor an end of the part is given.
    """
    lessons = request.app[LESSONS]
    lesson = await lessons.get(id)
    upload = _parse_query(request, lesson.title)
    if upload.part is None:
        raise BadMessage("of: expected from_s or to_s with it, got neither")
    source = lesson.source_path
    length = (await lessons.run_in_thread(source.stat)).st_size
    upload = replace(
        upload,
        client=counted_address(request),
        video_name=lesson.title,
        suffix=source.suffix,
        length=length,
    )
    return await request.app[UPLOADS].accept(upload, _read_file(source, lessons))


def _parse_query(request: web.Request, default_title: str = "") -> UploadRequest:
    return parse_upload_query(
        request.query, request.content_type, request.content_length, default_title
    )


async def _read_body(request: web.Request) -> AsyncIterator[bytes]:
    """The request's body, piece by piece.

    :raises BrokenUpload: the client disconnected before its end.
    """
    try:
        async for piece in request.content.iter_any():
            yield piece
    except (ConnectionError, web.RequestPayloadError) as error:
        raise BrokenUpload("expected the whole video, the upload broke off") from error


async def _read_file(path: Path, lessons: AsyncLessonStore) -> AsyncIterator[bytes]:
    """A file's content, piece by piece as a request's body."""
    file = await lessons.run_in_thread(lambda: path.open("rb"))
    try:
        while piece := await lessons.run_in_thread(lambda: file.read(BLOCK_SIZE)):
            yield piece
    finally:
        file.close()


async def _read_title(request: web.Request) -> str:
    """
    :raises BadMessage: not JSON, or no title in it.
    :raises BadTitle: not a title.
    """
    title: str = TITLE_BODY.parse(await read_text(request))["title"]
    return title
