"""All routes of the server: the table of each resource."""

from __future__ import annotations

from aiohttp import web

from rtc_server.http import (
    api_description,
    history,
    invitations,
    jobs,
    lessons,
    sessions,
    static_files,
    system,
)
from rtc_server.http.cameras import routes as cameras
from rtc_server.http.classes import routes as classes
from rtc_server.http.classes import socket as class_socket
from rtc_server.http.classes import whip
from rtc_server.http.cluster import routes as cluster
from rtc_server.http.lan import routes as lan
from rtc_server.http.websocket import session_socket

TABLES = (
    static_files.routes,
    system.routes,
    lessons.routes,
    jobs.routes,
    session_socket.routes,
    sessions.routes,
    cameras.routes,
    class_socket.routes,
    classes.routes,
    whip.routes,
    history.routes,
    lan.routes,
    invitations.routes,
    cluster.routes,
    api_description.routes,
)


def add_routes(app: web.Application) -> None:
    """Give the application every route."""
    for table in TABLES:
        app.add_routes(table)
