"""A door of its own to a server, through which everything takes a bad network (tools/udp_relay.py).

    python -m tools.lossy_proxy --to http://127.0.0.1:8080 --loss 0.05 --delay-ms 50 --jitter-ms 20

Pages and answers pass as they are; only the SDP of a new session is rewritten, so that browsers
and headless learners go through it alike.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
from aiohttp import web

from tools.udp_relay import Relay, Weather

SIGNALLING = {"/api/sessions", "/offer"}
REMEMBERED = 32  # relays; the oldest is closed when one more is wanted
NOT_PASSED_ON = {"host", "content-length", "transfer-encoding", "content-encoding", "connection"}


class Door:
    """A server's front with another address; `url` is known within `open_door`."""

    def __init__(self, to: str, up: Weather, down: Weather, seed: int = 0) -> None:
        self.url = ""
        self.relays: deque[Relay] = deque()  # the newest last
        self._to = to.rstrip("/")
        self._up, self._down, self._seed = up, down, seed
        self._http = aiohttp.ClientSession(auto_decompress=False)

    async def close(self) -> None:
        for relay in self.relays:
            relay.close()
        await self._http.close()

    async def pass_on(self, request: web.Request) -> web.Response:
        """Hand a request to the server and its answer back."""
        body = await request.read()
        relay = None
        if request.method == "POST" and request.path in SIGNALLING:
            relay = self._new_relay()
            offer = json.loads(body)
            offer["sdp"] = await relay.rewrite_offer(offer["sdp"])
            body = json.dumps(offer).encode()
        headers = {k: v for k, v in request.headers.items() if k.lower() not in NOT_PASSED_ON}
        url = self._to + request.raw_path
        async with self._http.request(
            request.method, url, headers=headers, data=body, allow_redirects=False
        ) as answer:
            said = await answer.read()
            if relay is not None and answer.status == 201:
                description = json.loads(said)
                description["sdp"] = relay.rewrite_answer(description["sdp"])
                said = json.dumps(description).encode()
            return web.Response(
                status=answer.status,
                body=said,
                headers=[
                    (k, v) for k, v in answer.headers.items() if k.lower() not in NOT_PASSED_ON
                ],
            )

    def _new_relay(self) -> Relay:
        relay = Relay(self._up, self._down, self._seed)
        self.relays.append(relay)
        if len(self.relays) > REMEMBERED:
            self.relays.popleft().close()
        return relay


@asynccontextmanager
async def open_door(
    to: str, up: Weather, down: Weather, seed: int = 0, port: int = 0
) -> AsyncIterator[Door]:
    """A door on the loopback, shut at the end together with what went through it."""
    door = Door(to, up, down, seed)
    app = web.Application(client_max_size=1 << 20)
    app.router.add_route("*", "/{path:.*}", door.pass_on)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        door.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield door
    finally:
        await runner.cleanup()
        await door.close()


async def stand_open(args: argparse.Namespace) -> None:
    weather = Weather(args.loss, args.delay_ms, args.jitter_ms)
    async with open_door(args.to, weather, weather, args.seed, args.port) as door:
        print(f"the door is open: {door.url}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser("python -m tools.lossy_proxy", description=__doc__)
    parser.add_argument("--to", required=True, metavar="URL", help="the server")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--loss", type=float, default=0.0, help="share of packets, each way")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="each way")
    parser.add_argument("--jitter-ms", type=float, default=0.0, help="of the delay, up and down")
    parser.add_argument("--seed", type=int, default=0)
    with suppress(KeyboardInterrupt):
        asyncio.run(stand_open(parser.parse_args()))


if __name__ == "__main__":
    main()
