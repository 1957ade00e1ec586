"""What a server needs fails and comes back: the database, the disk, the clock, the pose engine."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from pathlib import Path

from rtc_server.progress import show_progress
from tests.reliability import runtime_faults, storage_faults
from tests.reliability.report import Report

Fault = Callable[[Report, Path], Awaitable[str]]

FAULTS: dict[str, Fault] = {
    "the database is gone and back": storage_faults.database_gone,
    "the disk is full": storage_faults.disk_full,
    "the clock is set back an hour": runtime_faults.clock_set_back,
    "the pose engine stalls": runtime_faults.pose_engine_stalled,
    "SIGTERM while the pose engine hangs": runtime_faults.stopped_while_stalled,
}


async def run(args: argparse.Namespace, folder: Path) -> Report:
    """Each fault on a server of its own; those that this machine cannot make are skipped."""
    report = Report("Faults")
    with show_progress() as progress:
        for k, (name, fault) in enumerate(FAULTS.items()):
            place = folder / str(k)
            place.mkdir()
            try:
                outcome = await fault(report, place)
            except NotImplementedError as error:
                outcome = f"skipped: {error}"
            report.rows.append({"fault": name, "outcome": outcome})
            progress("faults", k + 1, len(FAULTS))
    return report
