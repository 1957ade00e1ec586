"""Sends the cases of one kind, and watches who gets them."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path
from typing import Protocol

from rtc_server.progress import Progress, ignore_progress
from tests.fuzz.report import WARM_CASES, Report, log_size

STALL_S = 30.0  # a case that takes so long is wrong, on any machine
CHECK_EVERY = 50  # cases
TRACES = ("Traceback", "never retrieved", "Fatal Python error")


class Wrong(Exception):
    """An outcome that must not be, in one sentence."""


class Watched(Protocol):
    """The process that gets the cases."""

    @property
    def log(self) -> Path: ...

    @property
    def is_alive(self) -> bool: ...

    def memory_mb(self) -> float: ...


class Kind(Protocol):
    """A kind of input."""

    @property
    def name(self) -> str: ...

    def make(self, chance: random.Random) -> bytes:
        """An input that depends on `chance` alone."""
        ...

    async def attempt(self, data: bytes) -> str:
        """Send it; return what came of it.

        :raises Wrong: what must not come of anything.
        """
        ...


async def run_cases(
    kind: Kind,
    watched: Watched,
    cases: int,
    seed: int,
    first: int = 0,
    progress: Progress = ignore_progress,
) -> Report:
    """Send so many cases, beginning with number `first`."""
    report = Report(kind.name, seed)
    began_s = time.monotonic()
    logged, checked = log_size(watched.log), first
    for case in range(first, first + cases):
        await _run_case(kind, report, case)
        done = case - first + 1
        if done % CHECK_EVERY == 0 or done == cases:
            if problem := _find_problem(watched, logged):
                report.fail(checked, problem, cases=case - checked + 1)
            logged, checked = log_size(watched.log), case + 1
            if not watched.is_alive:
                break
        if done == WARM_CASES:
            report.warm_mb = watched.memory_mb()
        progress(kind.name, done, cases)
    if watched.is_alive:
        report.last_mb = watched.memory_mb()
    report.seconds = time.monotonic() - began_s
    return report


async def _run_case(kind: Kind, report: Report, case: int) -> None:
    data = kind.make(random.Random(f"{kind.name} {report.seed} {case}"))
    began_s = time.monotonic()
    try:
        async with asyncio.timeout(STALL_S):
            outcome = await kind.attempt(data)
    except Wrong as error:
        outcome = "wrong"
        report.fail(case, str(error), data)
    except TimeoutError:
        outcome = "stalled"
        report.fail(case, f"no answer within {STALL_S:g} s", data)
    report.count(case, outcome, time.monotonic() - began_s)


def _find_problem(watched: Watched, logged: int) -> str | None:
    """What is wrong with the process, or with what it has logged since its log had that size."""
    with watched.log.open("rb") as log:
        log.seek(logged)
        text = log.read().decode("utf-8", "replace")
    if not watched.is_alive:
        return f"the process has ended: {text[-500:]}"
    if any(trace in text for trace in TRACES):
        at = min(text.find(trace) for trace in TRACES if trace in text)
        return f"a traceback in the log: {text[at : at + 2000]}"
    return None
