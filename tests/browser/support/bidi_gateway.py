"""Runs Firefox for Playwright, and answers the commands that this Firefox does not know yet.

    python -m tests.browser.support.bidi_gateway FIREFOX ARGUMENT…

Playwright sends some commands of WebDriver BiDi to each browser, whether it knows them or not.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys

import aiohttp
from aiohttp import web

LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
UNKNOWN = ("emulation.setMediaFeaturesOverride",)  # of Firefox 153; no test needs it


async def main() -> int:
    """Return Firefox's exit status when it has ended."""
    firefox = await asyncio.create_subprocess_exec(*sys.argv[1:], stderr=asyncio.subprocess.PIPE)
    assert firefox.stderr is not None
    runner = None
    async for raw in firefox.stderr:
        line = raw.decode(errors="replace").rstrip()
        if match := LISTENING.search(line):
            runner = await _serve(match[1])
            line = f"WebDriver BiDi listening on ws://127.0.0.1:{runner.addresses[0][1]}"
        print(line, file=sys.stderr, flush=True)
    if runner is not None:
        await runner.cleanup()
    return await firefox.wait()


async def _serve(upstream: str) -> web.AppRunner:
    async def connect(request: web.Request) -> web.WebSocketResponse:
        client = web.WebSocketResponse(max_msg_size=0)
        await client.prepare(request)
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(upstream + request.path, max_msg_size=0) as browser,
        ):
            answers = asyncio.create_task(_pass_on(browser, client))
            async for message in client:
                command = json.loads(message.data)
                if command["method"] in UNKNOWN:
                    await client.send_json({"type": "success", "id": command["id"], "result": {}})
                else:
                    await browser.send_str(message.data)
            answers.cancel()
        return client

    app = web.Application()
    app.router.add_get("/{path:.*}", connect)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


async def _pass_on(browser: aiohttp.ClientWebSocketResponse, client: web.WebSocketResponse) -> None:
    async for message in browser:
        await client.send_str(message.data)
    await client.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
