"""HTTP routes of jobs: an upload on its way to a lesson. A job's id is a secret of its sender."""

from __future__ import annotations

from aiohttp import web

from rtc_server import audit
from rtc_server.http import audit_log
from rtc_server.http.access import require_uploads_allowed
from rtc_server.http.app_keys import UPLOADS

routes = web.RouteTableDef()


@routes.get("/api/jobs/{id}")
async def get_job(request: web.Request) -> web.Response:
    """The job's progress; everybody who knows the id may ask."""
    uploads = request.app[UPLOADS]
    return web.json_response(uploads.describe_job(uploads.find_job(request.match_info["id"])))


@routes.delete("/api/jobs/{id}")
async def cancel_job(request: web.Request) -> web.Response:
    await require_uploads_allowed(request)
    await request.app[UPLOADS].cancel_job(request.match_info["id"])
    audit_log.record(request, "cancelled", job=audit.tag_id(request.match_info["id"]))
    return web.Response(status=204)
