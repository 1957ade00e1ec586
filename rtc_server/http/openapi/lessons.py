"""The operations of lessons and of jobs, which make lessons of uploaded videos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from rtc_server import errors
from rtc_server.cluster.errors import LessonUnreachable
from rtc_server.http.connections.connection_limits import BODY_S
from rtc_server.http.errors import MAX_BODY_BYTES
from rtc_server.http.lessons import TITLE_BODY, VIDEO_QUERY
from rtc_server.http.openapi.files import CONDITIONS, file_responses
from rtc_server.http.openapi.json_schema import array, ref
from rtc_server.http.openapi.operation import BINARY, LOCAL_OR_TOKEN, Operation, SuccessResponse
from rtc_server.http.requests.fields import Field, Schema, text
from rtc_server.http.requests.parameters import JOB_ID, LESSON_ID
from rtc_server.http.requests.upload_query import UPLOAD_QUERY

LESSONS, JOBS = "Lessons", "Jobs"
PATH = {"id": LESSON_ID}
FIND = (errors.BadLessonId, errors.UnknownLesson, errors.BrokenLesson, LessonUnreachable)
CHANGE = (*LOCAL_OR_TOKEN, errors.UploadsOff, errors.BundledLesson)
JSON = "application/json"
LOCATION = text(
    "The address of what was made.", example="/api/jobs/0b0e6c1e6a554f0a9d359d5a2a3f1c77"
)
BODY_ERRORS = {
    408: f"The body took longer than {BODY_S:.0f} s.",
    413: f"The body has more than {MAX_BODY_BYTES} bytes.",
    415: "The body is of another type, or not in UTF-8.",
}
VIDEO = {"video/*": BINARY, "application/octet-stream": BINARY}
JPEG = {"image/jpeg": BINARY}


def _get(
    id: str,
    summary: str,
    content: Mapping[str, Schema],
    description: str = "",
    path: Mapping[str, Field] = PATH,
) -> Operation:
    return Operation(
        id=id,
        tag=LESSONS,
        summary=summary,
        description=description,
        path=path,
        responses={200: SuccessResponse(description=f"{summary}.", content=content)},
        errors=FIND if path else (),
    )


def _get_file(
    id: str, summary: str, content: Mapping[str, Schema], description: str = ""
) -> Operation:
    """A file: with a tag, so that it is not sent again, and in parts on request."""
    return Operation(
        id=id,
        tag=LESSONS,
        summary=summary,
        description=description,
        path=PATH,
        headers=CONDITIONS,
        responses=file_responses(f"{summary}.", content),
        errors=FIND,
    )


OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/api/lessons"): _get(
        "listLessons", "All lessons", {JSON: array(ref("Lesson"))}, path={}
    ),
    ("POST", "/api/lessons"): Operation(
        id="createLesson",
        tag=LESSONS,
        summary="Make a lesson of a video",
        description=(
            "The body is the video itself, not a form. The answer comes once all of it has "
            "arrived; a job then makes the lesson, and whoever knows the job's id can follow it. "
            "With `of` there is no body, and the lesson is a part of another one. A query field "
            "that is empty is like one that is absent."
        ),
        query=UPLOAD_QUERY,
        bodies=VIDEO,
        body_required=False,
        responses={
            202: SuccessResponse(
                description="The job.",
                content={JSON: ref("Job")},
                headers={"Location": LOCATION},
            )
        },
        errors=(
            *(errors.BadMessage, errors.BadTitle, errors.BadPart, errors.BrokenUpload),
            errors.SlowUpload,
            *CHANGE,
            *FIND,
            *(errors.LessonExists, errors.JobExists, errors.TooLarge),
            *(errors.TooManyJobs, errors.ServerStopping, errors.NoRoom),
        ),
        http_errors={415: "The body is a form."},
        needs_token=True,
    ),
    ("GET", "/api/lessons/{id}"): _get("getLesson", "A lesson's metadata", {JSON: ref("Lesson")}),
    ("PATCH", "/api/lessons/{id}"): Operation(
        id="renameLesson",
        tag=LESSONS,
        summary="Give a lesson another title",
        path=PATH,
        bodies={JSON: TITLE_BODY},
        responses={
            200: SuccessResponse(
                description="The lesson's metadata.", content={JSON: ref("Lesson")}
            )
        },
        errors=(errors.BadMessage, errors.BadTitle, *CHANGE, *FIND),
        http_errors=BODY_ERRORS,
        needs_token=True,
    ),
    ("DELETE", "/api/lessons/{id}"): Operation(
        id="removeLesson",
        tag=LESSONS,
        summary="Remove a lesson",
        description="Sessions that play it go on.",
        path=PATH,
        responses={HTTPStatus.NO_CONTENT: SuccessResponse(description="It is gone.")},
        errors=(*CHANGE, *FIND),
        needs_token=True,
    ),
    ("GET", "/api/lessons/{id}/video"): replace(
        _get_file(
            *("getVideo", "The lesson's video", VIDEO),
            "A page can play it; opened by itself it is saved. The metadata's `videos` names the "
            "type of each form, so that a player can choose one. The WebM is made when it is first "
            "asked for.",
        ),
        query=VIDEO_QUERY,
        errors=(*FIND, errors.BadMessage, errors.NoRoom),
    ),
    ("GET", "/api/lessons/{id}/poses.json"): _get_file(
        "getPosesAsJson", "The instructor's poses", {JSON: ref("Poses")}
    ),
    ("GET", "/api/lessons/{id}/poses.csv"): _get_file(
        "getPosesAsCsv",
        "The instructor's poses as CSV",
        {"text/csv": {"type": "string"}},
        "A row for each sample: x0, y0 … x17, y17 in pixels, empty where a joint is missing.",
    ),
    ("GET", "/api/lessons/{id}/thumbnail.jpg"): _get_file("getThumbnail", "The cover image", JPEG),
    ("GET", "/api/lessons/{id}/thumbnails.jpg"): _get_file(
        "getThumbnails",
        "Small images over time in one JPEG",
        JPEG,
        "The metadata's `thumbnails` says where each image is.",
    ),
    ("GET", "/api/jobs/{id}"): Operation(
        id="getJob",
        tag=JOBS,
        summary="A job's progress",
        description="A job is known for an hour after its end.",
        path={"id": JOB_ID},
        responses={200: SuccessResponse(description="The job.", content={JSON: ref("Job")})},
        errors=(errors.UnknownJob,),
    ),
    ("DELETE", "/api/jobs/{id}"): Operation(
        id="cancelJob",
        tag=JOBS,
        summary="Cancel a job",
        description="A job that has ended is forgotten.",
        path={"id": JOB_ID},
        responses={204: SuccessResponse(description="Nothing is left of it.")},
        errors=(*LOCAL_OR_TOKEN, errors.UploadsOff, errors.UnknownJob),
        needs_token=True,
    ),
}
