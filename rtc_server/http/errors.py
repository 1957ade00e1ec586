"""Every error as an RFC 9457 problem JSON with the right status."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType

from aiohttp import web

from rtc_server import errors
from rtc_server.classes import errors as classes
from rtc_server.cluster import errors as cluster
from rtc_server.http.audit_log import record_refusal
from rtc_server.http.auth import LocalCheckBusy
from rtc_server.invitations import errors as invited
from rtc_server.session.cameras import errors as cameras
from rtc_server.uploads.worker_process import BuildRefused
from rtc_server.webrtc.ice.restarts import TooManyRestarts
from rtc_server.webrtc.udp.port_range import NoFreePort

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 64 * 1024
RETRY_AFTER_S = 5
MAX_ECHO = 60  # characters of what came
MAX_SENTENCE = 1000  # characters; some name what exists, of which there may be much
# The status of each error; a subclass has that of its base unless it has one of its own. A class
# that is listed nowhere fails tests/unit/rtc_server/http/test_errors.py.
STATUS: Mapping[type[errors.TandemError], int] = MappingProxyType(
    {
        errors.BadFragment: 400,
        errors.BadLearner: 400,
        errors.BadMessage: 400,
        errors.BadOffer: 400,
        errors.BadPart: 400,
        errors.BadTitle: 400,
        errors.BrokenUpload: 400,
        invited.InvitationNeeded: 401,
        errors.TokenNeeded: 401,
        classes.ClassTokenNeeded: 401,
        errors.BundledLesson: 403,
        invited.CrossSite: 403,
        errors.HistoryClosed: 403,
        invited.OtherLessonInvited: 403,
        invited.RoleNeeded: 403,
        errors.UploadsOff: 403,
        errors.WrongHost: 403,
        errors.BadLessonId: 404,
        classes.ClassesOff: 404,
        classes.UnknownClass: 404,
        cluster.ClusterOff: 404,
        errors.HistoryOff: 404,
        errors.LanOff: 404,
        errors.NoAuthority: 404,
        invited.InvitationsOff: 404,
        invited.UnknownInvitation: 404,
        cluster.UnknownHost: 404,
        errors.UnknownJob: 404,
        errors.UnknownLesson: 404,
        errors.UnknownResult: 404,
        errors.UnknownSession: 404,
        cameras.UnknownPairing: 404,
        errors.SlowUpload: 408,
        cameras.CameraReplaced: 409,
        classes.ClassFull: 409,
        classes.LiveClass: 409,
        classes.NameTaken: 409,
        classes.NotLive: 409,
        errors.JobExists: 409,
        cluster.LastHost: 409,
        errors.LessonExists: 409,
        cameras.NoPairing: 409,
        cameras.PairingUsed: 409,
        cameras.PairingExpired: 410,
        classes.ClassEnded: 410,
        errors.TooLarge: 413,
        errors.OtherLesson: 422,
        errors.UnfitFragment: 422,
        errors.UnfitOffer: 422,
        errors.TooManyFromAddress: 429,
        cameras.TooManyMisses: 429,
        errors.TooManyOffers: 429,
        classes.TooManyClasses: 429,
        invited.TooManyRequests: 429,
        TooManyRestarts: 429,
        # A broken lesson is the server's fault; no request causes the others.
        BuildRefused: 500,
        classes.ClassTooShort: 500,
        cluster.HostLost: 500,
        errors.BadConfig: 500,
        errors.BadHistory: 500,
        errors.BadPicture: 500,
        errors.BadVideo: 500,
        errors.BrokenLesson: 500,
        errors.NoDisplay: 500,
        errors.OutOfOrder: 500,
        errors.PreparationFailed: 500,
        errors.SessionFailed: 500,
        errors.UnknownCodec: 500,
        classes.ClassesFull: 503,
        errors.HistoryUnavailable: 503,
        LocalCheckBusy: 503,
        invited.InvitationsUnavailable: 503,
        cluster.LessonUnreachable: 503,
        NoFreePort: 503,
        errors.NotReady: 503,
        errors.ServerFull: 503,
        errors.ServerStopping: 503,
        errors.TooManyJobs: 503,
        errors.Unhealthy: 503,
        errors.NoRoom: 507,
    }
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def problem_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error that a handler raises with a problem JSON."""
    try:
        response = await handler(request)
    except errors.TandemError as error:
        status = status_of(type(error))
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.error("%s: %s", _route(request), error)
        record_refusal(request, status, error.code, _route(request))
        response = problem(status, error.code, str(error), find_retry_after_s(error))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        response = problem(error.status, "http", _http_sentence(request, error))
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
    except asyncio.CancelledError:
        raise
    except Exception as error:
        if isinstance(error, ConnectionError) and request.transport is None:
            raise  # the client is gone
        # The last resort: the client gets a sentence, the log gets the traceback.
        logger.exception("%s failed", _route(request))
        response = problem(500, "internal", "the server failed; its log says why")
    if not response.prepared:
        response.headers.setdefault("Cache-Control", "no-cache")
        if request.can_read_body and not request.content.is_eof():
            # What is left of the body would have to be read first: no client may reuse this.
            response.force_close()
    return response


def status_of(kind: type[errors.TandemError]) -> int:
    """The HTTP status of a class of errors; 500 where it has none."""
    return next((STATUS[base] for base in kind.__mro__ if base in STATUS), 500)


def find_retry_after_s(error: errors.TandemError) -> int:
    """After how many seconds to try again."""
    return RETRY_AFTER_S if error.retry_after_s is None else error.retry_after_s


def problem(
    status: int, code: str, sentence: str, retry_after_s: int = RETRY_AFTER_S
) -> web.Response:
    """An answer as RFC 9457 describes it; `code` is an extension, for programs."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence if len(sentence) <= MAX_SENTENCE else f"{sentence[:MAX_SENTENCE]}…",
        "code": code,
    }
    response = web.json_response(body, status=status, content_type="application/problem+json")
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        response.headers["Retry-After"] = str(retry_after_s)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"  # RFC 6750, 3
    return response


def _route(request: web.Request) -> str:
    """The route, not the path: a path may contain a learner's name."""
    resource = request.match_info.route.resource
    return f"{request.method} {resource.canonical if resource else 'no route'}"


def _http_sentence(request: web.Request, error: web.HTTPException) -> str:
    if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return f"expected a body of at most {MAX_BODY_BYTES} bytes"
    if error.status == HTTPStatus.NOT_FOUND:
        return f"nothing here: {request.path[:MAX_ECHO]}"
    if error.status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = error.headers.get("Allow", "another method")
        return f"expected {allowed} for {request.path[:MAX_ECHO]}, got {request.method[:MAX_ECHO]}"
    return error.text or error.reason
