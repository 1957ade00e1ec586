"""What the front of session hosts carries: its hosts only answer, and run no session.

    python bench/cluster_front.py [--hosts 2] [--at-once 1 8 32] [--seconds 10] [--json OUT]
    python bench/cluster_front.py --attempts 0 100 200      # that hosts report each second

Everything else is as in `serve --workers`: HTTP, the check of the offer, places, Ray. Each learner
of --at-once sends an offer as soon as the last one was answered; a session ends two seconds later.
Prints offers a second, the time until the answer, the front's processor time for an offer, and with
that what one front carries where clients and hosts have processors of their own. With --attempts
the hosts report as many learners' attempts of 150 kB each second, and nobody sends offers: prints
the front's processor time for each. Needs Ray (make cluster).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import aiohttp  # noqa: E402 - as all of these, it needs the path above

from bench.server_process import cpu_s, stop, wait_for_hosts, wait_until_ready  # noqa: E402
from rtc_server import __version__  # noqa: E402
from rtc_server.cluster.reports import HostLoad, HostReport, KeptAttempt, OpenedSession  # noqa: E402
from rtc_server.session.admission import Stage  # noqa: E402

OFFER = ROOT / "tests" / "contracts" / "offers" / "chromium-page.sdp"
ATTEMPT_BYTES = 150_000
ATTEMPTS = "BENCH_ATTEMPTS"
SESSION_S = 2.0
SETTLE_S = 3.0
SERVER = ("--port", "0", "--history", "")


class AnsweringActor:
    """A session host that opens nothing: it takes the place of `SessionHostActor`."""

    def __init__(self, spec: Any) -> None:
        self._name = spec.name
        self._opened_s: dict[str, float] = {}
        self._content = os.urandom(ATTEMPT_BYTES)
        self._attempts = int(os.environ[ATTEMPTS])

    async def start(self) -> int:
        return os.getpid()

    async def call(self, method: str, *args: Any, **_: Any) -> Any:
        if method == "open":
            self._opened_s[args[0].session] = time.monotonic()
            return OpenedSession("v=0\r\n" * 400, '"tag"', None)  # as long as an answer
        if method == "report":
            await asyncio.sleep(1.0)
            return self._report()
        return None

    def _report(self) -> HostReport:
        now_s = time.monotonic()
        self._opened_s = {
            id: opened_s for id, opened_s in self._opened_s.items() if now_s - opened_s < SESSION_S
        }
        stages: dict[str, Stage] = dict.fromkeys(self._opened_s, "connected")
        kept = tuple(self._keep(f"{k}.{self._name}") for k in range(self._attempts))
        return HostReport(
            load=HostLoad(0.01 * len(stages), len(stages), None),
            stages=stages,
            kept=kept,
            resumable=frozenset(one.session for one in kept),
            results=(),
            problem=None,
            version=__version__,
        )

    def _keep(self, session: str) -> KeptAttempt:
        return KeptAttempt(session, "demo", "", None, None, 100, __version__, self._content)

    async def stop(self) -> None: ...


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add("--hosts", type=int, default=2)
    add("--at-once", type=int, nargs="+", default=[1, 8, 32], metavar="N")
    add("--attempts", type=int, nargs="+", metavar="N", help="measure reports, and no offers")
    add("--seconds", type=float, default=10.0, help="how long each measurement takes")
    add("--json", type=Path, metavar="OUT", help="also write all figures to this file")
    add("--serve", type=int, metavar="ATTEMPTS", help=argparse.SUPPRESS)  # of each host
    args = parser.parse_args()
    if args.serve is not None:
        serve(args.hosts, args.serve)
        return
    if args.attempts:
        rows = [measure_reports(args.hosts, each, args.seconds) for each in args.attempts]
    else:
        rows = measure_offers(args.hosts, args.at_once, args.seconds)
    print(" | ".join(rows[0]))
    for row in rows:
        print(" | ".join(str(value) for value in row.values()))
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


def serve(hosts: int, attempts: int) -> None:
    """Be a server with such hosts, and without its limits for addresses."""
    from rtc_server.cluster.ray_environment import set_ray_environment

    set_ray_environment()
    from rtc_server.cli import main as run
    from rtc_server.cluster import ray_host
    from rtc_server.http.cluster import lifetime
    from rtc_server.session import admission
    from rtc_server.token_bucket import RateLimit

    lifetime.set_ray_environment = lambda *_, **__: None  # Ray has read the first
    os.environ[ATTEMPTS] = str(attempts)  # Ray's processes get it
    # The front is the real one; its hosts only answer, which is what this measures.
    ray_host.SessionHostActor = AnsweringActor  # type: ignore[misc, assignment]
    admission.OFFER_LIMIT = RateLimit(per_s=1e6, burst=1_000_000)
    sys.exit(run(["serve", *SERVER, "--max-sessions", "1000", "--workers", str(hosts)]))


def start(hosts: int, attempts: int) -> tuple[subprocess.Popen[str], str]:
    """Start such a server; the attempts are those of all hosts."""
    command = [sys.executable, __file__, "--hosts", str(hosts), "--serve", str(attempts // hosts)]
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},  # for Ray's processes
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    url = wait_until_ready(server)
    wait_for_hosts(url, hosts)
    time.sleep(SETTLE_S)
    return server, url


def measure_offers(hosts: int, at_once: list[int], seconds: float) -> list[dict[str, Any]]:
    server, url = start(hosts, 0)
    rows = []
    try:
        for learners in at_once:
            used_s, began_s = cpu_s(server.pid), time.monotonic()
            took_ms, refused = asyncio.run(send_offers(url, learners, seconds))
            used_s, passed_s = cpu_s(server.pid) - used_s, time.monotonic() - began_s
            offer_ms = 1000 * used_s / len(took_ms)
            rows.append(
                {
                    "at once": learners,
                    "offers/s": round(len(took_ms) / passed_s, 1),
                    "refused": refused,
                    "answered ms p50": round(statistics.median(took_ms), 1),
                    "answered ms p95": round(statistics.quantiles(took_ms, n=20)[-1], 1),
                    "front ms an offer": round(offer_ms, 2),
                    "so one front carries offers/s": round(1000 / offer_ms),
                }
            )
            time.sleep(SETTLE_S)
    finally:
        stop(server)
    return rows


async def send_offers(url: str, learners: int, seconds: float) -> tuple[list[float], int]:
    """Send one offer after the other for so long; what each took in ms, and how many failed."""
    offer = {"sdp": OFFER.read_text(), "type": "offer", "lesson": "demo"}
    took_ms: list[float] = []
    refused = 0
    until_s = time.monotonic() + seconds

    async def send(http: aiohttp.ClientSession) -> None:
        nonlocal refused
        while (began_s := time.monotonic()) < until_s:
            async with http.post(f"{url}/api/sessions", json=offer) as response:
                await response.read()
            took_ms.append(1000 * (time.monotonic() - began_s))
            refused += response.status != 201

    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*(send(http) for _ in range(learners)))
    return took_ms, refused


def measure_reports(hosts: int, attempts: int, seconds: float) -> dict[str, Any]:
    server, _ = start(hosts, attempts)
    try:
        used_s, began_s = cpu_s(server.pid), time.monotonic()
        time.sleep(seconds)
        cores = (cpu_s(server.pid) - used_s) / (time.monotonic() - began_s)
    finally:
        stop(server)
    return {
        "hosts": hosts,
        "attempts a second": attempts // hosts * hosts,
        "front's cores": round(cores, 3),
        "ms an attempt": round(1000 * cores / attempts, 2) if attempts else "-",
    }


if __name__ == "__main__":
    main()
