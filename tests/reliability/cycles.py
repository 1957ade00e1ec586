"""Learners connect and are killed, again and again: the server is as it was before."""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path

from rtc_server.progress import show_progress
from tests.reliability.report import Report
from tests.reliability.server import figures_at_rest, run_crowd, serving_store
from tests.reliability.soak import MAX_GROWTH

WARM_UP, AT_ONCE = 50, 8
BATCHES = 6  # after each one the server is looked at
LATE_THREADS = 3  # pools begin a thread when it is first needed, up to their bound
WAYS = ("killed", "killed_early")


async def run(args: argparse.Namespace, folder: Path) -> Report:
    """`--cycles` learners, most of whom are gone without a word."""
    report = Report(f"{args.cycles} learners connect and are killed")
    async with serving_store(folder) as server:
        await run_crowd(server.url, WARM_UP, AT_ONCE, args.seed)
        before = await figures_at_rest(server)
        report.rows = [{"learners": 0, **before}]
        with show_progress() as progress:
            for k in range(BATCHES):
                come = args.cycles * (k + 1) // BATCHES - args.cycles * k // BATCHES
                await run_crowd(server.url, come, AT_ONCE, args.seed + 1 + k, *WAYS)
                after = await figures_at_rest(server)
                report.rows.append({"learners": args.cycles * (k + 1) // BATCHES, **after})
                progress("cycles", k + 1, BATCHES)
    report.require(after["session threads"] == 0, "threads of sessions are left")
    report.require(after["threads"] <= before["threads"] + LATE_THREADS, "threads are left")
    for name in ("tasks", "descriptors"):
        report.require(after[name] <= before[name], f"{name} are left")
    memory_mb = [float(str(row["memory MB"])) for row in report.rows[1:]]
    second, last = memory_mb[BATCHES // 3 : 2 * BATCHES // 3], memory_mb[2 * BATCHES // 3 :]
    grown = statistics.mean(last) / statistics.mean(second)
    report.require(
        grown <= MAX_GROWTH,
        f"memory has grown by {100 * (grown - 1):.1f} % from the second third to the last",
    )
    return report
