"""Learners come, dance, seek, leave and break off for a long time: nothing grows."""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
from pathlib import Path

from rtc_server.progress import show_progress
from tests.integration.attacks.server_process import ServerProcess
from tests.reliability.report import Report
from tests.reliability.server import (
    FIGURES,
    figures_at_rest,
    run_crowd,
    serving_store,
    start_crowd,
    wait_for_crowd,
)

WARM_UP, SAMPLE_S = 50, 5.0
LEARNERS_PER_CORE = 2
MAX_GROWTH = 1.01  # of the last third's mean memory over the second third's
WAYS = ("danced", "danced", "danced", "came_back", "killed", "hung_up_early")


async def run(args: argparse.Namespace, folder: Path) -> Report:
    """`--minutes` of learners, several at a time."""
    at_once = LEARNERS_PER_CORE * (os.cpu_count() or 1)
    report = Report(f"{args.minutes:g} minutes of learners, {at_once} at a time")
    async with serving_store(folder) as server:
        await run_crowd(server.url, WARM_UP, at_once, args.seed)
        before = await figures_at_rest(server)
        crowd = await start_crowd(server.url, 0, at_once, args.seed + 1, *WAYS)
        samples = await _sample(server, 60 * args.minutes)
        crowd.terminate()
        came = await wait_for_crowd(crowd)
        after = await figures_at_rest(server)
        metrics = await server.metrics()
    third = len(samples) // 3
    second, last = samples[third : 2 * third], samples[2 * third :]
    means = [statistics.mean(row["memory MB"] for row in rows) for rows in (second, last)]
    report.rows = [
        {"when": "before, at rest", **before},
        {"when": "second third, mean", "memory MB": round(means[0], 1)},
        {"when": "last third, mean", "memory MB": round(means[1], 1)},
        {"when": "after, at rest", **after, **came},
    ]
    ended = {name: value for name, value in metrics.items() if "sessions_ended_total" in name}
    report.rows.append({"when": "ends", "reasons": ended})
    growth = means[1] / means[0]
    report.require(growth <= MAX_GROWTH, f"memory has grown by {100 * (growth - 1):.2f} %")
    for name in ("tasks", "descriptors", "session threads"):
        report.require(after[name] <= before[name], f"{name} are left")
    return report


async def _sample(server: ServerProcess, duration_s: float) -> list[dict[str, float]]:
    """The server's figures every SAMPLE_S seconds."""
    samples: list[dict[str, float]] = []
    count = max(3, round(duration_s / SAMPLE_S))
    with show_progress() as progress:
        for k in range(count):
            await asyncio.sleep(SAMPLE_S)
            metrics = await server.metrics()
            figures = {name: metrics[metric] for name, metric in FIGURES.items()}
            samples.append(figures | {"memory MB": server.memory_mb()})
            progress("soak", k + 1, count)
    return samples
