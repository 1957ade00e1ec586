"""Learners connect and are killed, again and again: the server is as it was before."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.reliability.report import Report
from tests.reliability.server import figures_at_rest, run_crowd, serving_store

WARM_UP, AT_ONCE = 50, 8
LATE_THREADS = 3  # pools begin a thread when it is first needed, up to their bound
MEMORY_GROWTH = 1.02


async def run(args: argparse.Namespace, folder: Path) -> Report:
    """`--cycles` learners, most of whom are gone without a word."""
    report = Report(f"{args.cycles} learners connect and are killed")
    async with serving_store(folder) as server:
        await run_crowd(server.url, WARM_UP, AT_ONCE, args.seed)
        before = await figures_at_rest(server)
        ways = ("killed", "killed_early")
        came = await run_crowd(server.url, args.cycles, AT_ONCE, args.seed + 1, *ways)
        after = await figures_at_rest(server)
    report.rows = [{"when": "before", **before}, {"when": "after", **after, **came}]
    report.require(after["session threads"] == 0, "threads of sessions are left")
    report.require(after["threads"] <= before["threads"] + LATE_THREADS, "threads are left")
    for name in ("tasks", "descriptors"):
        report.require(after[name] <= before[name], f"{name} are left")
    grown = after["memory MB"] / before["memory MB"]
    report.require(grown <= MEMORY_GROWTH, f"memory has grown by {100 * (grown - 1):.1f} %")
    return report
