"""All routes of the server: the table of each resource, and the page's files."""

from __future__ import annotations

from aiohttp import web

from rtc_server.http import api_description, history, jobs, lessons, sessions, system

TABLES = (
    system.routes,
    lessons.routes,
    jobs.routes,
    sessions.routes,
    history.routes,
    api_description.routes,
)


def add_routes(app: web.Application) -> None:
    """Give the application every route."""
    for table in TABLES:
        app.add_routes(table)
    app.router.add_static("/static", system.WEB, append_version=False)
