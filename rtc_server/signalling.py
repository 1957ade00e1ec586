"""HTTP: pages, lessons, and the offer/answer exchange. The only room that speaks HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import web

from rtc_server import PROTOCOL, __version__, offers, trickle
from rtc_server.conductor import CLOSED
from rtc_server.config import Config
from rtc_server.errors import (
    BadFragment,
    BadLessonId,
    BadMessage,
    BadOffer,
    OtherLesson,
    ServerFull,
    TandemError,
    UnfitFragment,
    UnfitOffer,
    UnknownLesson,
    UnknownSession,
)
from rtc_server.library import Library
from rtc_server.metrics import Metrics
from rtc_server.poses_csv import to_csv
from rtc_server.session import Order
from rtc_server.sessions import Sessions

logger = logging.getLogger(__name__)

WEB = Path(__file__).resolve().parent.parent / "web"
LARGEST_BODY = 64 * 1024
RETRY_AFTER_S = 5
STATUS: dict[type[TandemError], int] = {
    BadMessage: 400,
    BadOffer: 400,
    BadFragment: 400,
    UnfitOffer: 422,
    UnfitFragment: 422,
    UnknownLesson: 404,
    BadLessonId: 404,
    UnknownSession: 404,
    OtherLesson: 422,
    ServerFull: 503,
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Readiness:
    """Whether learners may come: models warm and lessons loaded."""

    def __init__(self) -> None:
        self.why_not = "the pose models are being loaded"
        self.settled: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    @property
    def ready(self) -> bool:
        return self.settled.done() and self.settled.result()

    def settle(self, ready: bool, why_not: str = "") -> None:
        """Say once whether learners may come."""
        self.why_not = why_not
        self.settled.set_result(ready)


CONFIG = web.AppKey("config", Config)
LIBRARY = web.AppKey("library", Library)
SESSIONS = web.AppKey("sessions", Sessions)
METRICS = web.AppKey("metrics", Metrics)
READINESS = web.AppKey("readiness", Readiness)

routes = web.RouteTableDef()


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error as RFC 9457 problem JSON with the right status."""
    try:
        response = await handler(request)
    except TandemError as error:
        status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), 500)
        if status == 500:
            logger.error("%s %s: %s", request.method, request.path, error)
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
        logger.exception("%s %s failed", request.method, request.path)
        response = problem(500, "internal", "the server failed; its log says why")
    if not response.prepared:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cache-Control", "no-cache")
    return response


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


@routes.get("/")
async def page(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(WEB / "index.html")


@routes.get("/healthz")
async def healthz(_: web.Request) -> web.Response:
    return web.json_response({"status": "alive"})


@routes.get("/readyz")
async def readyz(request: web.Request) -> web.Response:
    state = request.app[READINESS]
    if not state.ready:
        return problem(503, "not_ready", state.why_not)
    return web.json_response({"status": "ready"})


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    request.app[METRICS].count_tasks()
    text = await request.app[LIBRARY].off_loop(request.app[METRICS].text)
    return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4"})


@routes.get("/api/config")
async def config(request: web.Request) -> web.Response:
    its = request.app[CONFIG]
    return web.json_response(
        {
            "protocol": PROTOCOL,
            "version": __version__,
            "pose_fps": its.pose_fps,
            "ice_servers": [{"urls": url} for url in its.ice_servers],
        }
    )


@routes.get("/api/lessons")
async def lessons(request: web.Request) -> web.Response:
    found = await request.app[LIBRARY].all()
    return web.json_response([lesson.metadata() for lesson in found])


@routes.get("/api/lessons/{id}")
async def lesson(request: web.Request) -> web.Response:
    return web.json_response((await _lesson(request)).metadata())


@routes.get("/api/lessons/{id}/video")
async def video(request: web.Request) -> web.StreamResponse:
    """The original; FileResponse answers Range."""
    return web.FileResponse((await _lesson(request)).source_path)


@routes.get("/api/lessons/{id}/thumbnail.jpg")
async def thumbnail(request: web.Request) -> web.StreamResponse:
    return web.FileResponse((await _lesson(request)).thumbnail_path)


@routes.get("/api/lessons/{id}/poses.csv")
async def poses(request: web.Request) -> web.Response:
    its = await _lesson(request)
    text = await request.app[LIBRARY].off_loop(lambda: to_csv(its.poses(), its.width, its.height))
    return web.Response(text=text, content_type="text/csv")


async def _lesson(request: web.Request) -> Any:
    return await request.app[LIBRARY].get(request.match_info["id"])


@routes.post("/offer")
@routes.post("/api/sessions")
async def open_session(request: web.Request) -> web.Response:
    """Offer in, answer out: JSON, or bare SDP in WHIP's shape (RFC 9725)."""
    state = request.app[READINESS]
    if not state.ready:
        return problem(503, "not_ready", state.why_not)
    if request.content_type == "application/json":
        offer = offers.read_json(await _text(request))
    elif request.content_type == "application/sdp":
        offer = offers.read_sdp(await _text(request), request.query)
    else:
        raise web.HTTPUnsupportedMediaType(
            text=f"expected application/json or application/sdp, got {request.content_type}"
        )
    library = request.app[LIBRARY]
    its = await library.get(offer.lesson)
    order = Order(its, await library.reference(its), offer.mirror, offer.annotated)
    session, answer = await request.app[SESSIONS].open(order, offer.sdp, offer.resume)
    headers = {
        "Location": f"/api/sessions/{session.id}",
        "ETag": session.ice_tag,
        "Accept-Patch": trickle.CONTENT_TYPE,
    }
    if request.content_type == "application/sdp":
        return web.Response(
            text=answer, status=201, headers=headers, content_type="application/sdp"
        )
    body = {"id": session.id, "sdp": answer, "type": "answer"}
    return web.json_response(body, status=201, headers=headers)


async def _text(request: web.Request) -> str:
    try:
        return await request.text()
    except UnicodeDecodeError:
        raise BadMessage("expected a body in UTF-8") from None


@routes.get("/api/sessions/{id}")
async def session(request: web.Request) -> web.Response:
    return web.json_response(request.app[SESSIONS].find(request.match_info["id"]).describe())


@routes.get("/api/sessions/{id}/report")
async def report(request: web.Request) -> web.Response:
    return web.json_response(request.app[SESSIONS].report(request.match_info["id"]).message())


@routes.patch("/api/sessions/{id}")
async def add_candidates(request: web.Request) -> web.Response:
    """Trickle ICE as RFC 9725, 4.3, has it; `If-Match` is heeded and not required."""
    its = request.app[SESSIONS].find(request.match_info["id"])
    if request.content_type != trickle.CONTENT_TYPE:
        response = problem(
            *(415, "http", f"expected {trickle.CONTENT_TYPE}, got {request.content_type}")
        )
        response.headers["Accept-Patch"] = trickle.CONTENT_TYPE
        return response
    wanted = request.headers.get("If-Match", "*")
    if wanted != "*" and its.ice_tag not in wanted:
        return problem(412, "http", f"expected If-Match: {its.ice_tag}, got {wanted[:60]}")
    await its.add_candidates(trickle.read_fragment(await _text(request)))
    return web.Response(status=204)


@routes.delete("/api/sessions/{id}")
async def close_session(request: web.Request) -> web.Response:
    await request.app[SESSIONS].close(request.match_info["id"], CLOSED)
    return web.Response(status=204)


@routes.post("/api/sessions/{id}/close")
async def beacon(request: web.Request) -> web.Response:
    """A page goes, or has lost its connection: it may come back and go on."""
    await request.app[SESSIONS].close(request.match_info["id"], CLOSED, may_return=True)
    return web.Response(status=204)
