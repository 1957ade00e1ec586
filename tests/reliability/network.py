"""Lessons over bad networks, and over one that goes away and comes back; each goes to its end."""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rtc_server.progress import show_progress
from tests.paths import ROOT
from tests.reliability.report import Report
from tests.reliability.server import serving_store
from tools.lossy_proxy import LossyProxy, open_lossy_proxy
from tools.udp_relay import NetworkConditions

LESSON = "demo"
DELAY_MS, JITTER_MS = 50.0, 20.0
AWAY_AFTER_S = 8.0  # after the start of the client, in the middle of the lesson
RECONNECTS = 3
MAX_REORDERED = 5  # scores


async def _nothing(_: LossyProxy) -> None:
    return None


def _away(for_s: float) -> Callable[[LossyProxy], Awaitable[None]]:
    async def go_away(proxy: LossyProxy) -> None:
        await asyncio.sleep(AWAY_AFTER_S)
        proxy.relays[-1].interrupt(for_s)

    return go_away


async def _move(proxy: LossyProxy) -> None:
    await asyncio.sleep(AWAY_AFTER_S)
    await proxy.relays[-1].move()


@dataclass(frozen=True, slots=True)
class _Case:
    name: str
    conditions: NetworkConditions
    event: Callable[[LossyProxy], Awaitable[None]] = _nothing
    least_share: float = 0.9  # of the sent scores that must arrive; scores are not sent again


def _bad(loss: float = 0.0, jitter_ms: float = JITTER_MS, **more: float) -> NetworkConditions:
    return NetworkConditions(loss, DELAY_MS, jitter_ms, **more)


# As a server has them by default: with a tenth of its packets lost, a handshake takes seconds.
PATIENCE = {"TANDEM_SILENCE_TIMEOUT_S": "8", "TANDEM_CONNECT_TIMEOUT_S": "20"}
GOOD = NetworkConditions(delay_ms=10)
CASES = (
    _Case("no loss, 10 ms", GOOD, least_share=0.99),
    _Case("1 % loss, 50 ± 20 ms", _bad(0.01)),
    _Case("5 % loss, 50 ± 20 ms", _bad(0.05), least_share=0.85),
    _Case("10 % loss, 50 ± 20 ms", _bad(0.10), least_share=0.75),
    _Case("reordered, 50 ± 45 ms", _bad(jitter_ms=45)),
    _Case("10 % duplicated, 50 ± 20 ms", _bad(duplication=0.10)),
    _Case("gone for 2 s", GOOD, _away(2.0), least_share=0.6),
    _Case("gone for 15 s", GOOD, _away(15.0), least_share=0.5),
    _Case("another address (Wi-Fi to mobile)", GOOD, _move, least_share=0.5),
)


async def run(args: argparse.Namespace, folder: Path) -> Report:
    """One lesson for each case, by a headless learner that reconnects."""
    report = Report("Bad networks")
    async with serving_store(folder, PATIENCE) as server:
        with show_progress() as progress:
            for k, case in enumerate(CASES):
                outcome = await _dance(server.url, case, args.seed, folder / f"{k}.json")
                _note(report, case, outcome)
                progress("network", k + 1, len(CASES))
    return report


async def _dance(url: str, case: _Case, seed: int, path: Path) -> dict[str, Any]:
    async with open_lossy_proxy(url, case.conditions, case.conditions, seed) as proxy:
        words = ["run.py", "client", "--url", proxy.url, "--lesson", LESSON, "--mirror", "off"]
        words += ["--camera", "instructor", "--reconnect", str(RECONNECTS), "--report", str(path)]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *words), cwd=ROOT, stdout=subprocess.DEVNULL
        )
        event = asyncio.ensure_future(case.event(proxy))
        await process.wait()
        event.cancel()
    return _read(path)


def _read(path: Path) -> dict[str, Any]:
    outcome: dict[str, Any] = json.loads(path.read_text())
    return outcome


def _note(report: Report, case: _Case, outcome: dict[str, Any]) -> None:
    stats, scores = outcome["stats"], outcome["scores"]
    sent = sum(run[-1]["seq"] + 1 for run in _connections(scores))
    share = len(scores) / sent if sent else 0.0
    report.rows.append(
        {
            "network": case.name,
            "ended": f"{outcome['ended']}, {outcome['reason']}",
            "score": outcome["summary"] and outcome["summary"]["score"],
            "scores received": f"{len(scores)} of {sent}",
            "age p95 ms": stats["age_ms"]["p95"],
            "|skew| p95 ms": stats["skew_ms"]["p95"],
            "longest freeze ms": stats["freeze_ms"],
            "reconnects": stats["reconnects"],
        }
    )
    report.require(outcome["ended"] == "clean", f"{case.name}: ended {outcome['ended']}")
    report.require(outcome["reason"] == "finished", f"{case.name}: {outcome['reason']}")
    report.require(share >= case.least_share, f"{case.name}: only {share:.0%} of the scores came")


def _connections(scores: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The scores of each connection in their order: numbers begin anew with each."""
    runs: list[list[dict[str, Any]]] = []
    for score in scores:  # the channel is unordered, so numbers may also go back a little
        if not runs or score["seq"] < runs[-1][-1]["seq"] - MAX_REORDERED:
            runs.append([])
        runs[-1].append(score)
    return [sorted(run, key=lambda score: score["seq"]) for run in runs]
