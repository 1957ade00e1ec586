"""How far long work is: a bar on a terminal, plain lines otherwise, always on stderr."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TextIO

# Called with (stage, done, total) as work goes on; a total of 0 is not known.
Progress = Callable[[str, int, int], None]

LINES_A_STAGE = 4


def silent(stage: str, done: int, total: int) -> None:
    """Progress for whoever does not look."""


@contextlib.contextmanager
def shown_progress(stream: TextIO | None = None) -> Iterator[Progress]:
    """Show progress for as long as the block lasts."""
    out = stream or sys.stderr
    if out.isatty():
        with _bar(out) as progress:
            yield progress
    else:
        yield _lines(out)


def _lines(out: TextIO) -> Progress:
    """A line when a quarter more of a stage is done, so that a log stays short."""
    said: dict[str, int] = {}

    def progress(stage: str, done: int, total: int) -> None:
        share = done * LINES_A_STAGE // total if total > 0 else 0
        if said.get(stage) != share:
            said[stage] = share
            amount = f"{done}/{total}" if total > 0 else "…"
            print(f"{stage} {amount}", file=out, flush=True)

    return progress


@contextlib.contextmanager
def _bar(out: TextIO) -> Iterator[Progress]:
    """A bar a stage; gone from the terminal when all is done."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(file=out), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total or None)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield progress
