"""The OpenAPI 3.1 document of all routes. https://spec.openapis.org/oas/v3.1.1.html"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from rtc_server import PROTOCOL, __version__
from rtc_server.http.authorization.credentials import COOKIE
from rtc_server.http.authorization.rules import find_rule
from rtc_server.http.errors import status_of
from rtc_server.http.openapi import (
    cameras,
    class_schemas,
    classes,
    cluster,
    invitations,
    lan,
    lessons,
    result_schemas,
    results,
    schemas,
    sessions,
    system,
)
from rtc_server.http.openapi.operation import Operation
from rtc_server.http.requests.fields import Schema

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    route: replace(operation, rule=find_rule(*route) or "public")
    for table in (sessions, cameras, classes, lessons, results, invitations, system, lan, cluster)
    for route, operation in table.OPERATIONS.items()
}
SCHEMAS: Mapping[str, Schema] = {
    "Problem": schemas.PROBLEM,
    "Config": schemas.CONFIG,
    "Lesson": schemas.LESSON,
    "Poses": schemas.POSES,
    "Job": schemas.JOB,
    "SessionAnswer": schemas.SESSION_ANSWER,
    "Session": schemas.SESSION,
    "Camera": cameras.CAMERA,
    "Pairing": cameras.PAIRING,
    "Class": class_schemas.CLASS,
    "NewClass": class_schemas.NEW_CLASS,
    "Classes": class_schemas.CLASSES,
    "ClassReport": class_schemas.CLASS_REPORT,
    "LessonName": result_schemas.LESSON_NAME,
    "Line": result_schemas.LINE,
    "Change": result_schemas.CHANGE,
    "Summary": result_schemas.STORED_SUMMARY,
    "Report": result_schemas.REPORT,
    "HistoryPage": result_schemas.HISTORY_PAGE,
    "Leaderboard": result_schemas.LEADERBOARD,
    "Export": result_schemas.EXPORT,
    "Access": invitations.ACCESS,
    "Invitation": invitations.INVITATION,
    "NewInvitation": invitations.NEW_INVITATION,
    "Uninvited": invitations.UNINVITED,
    "Cluster": cluster.CLUSTER,
    "Host": cluster.HOST,
}
TAGS: Mapping[str, str] = {
    sessions.TAG: "One learner's connection, from the offer to the summary.",
    cameras.TAG: "A phone as the camera of a session.",
    classes.TAG: "A teacher and learners at one clock.",
    lessons.LESSONS: (
        "Videos with the instructor's poses. Whether the sender may change them is in `uploads` "
        "of `GET /api/config`."
    ),
    lessons.JOBS: "Uploaded videos on their way to a lesson.",
    results.TAG: "What is stored of learners who gave a name.",
    invitations.TAG: (
        "Who may come, where the server asks for invitations (`access`: `invite`). Every route "
        "whose security names `invitation` then needs one; `page` is the cookie that "
        "`POST /api/access` sets."
    ),
    system.TAG: "The page, its configuration, health and metrics.",
    cluster.TAG: "Processes that run the sessions (`serve --workers`).",
    lan.TAG: "How phones in the same network come to the page (`serve --lan`).",
}
ABOUT = (
    "Every HTTP route of Tandem. Errors are problem JSON (RFC 9457) with a sentence for people in "
    "`detail` and a name for programs in `code`. Clients ignore fields that they do not know, and "
    "so does the server. What is said on the DataChannels is in docs/protocol.md."
)
TOKEN = (
    "The server's token (TANDEM_TOKEN, --token), or the one of its last start where the operator "
    "set none. Whether the sender needs it is in `access` of `GET /api/config`."
)
INVITATION = (
    "The token of an invitation, which is behind `#invite=` in its link, or one of the operator's "
    "identity provider."
)
PAGE = (
    "The cookie of this server's own page; its name has the port and, over HTTPS, a prefix. "
    "Requests that change something need an `Origin` of this server with it."
)


@cache
def build_document() -> Mapping[str, Any]:
    """The document; it is the same as long as the server runs."""
    paths: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for (method, path), operation in OPERATIONS.items():
        paths[path][method.lower()] = operation.describe(status_of)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Tandem",
            "version": __version__,
            "summary": f"A WebRTC server for dance lessons, protocol {PROTOCOL}.",
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The server that this document comes from."}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": dict(paths),
        "components": {
            "schemas": dict(SCHEMAS),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": TOKEN,
                },
                "invitation": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": INVITATION,
                },
                "page": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": COOKIE,
                    "description": PAGE,
                },
            },
        },
    }
