"""A way to a server that can be cut: an HTTP proxy whose answers lead through UDP relays."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import aiohttp
from aiohttp import web

CANDIDATE = re.compile(r"(a=candidate:\S+ \d+ udp \d+ )(\S+) (\d+)( typ host.*)", re.IGNORECASE)


class Relay(asyncio.DatagramProtocol):
    """Forwards between whoever writes to it first and one address of the server."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.server = server
        self.learner: tuple[str, int] | None = None
        self.cut = False
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: tuple[str | Any, int]) -> None:
        if self.cut or self.transport is None:
            return
        if address[:2] == self.server:
            if self.learner is not None:
                self.transport.sendto(data, self.learner)
        else:
            self.learner = address[:2]
            self.transport.sendto(data, self.server)


class Cable:
    """`url` leads to the server; after `cut` nothing passes over the connections made so far."""

    def __init__(self, server_url: str) -> None:
        self.server_url = server_url
        self.url = ""
        self.relays: list[Relay] = []
        self.sessions: list[str] = []

    def cut(self) -> None:
        for relay in self.relays:
            relay.cut = True

    async def forward(self, request: web.Request) -> web.Response:
        """POST /api/sessions: hide the learner's addresses, put a relay before the server's."""
        body = await request.json()
        # Without its end the server waits for candidates, and learns of the relay from its packets.
        shown = CANDIDATE.sub("a=hidden", body["sdp"])
        body["sdp"] = shown.replace("a=end-of-candidates\r\n", "")
        async with (
            aiohttp.ClientSession(self.server_url) as http,
            http.post("/api/sessions", json=body) as response,
        ):
            answer = await response.json()
        if response.status == 201:
            self.sessions.append(answer["id"])
            answer["sdp"] = await self._relayed(answer["sdp"])
        return web.json_response(answer, status=response.status)

    async def _relayed(self, sdp: str) -> str:
        relays: dict[tuple[str, int], int] = {}
        for match in CANDIDATE.finditer(sdp):
            address = match[2], int(match[3])
            if ":" not in address[0] and address not in relays:
                relay = Relay(address)
                await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda relay=relay: relay, local_addr=(address[0], 0)
                )
                assert relay.transport is not None
                self.relays.append(relay)
                relays[address] = relay.transport.get_extra_info("sockname")[1]

        def instead(match: re.Match[str]) -> str:
            port = relays.get((match[2], int(match[3])), 9)
            return f"{match[1]}{match[2]} {port}{match[4]}"

        return CANDIDATE.sub(instead, sdp)


@asynccontextmanager
async def cable_to(server_url: str) -> AsyncIterator[Cable]:
    cable = Cable(server_url)
    app = web.Application()
    app.router.add_post("/api/sessions", cable.forward)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        cable.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield cable
    finally:
        await runner.cleanup()
        for relay in cable.relays:
            if relay.transport is not None:
                relay.transport.close()
