"""How many requests a client may make in a second: more of them wait, so that others are served."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from aiohttp import web

from rtc_server.http.app_keys import METRICS
from rtc_server.http.client_address import counted_address
from rtc_server.http.errors import Handler

# The page has about a hundred files: a class behind one address loads it at once without waiting.
RATE = 200.0  # requests/s of one client, IPv6 clients by their /64
BURST = 3000.0  # requests that a client may make at once after a pause
MAX_DELAY_S = 5.0
MAX_CLIENTS = 4096  # the one that asked longest ago is forgotten
UNLIMITED = frozenset({"/healthz", "/readyz"})  # cheap, and whoever watches the server needs them


class RequestPace:
    """Says how long each request has to wait. Pure."""

    def __init__(self) -> None:
        self._due_s: OrderedDict[str, float] = OrderedDict()

    def take_turn(self, client: str, now_s: float) -> float | None:
        """How long the client's next request has to wait; None: too long, it is refused."""
        rested_s = now_s - BURST / RATE
        due_s = max(self._due_s.get(client, rested_s), rested_s) + 1 / RATE
        if due_s - now_s > MAX_DELAY_S:
            return None
        self._due_s[client] = due_s
        self._due_s.move_to_end(client)
        if len(self._due_s) > MAX_CLIENTS:
            self._due_s.popitem(last=False)
        return max(0.0, due_s - now_s)


PACE = web.AppKey("pace", RequestPace)


@web.middleware
async def pace_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a client that asks too often wait.

    :raises web.HTTPTooManyRequests: too many of its requests wait already.
    """
    if request.path not in UNLIMITED:
        now_s = asyncio.get_running_loop().time()
        wait_s = request.app[PACE].take_turn(counted_address(request), now_s)
        if wait_s is None:
            request.app[METRICS].requests_delayed.labels(how="refused").inc()
            raise web.HTTPTooManyRequests(
                text=f"expected at most {RATE:.0f} requests a second from one address, got more"
            )
        if wait_s > 0:
            request.app[METRICS].requests_delayed.labels(how="delayed").inc()
            await asyncio.sleep(wait_s)
    return await handler(request)
