"""`python -m tests.fuzz`: every kind at length, each against a server of its own."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from rtc_server.progress import Progress, show_progress
from tests import made
from tests.fuzz.containers import ContainerKind
from tests.fuzz.driver import Kind, Watched, run_cases
from tests.fuzz.messages import MessageKind
from tests.fuzz.packets import PacketKind
from tests.fuzz.report import Report, format_table
from tests.fuzz.requests import RequestKind
from tests.fuzz.signalling import FragmentKind, OfferKind
from tests.integration.attacks.hostile_peer import create_offer
from tests.integration.attacks.server_process import ServerProcess, server_process

CASES = 10_000
KINDS = ("offers", "fragments", "messages", "packets", "containers", "requests")
# Uploads are off: whatever comes over HTTP is to be refused or answered, not to become a lesson.
SETTINGS = {"TANDEM_MAX_SESSIONS": "50", "TANDEM_UPLOADS": "off", "TANDEM_HISTORY": ""}


async def make_kind(name: str, server: ServerProcess, stack: AsyncExitStack) -> Kind:
    """The kind of that name, which sends to that server."""
    if name == "requests":
        return RequestKind(server.port)
    if name in ("messages", "packets"):
        kind = MessageKind(server.url) if name == "messages" else PacketKind(server.url)
        await stack.enter_async_context(kind)
        return kind
    offer = await create_offer()
    signalling = (
        OfferKind(server.url, offer) if name == "offers" else FragmentKind(server.url, offer)
    )
    await stack.enter_async_context(signalling)
    return signalling


async def run(
    name: str, cases: int, seed: int, first: int, store: Path, progress: Progress
) -> Report:
    """Send so many cases of one kind to a process of its own."""
    report = Report(name, seed)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        try:
            async with AsyncExitStack() as stack:
                watched, kind = await _open(name, store, Path(folder), stack)
                report = await run_cases(kind, watched, cases, seed, first, progress)
        except (AssertionError, TimeoutError) as error:  # the server did not stop as it should
            if not report.problems:
                report.fail(first, f"after the cases: {error!r:.3000}", cases=cases)
    return report


async def _open(
    name: str, store: Path, folder: Path, stack: AsyncExitStack
) -> tuple[Watched, Kind]:
    if name == "containers":
        containers = await stack.enter_async_context(ContainerKind(folder))
        return containers, containers
    server = await stack.enter_async_context(server_process(store, folder, SETTINGS))
    return server, await make_kind(name, server, stack)


def main() -> int:
    """Run the kinds that are asked for; return 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--kind", choices=KINDS, action="append", help="default: all of them")
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the first case, to replay it")
    args = parser.parse_args()
    reports = []
    with tempfile.TemporaryDirectory() as folder, show_progress() as progress:
        store = shutil.copytree(made.demo_lessons(), Path(folder) / "store")
        shutil.copytree(made.short_lessons() / "short", store / "short")
        for name in args.kind or KINDS:
            work = run(name, args.cases, args.seed, args.first, store, progress)
            reports.append(asyncio.run(work))
    print(format_table(reports))
    return int(any(report.is_bad for report in reports))


if __name__ == "__main__":
    sys.exit(main())
