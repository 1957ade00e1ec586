"""The role that each route needs where the server asks for invitations. Pure.

A route that is not here is refused to everybody, so a new one needs its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from rtc_server.invitations.invitation import Role

Rule = Literal["public"] | Role
LESSON_PATH = "/api/lessons/{id}"  # whose id an invitation to one lesson must name

RULES: Mapping[tuple[str, str], Rule] = {
    # The page asks for an invitation, so everybody may load it; it holds nothing of anybody.
    ("GET", "/"): "public",
    ("GET", "/camera"): "public",
    ("GET", "/static/bundle/{name}"): "public",
    ("GET", "/static/{name}"): "public",
    ("GET", "/static/service_worker.js"): "public",
    ("GET", "/lan"): "public",  # shows what lets somebody in to the operator only
    ("GET", "/ca.crt"): "public",
    ("GET", "/healthz"): "public",
    ("GET", "/readyz"): "public",
    ("GET", "/metrics"): "public",  # its handler asks for the operator, invitation or not
    ("GET", "/api/cluster"): "public",  # so do these
    ("POST", "/api/cluster/hosts/{name}/drain"): "public",
    ("GET", "/api/config"): "public",  # says nothing but that an invitation is needed
    ("POST", "/api/access"): "public",  # checks the invitation that it is given
    ("DELETE", "/api/access"): "public",
    ("GET", "/api/openapi.json"): "learner",
    ("GET", "/api/docs"): "learner",
    ("GET", "/api/lessons"): "learner",
    ("GET", "/api/lessons/{id}"): "learner",
    ("GET", "/api/lessons/{id}/video"): "learner",
    ("GET", "/api/lessons/{id}/thumbnail.jpg"): "learner",
    ("GET", "/api/lessons/{id}/thumbnails.jpg"): "learner",
    ("GET", "/api/lessons/{id}/poses.csv"): "learner",
    ("GET", "/api/lessons/{id}/poses.json"): "learner",
    ("GET", "/api/lessons/{id}/leaderboard"): "learner",  # of which learners see their own place
    ("POST", "/api/lessons"): "teacher",
    ("PATCH", "/api/lessons/{id}"): "teacher",
    ("DELETE", "/api/lessons/{id}"): "teacher",
    ("GET", "/api/jobs/{id}"): "teacher",
    ("DELETE", "/api/jobs/{id}"): "teacher",
    # Sessions belong to who opened them, and results to whom they are of; handlers see to that.
    ("POST", "/offer"): "learner",
    ("POST", "/api/sessions"): "learner",
    ("GET", "/api/sessions/ws"): "learner",
    ("GET", "/api/sessions/{id}"): "learner",
    ("PATCH", "/api/sessions/{id}"): "learner",
    ("DELETE", "/api/sessions/{id}"): "learner",
    ("POST", "/api/sessions/{id}/close"): "learner",
    ("GET", "/api/sessions/{id}/report"): "learner",
    ("POST", "/api/sessions/{id}/pairings"): "learner",
    ("POST", "/api/cameras"): "public",  # a pairing's secret is what a phone needs
    # A class's teacher has its token, or is invited and has opened it; handlers see to that.
    ("GET", "/api/classes"): "teacher",
    ("POST", "/api/classes"): "teacher",
    ("GET", "/api/classes/{code}"): "learner",
    ("DELETE", "/api/classes/{code}"): "public",
    ("GET", "/api/classes/{code}/report"): "public",
    ("POST", "/api/classes/{code}/sessions"): "learner",
    ("GET", "/api/classes/{code}/sessions/ws"): "learner",
    ("POST", "/api/classes/{code}/teacher"): "public",
    ("POST", "/api/classes/{code}/whip"): "public",
    ("PATCH", "/api/classes/{code}/whip/{id}"): "public",
    ("DELETE", "/api/classes/{code}/whip/{id}"): "public",
    ("GET", "/api/history"): "learner",
    ("GET", "/api/history/{id}"): "learner",
    ("GET", "/api/learners/{name}/export"): "learner",
    ("DELETE", "/api/learners/{name}"): "learner",
    ("GET", "/api/invitations"): "teacher",
    ("POST", "/api/invitations"): "teacher",
    ("DELETE", "/api/invitations/{id}"): "teacher",
}


def find_rule(method: str, path: str) -> Rule | None:
    """The rule of a route; None where it has none, and nobody may ask.

    :param path: the route's, with `{id}` where requests have an id.
    """
    return RULES.get(("GET" if method == "HEAD" else method, path))
