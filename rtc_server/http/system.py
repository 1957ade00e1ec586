"""HTTP that only reads: the page, the lessons, and how the server is."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from rtc_server import PROTOCOL, __version__
from rtc_server.http import auth
from rtc_server.http.app_keys import CONFIG, HISTORY, LESSONS, METRICS, READINESS
from rtc_server.http.errors import problem
from rtc_server.lessons.store import Lesson
from rtc_server.pose.poses_csv import to_csv
from rtc_server.pose.poses_json import track_to_json

WEB = Path(__file__).resolve().parents[2] / "web"

routes = web.RouteTableDef()


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
    text = await request.app[LESSONS].off_loop(request.app[METRICS].text)
    return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4"})


@routes.get("/api/config")
async def config(request: web.Request) -> web.Response:
    its = request.app[CONFIG]
    return web.json_response(
        {
            "protocol": PROTOCOL,
            "version": __version__,
            "pose_fps": its.pose_fps,
            "history": _history(request),
            "ice_servers": [{"urls": url} for url in its.ice_servers],
            "uploads": auth.describe(its, request.headers),
        }
    )


def _history(request: web.Request) -> str:
    """Whether results are kept, and whether they may be read and deleted by name."""
    if not request.app[HISTORY].on:
        return "off"
    is_open = auth.history_is_open(request.app[CONFIG], request.headers)
    return "open" if is_open else "closed"


@routes.get("/api/lessons")
async def lessons(request: web.Request) -> web.Response:
    found = await request.app[LESSONS].all()
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
    text = await request.app[LESSONS].off_loop(lambda: to_csv(its.poses(), its.width, its.height))
    return web.Response(text=text, content_type="text/csv")


@routes.get("/api/lessons/{id}/poses.json")
async def poses_json(request: web.Request) -> web.Response:
    its = await _lesson(request)

    def text() -> str:
        return track_to_json(its.poses(), its.pose_fps, its.width, its.height)

    text_of_it = await request.app[LESSONS].off_loop(text)
    return web.Response(text=text_of_it, content_type="application/json")


@routes.get("/api/lessons/{id}/thumbnails.jpg")
async def thumbnails(request: web.Request) -> web.Response:
    """The pictures of the lesson's timeline; where each lies, its metadata tell."""
    picture = await request.app[LESSONS].sprite(await _lesson(request))
    return web.Response(body=picture, content_type="image/jpeg")


async def _lesson(request: web.Request) -> Lesson:
    return await request.app[LESSONS].get(request.match_info["id"])
