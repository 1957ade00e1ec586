"""Every error as HTTP tells it: RFC 9457 problem JSON with the right status."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from rtc_server.errors import (
    BadFragment,
    BadLearner,
    BadLessonId,
    BadMessage,
    BadOffer,
    BadPart,
    BadTitle,
    BrokenUpload,
    BundledLesson,
    HistoryClosed,
    HistoryOff,
    HistoryUnavailable,
    JobExists,
    LessonExists,
    NoRoom,
    OtherLesson,
    ServerFull,
    ServerStopping,
    TandemError,
    TokenNeeded,
    TooLarge,
    TooManyJobs,
    UnfitFragment,
    UnfitOffer,
    UnknownJob,
    UnknownLesson,
    UnknownResult,
    UnknownSession,
    UploadsOff,
)

logger = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024
RETRY_AFTER_S = 5
STATUS: dict[type[TandemError], int] = {
    BadMessage: 400,
    BadOffer: 400,
    BadFragment: 400,
    UnfitOffer: 422,
    UnfitFragment: 422,
    OtherLesson: 422,
    UnknownLesson: 404,
    BadLessonId: 404,
    BadPart: 400,
    BadTitle: 400,
    BrokenUpload: 400,
    BundledLesson: 403,
    JobExists: 409,
    LessonExists: 409,
    NoRoom: 507,
    TokenNeeded: 401,
    TooLarge: 413,
    TooManyJobs: 503,
    UnknownJob: 404,
    UploadsOff: 403,
    UnknownSession: 404,
    ServerFull: 503,
    ServerStopping: 503,
    BadLearner: 400,
    UnknownResult: 404,
    HistoryOff: 404,
    HistoryClosed: 403,
    HistoryUnavailable: 503,
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def told(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error as RFC 9457 problem JSON with the right status."""
    try:
        response = await handler(request)
    except TandemError as error:
        status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), 500)
        if status == 500:
            logger.error("%s: %s", _route(request), error)
        response = problem(status, error.code, str(error))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        response = problem(error.status, "http", _http_sentence(request, error))
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
    except asyncio.CancelledError:
        raise
    except Exception:  # the last line of defence: the learner gets a sentence, the log the trace
        logger.exception("%s failed", _route(request))
        response = problem(500, "internal", "the server failed; its log says why")
    if not response.prepared:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cache-Control", "no-cache")
    return response


def _route(request: web.Request) -> str:
    """The route and not the path, in which a learner's name may stand."""
    resource = request.match_info.route.resource
    return f"{request.method} {resource.canonical if resource else 'no route'}"


def problem(status: int, code: str, sentence: str) -> web.Response:
    """RFC 9457; `code` is ours, for programs."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
        "code": code,
    }
    response = web.json_response(body, status=status, content_type="application/problem+json")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"  # RFC 6750, 3
    return response


def _http_sentence(request: web.Request, error: web.HTTPException) -> str:
    if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return f"expected a body of at most {LARGEST_BODY} bytes"
    if error.status == HTTPStatus.NOT_FOUND:
        return f"nothing here: {request.path}"
    if error.status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = error.headers.get("Allow", "another method")
        return f"expected {allowed} for {request.path}, got {request.method}"
    return error.text or error.reason
