"""The address of the client that sent a request, for counting, limits and the audit log."""

from __future__ import annotations

from aiohttp import web

from rtc_server.http.app_keys import CONFIG
from rtc_server.http.forwarded import client_key, find_client_address


def client_address(request: web.Request) -> str:
    """The client's address: that of the connection, or what a declared proxy says of it."""
    config = request.app[CONFIG]
    return find_client_address(request.remote, request.headers, config.trusted_proxies)


def counted_address(request: web.Request) -> str:
    """What to count the client of a request by: its address, for IPv6 the network around it."""
    return client_key(client_address(request))
