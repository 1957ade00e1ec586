"""Lines of the audit log for requests: `audit` with the client's address."""

from __future__ import annotations

from aiohttp import web

from rtc_server import audit
from rtc_server.http.app_keys import REFUSALS
from rtc_server.http.client_address import client_address, counted_address

# Of what is refused to a client. Other errors are mistakes in a request, or the server's own.
REFUSED = frozenset({401, 403, 413, 429, 503, 507})
ABOUT_THE_SERVER = frozenset({"history_unavailable", "not_ready", "unhealthy"})  # though 503


def record(request: web.Request, action: str, **fields: object) -> None:
    """Write who did what."""
    audit.record(action, address=client_address(request), **fields)


def record_refusal(request: web.Request, status: int, code: str, route: str) -> None:
    """Write that a request was refused, if its status says so.

    :param route: the route, not the path: a path may contain a learner's name.
    """
    if status in REFUSED and code not in ABOUT_THE_SERVER:
        request.app[REFUSALS].record(
            code, counted_address(request), route=route, address=client_address(request)
        )
