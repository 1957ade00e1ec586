"""Measures how soon Chromium uses a new network, for HTTP and for WebRTC.

    python bench/webrtc/new_network.py [--browsers 5] [--json OUT]

Chromium on a host of its own (a network namespace) loses its wire to the server and gets another
one, in another network, twice in each browser's life. With `online` a page sends a request and
restarts ICE. What counts is when the first packet comes from the new network:

- request: of the request, which is repeated every 0.1 s until it is answered;
- check: of ICE, from a connection of a page that may use the camera, as Tandem's;
- check of a frame: the same, from a frame that may not. Its sockets belong to no interface
  (RFC 8828, mode 2).

No server of Tandem takes part, so other work on the machine matters little.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))  # run by its path, a script finds only what lies beside it …

# … so that these can be imported only from here on.
from bench.webrtc.wires import Wires  # noqa: E402
from tests.browser.support.chromium import ALLOWED, FAKE, chromium  # noqa: E402
from tests.browser.support.network_change import put_browser_inside  # noqa: E402
from tests.integration.webrtc.two_networks import (  # noqa: E402
    SERVER,
    LearnersHost,
    set_up_server,
)

CHANGES = 2  # in the life of a browser
WAIT_S = 8.0  # after each
SETTLE_S = 3.0  # the first wire's IPv6 address comes, which no browser is to take for a change
PORTS = {"check": 50_000, "check of a frame": 50_001}
KINDS = ("request", *PORTS)
# Two connections that only send checks, each to a port of the server.
PAGE = """
async ([server, ports]) => {
  await navigator.mediaDevices.getUserMedia({ video: true });
  const frame = document.createElement("iframe");
  frame.allow = "camera 'none'; microphone 'none'";
  document.body.append(frame);
  const realms = [window, frame.contentWindow];
  const peers = realms.map((realm) => [new realm.RTCPeerConnection(), new RTCPeerConnection()]);
  for (const [own] of peers) own.createDataChannel("nothing");
  const restart = ([own, other], k) => async () => {
    await own.setLocalDescription(await own.createOffer({ iceRestart: true }));
    await other.setRemoteDescription(own.localDescription);
    await other.setLocalDescription();
    const kept = other.localDescription.sdp.split("\\r\\n").filter((l) => !l.includes("candidate"));
    const candidate = `a=candidate:1 1 udp 2130706431 ${server} ${ports[k]} typ host\\r\\n`;
    await own.setRemoteDescription({ type: "answer", sdp: kept.join("\\r\\n") + candidate });
  };
  const restarts = peers.map(restart);
  const send = () => fetch("/changed", { method: "PATCH", cache: "no-store" })
    .catch(() => setTimeout(send, 100));
  await Promise.all(restarts.map((each) => each()));
  window.addEventListener("online", () => {
    void send();
    for (const each of restarts) void each();
  });
  window.peers = peers;
}
"""


@dataclass(slots=True)
class Change:
    """One change of the network."""

    number: int  # in the browser's life
    began_s: float
    after_s: dict[str, float] = field(default_factory=dict)  # for each kind of packet


class Arrivals:
    """The first packet of each kind from each network."""

    def __init__(self) -> None:
        self.at_s: dict[tuple[str, str], float] = {}

    def add(self, kind: str, address: str) -> None:
        self.at_s.setdefault((kind, address), time.time())


class CheckListener(asyncio.DatagramProtocol):
    def __init__(self, kind: str, arrivals: Arrivals) -> None:
        self._kind, self._arrivals = kind, arrivals

    def datagram_received(self, _: bytes, address: Any) -> None:
        self._arrivals.add(self._kind, address[0])


async def serve(arrivals: Arrivals) -> tuple[str, web.AppRunner]:
    """Serve an empty page, and listen on the ports; return the page's address."""

    async def send_page(_: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><body></body>", content_type="text/html")

    async def note(request: web.Request) -> web.Response:
        arrivals.add("request", request.remote or "")
        return web.Response()

    app = web.Application()
    app.add_routes([web.get("/", send_page), web.patch("/changed", note)])
    runner = web.AppRunner(app, shutdown_timeout=0)  # connections of networks that are gone remain
    await runner.setup()
    site = web.TCPSite(runner, SERVER, 0)
    await site.start()
    for kind, port in PORTS.items():
        await asyncio.get_running_loop().create_datagram_endpoint(
            lambda kind=kind: CheckListener(kind, arrivals), local_addr=(SERVER, port)
        )
    return f"http://{SERVER}:{runner.addresses[0][1]}", runner


async def measure_browser(url: str, wires: Wires, arrivals: Arrivals) -> list[Change]:
    changes = []
    flags = (ALLOWED, FAKE, f"--unsafely-treat-insecure-origin-as-secure={url}")
    async with chromium(*flags) as browser:
        page = await browser.new_page()
        await page.goto(url)
        await page.evaluate(PAGE, [SERVER, list(PORTS.values())])
        await asyncio.sleep(WAIT_S / 2)
        for number in range(1, CHANGES + 1):
            change = Change(number, await asyncio.to_thread(wires.change))
            await asyncio.sleep(WAIT_S)
            for kind in KINDS:
                at_s = arrivals.at_s.get((kind, wires.learner_address), float("inf"))
                change.after_s[kind] = at_s - change.began_s
            changes.append(change)
            print(json.dumps(asdict(change)), file=sys.stderr)
    return changes


async def measure(browsers: int) -> list[Change]:
    set_up_server()
    host, arrivals = LearnersHost(), Arrivals()
    changes = []
    try:
        wires = Wires(host)
        url, runner = await serve(arrivals)
        await asyncio.sleep(SETTLE_S)
        with tempfile.TemporaryDirectory() as folder:
            put_browser_inside(host, folder)
            for _ in range(browsers):
                changes += await measure_browser(url, wires, arrivals)
        await runner.cleanup()
    finally:
        host.close()
    return changes


def report(changes: list[Change]) -> None:
    print("change of the browser's life | " + " | ".join(f"{kind} s" for kind in KINDS))
    for number in range(1, CHANGES + 1):
        own = [change.after_s for change in changes if change.number == number]
        cells = []
        for kind in KINDS:
            after_s = sorted(each[kind] for each in own)
            cells.append(f"{after_s[0]:.2f} – {after_s[-1]:.2f} ({statistics.median(after_s):.2f})")
        print(f"{number} | " + " | ".join(cells))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--browsers", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write the figures there")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not args.inside:
        command = ["unshare", "-rn", sys.executable, __file__, "--inside", *sys.argv[1:]]
        os.execvp(command[0], command)
    changes = asyncio.run(measure(args.browsers))
    report(changes)
    if args.json:
        args.json.write_text(json.dumps([asdict(change) for change in changes], indent=1))


if __name__ == "__main__":
    main()
