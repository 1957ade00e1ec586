"""HTTP routes of the server itself: its configuration, health and metrics."""

from __future__ import annotations

import time

from aiohttp import web

from rtc_server import PROTOCOL, __version__
from rtc_server.errors import TandemError, Unhealthy
from rtc_server.http import auth
from rtc_server.http.access import find_caller, require_metrics_allowed
from rtc_server.http.app_keys import (
    CLASSES,
    CLUSTER,
    CONFIG,
    HISTORY,
    ICE_SERVERS,
    IDENTITY,
    LESSONS,
    METRICS,
    READINESS,
    SESSIONS,
    WATCHDOG,
)
from rtc_server.http.auth import Caller
from rtc_server.http.authorization.identity import describe_uninvited
from rtc_server.http.authorization.middleware import identify

routes = web.RouteTableDef()


@routes.get("/healthz")
async def get_health(request: web.Request) -> web.Response:
    _require_healthy(request.app)
    return web.json_response({"status": "alive"})


@routes.get("/readyz")
async def get_readiness(request: web.Request) -> web.Response:
    request.app[READINESS].require()
    if CLUSTER in request.app:
        request.app[CLUSTER].pool.require_host()
    return web.json_response({"status": "ready"})


@routes.get("/metrics")
async def get_metrics(request: web.Request) -> web.Response:
    await require_metrics_allowed(request)
    metrics = request.app[METRICS]
    metrics.count_tasks()
    text = await request.app[LESSONS].run_in_thread(metrics.text)
    if CLUSTER in request.app:
        text = (await request.app[CLUSTER].pool.metrics_text(text.decode())).encode()
    return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4"})


@routes.get("/api/config")
async def get_config(request: web.Request) -> web.Response:
    """What the page needs to know; without an invitation, only that it takes one."""
    config = request.app[CONFIG]
    if config.access == "invite":
        try:
            request[IDENTITY] = await identify(request)
        except TandemError as error:
            invitation = describe_uninvited(error.code)
            return web.json_response(
                {"protocol": PROTOCOL, "access": "invite", "invitation": invitation}
            )
    caller = await find_caller(request)
    return web.json_response(
        {
            "protocol": PROTOCOL,
            "version": __version__,
            "pose_fps": config.pose_fps,
            "access": auth.describe_access(config, caller),
            "invitation": caller.identity and caller.identity.describe(),
            "history": _describe_history(request, caller),
            "ice_servers": [
                server.describe() for server in request.app[ICE_SERVERS].issue(time.time())
            ],
            "uploads": auth.describe_uploads(config, caller),
            "classes": list(classes.kinds) if (classes := request.app.get(CLASSES)) else [],
        }
    )


def _require_healthy(app: web.Application) -> None:
    """
    :raises Unhealthy: the event loop stood still, or places are lost.
    """
    reasons = [app[WATCHDOG].why_unhealthy()]
    if SESSIONS in app and (lost := app[SESSIONS].places_lost()):
        reasons.append(f"{lost} places are taken though no session uses them")
    if CLUSTER in app and app[READINESS].ready:
        reasons.append(app[CLUSTER].pool.find_problem())
    if found := [reason for reason in reasons if reason]:
        raise Unhealthy("; ".join(found))


def _describe_history(request: web.Request, caller: Caller) -> str:
    """Whether results are kept, and whether the sender may read and delete them by name."""
    if not request.app[HISTORY].enabled:
        return "off"
    return "open" if auth.is_history_open(request.app[CONFIG], caller) else "closed"
