"""An HTTP proxy to a server, whose WebRTC sessions go through a bad network (tools/udp_relay.py).

    python -m tools.lossy_proxy --to http://127.0.0.1:8080 --loss 0.05 --delay-ms 50 --jitter-ms 20

Open the address that it prints in a browser, or give it to a headless learner with --url. HTTP
requests and answers pass unchanged; only the SDP of a session, or of a phone that is its camera, is
rewritten, so that its packets go through a relay with the given loss, delay and jitter.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
from aiohttp import web

from tools.udp_relay import NetworkConditions, Relay

MAX_RELAYS = 32  # the oldest is closed when one more is needed
NOT_FORWARDED = {"host", "content-length", "transfer-encoding", "content-encoding", "connection"}


class LossyProxy:
    """Forwards HTTP to a server and relays the packets of its sessions; see `open_lossy_proxy`."""

    def __init__(
        self, to: str, up: NetworkConditions, down: NetworkConditions, seed: int = 0
    ) -> None:
        self.url = ""
        self.relays: deque[Relay] = deque()  # the newest last
        self._to = to.rstrip("/")
        self._up, self._down, self._seed = up, down, seed
        self._http = aiohttp.ClientSession(auto_decompress=False)

    async def close(self) -> None:
        for relay in self.relays:
            relay.close()
        await self._http.close()

    async def forward(self, request: web.Request) -> web.Response:
        """Forward a request to the server, and return its answer."""
        if request.method == "PATCH" and request.path.startswith("/api/sessions/"):
            # Other candidates, as those of an ICE restart, would lead around the relay.
            return web.Response(status=501, text="this proxy relays the first candidates only")
        body = await request.read()
        relay = None
        if request.method == "POST" and (offer := find_offer(body)) is not None:
            relay = self._open_relay()
            offer["sdp"] = await relay.rewrite_offer(offer["sdp"])
            body = json.dumps(offer).encode()
        headers = {k: v for k, v in request.headers.items() if k.lower() not in NOT_FORWARDED}
        url = self._to + request.raw_path
        async with self._http.request(
            request.method, url, headers=headers, data=body, allow_redirects=False
        ) as answer:
            content = await answer.read()
            if relay is not None and answer.status == 201:
                description = json.loads(content)
                description["sdp"] = relay.rewrite_answer(description["sdp"])
                content = json.dumps(description).encode()
            return web.Response(
                status=answer.status,
                body=content,
                headers=[
                    (k, v) for k, v in answer.headers.items() if k.lower() not in NOT_FORWARDED
                ],
            )

    def _open_relay(self) -> Relay:
        relay = Relay(self._up, self._down, self._seed)
        self.relays.append(relay)
        if len(self.relays) > MAX_RELAYS:
            self.relays.popleft().close()
        return relay


def find_offer(body: bytes) -> dict[str, Any] | None:
    """The offer of a session, of a phone or of a class's member, that a request contains."""
    try:
        request = json.loads(body)
    except ValueError:
        return None
    return request if isinstance(request, dict) and "sdp" in request else None


@asynccontextmanager
async def open_lossy_proxy(
    to: str, up: NetworkConditions, down: NetworkConditions, seed: int = 0, port: int = 0
) -> AsyncIterator[LossyProxy]:
    """Open a proxy on the loopback interface, and close it and its relays at the end."""
    proxy = LossyProxy(to, up, down, seed)
    app = web.Application(client_max_size=1 << 20)
    app.router.add_route("*", "/{path:.*}", proxy.forward)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        proxy.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield proxy
    finally:
        await runner.cleanup()
        await proxy.close()


async def run_proxy(args: argparse.Namespace) -> None:
    conditions = NetworkConditions(args.loss, args.delay_ms, args.jitter_ms)
    async with open_lossy_proxy(args.to, conditions, conditions, args.seed, args.port) as proxy:
        print(f"the proxy is ready: {proxy.url}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        "python -m tools.lossy_proxy",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    add = parser.add_argument
    add("--to", required=True, metavar="URL", help="the server's address")
    add("--port", type=int, default=0, help="the proxy's own port; default: any that is free")
    add("--loss", type=float, default=0.0, help="share of packets lost in each direction, 0..1")
    add("--delay-ms", type=float, default=0.0, help="delay of each packet, in each direction")
    add("--jitter-ms", type=float, default=0.0, help="the delay varies by up to this, both ways")
    add("--seed", type=int, default=0, help="the same seed loses and delays the same packets")
    with suppress(KeyboardInterrupt):
        asyncio.run(run_proxy(parser.parse_args()))


if __name__ == "__main__":
    main()
