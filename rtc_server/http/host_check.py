"""Refuses requests for a name that is not this server's, before any handler sees them."""

from __future__ import annotations

from aiohttp import web

from rtc_server.errors import WrongHost
from rtc_server.http.access import count_refusal
from rtc_server.http.app_keys import CONFIG
from rtc_server.http.errors import Handler
from rtc_server.http.host_names import require_known_host


@web.middleware
async def host_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """
    :raises WrongHost: the request is for another name.
    """
    try:
        require_known_host(request.app[CONFIG], request.headers)
    except WrongHost as error:
        count_refusal(request, error)
        raise
    return await handler(request)
