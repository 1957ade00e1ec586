"""What a headless learner asks the server before it connects: its STUN and TURN servers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from rtc_server.errors import BadConfig
from rtc_server.ice_servers import MAX_SERVERS, IceServer, parse_ice_server
from rtc_server.webrtc.relay_check import find_relay_problem

TIMEOUT_S = 5.0


async def fetch_ice_servers(url: str, headers: Mapping[str, str] | None = None) -> list[IceServer]:
    """The server's ICE servers; none where it does not answer, which the offer will find, too."""
    timeout = aiohttp.ClientTimeout(TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.get(url.rstrip("/") + "/api/config", headers=headers) as response,
        ):
            config: Any = await response.json()
        return [parse_ice_server(entry, url) for entry in config["ice_servers"][:MAX_SERVERS]]
    except (aiohttp.ClientError, BadConfig, TimeoutError, ValueError, LookupError, TypeError):
        return []


async def find_relay_problems(servers: Sequence[IceServer]) -> list[str]:
    """A sentence for each relay that gives this machine no address."""
    found = [
        await find_relay_problem(server, url) for server in servers for url in server.relay_urls
    ]
    return [problem for problem in found if problem is not None]
