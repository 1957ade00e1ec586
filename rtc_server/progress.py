"""Shows the progress of long work on stderr: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TextIO

# Called with (step, done, total) during the work; a total of 0 is not known.
Progress = Callable[[str, int, int], None]

LINES_PER_STAGE = 4
REDRAWS_PER_S = 10.0


def ignore_progress(step: str, done: int, total: int) -> None:
    """A Progress that shows nothing."""


@contextlib.contextmanager
def show_progress(
    stream: TextIO | None = None, redraws_per_s: float = REDRAWS_PER_S
) -> Iterator[Progress]:
    """Show progress while the block runs.

    Drawing takes this process's time, so who measures that asks for fewer `redraws_per_s`.
    """
    out = stream or sys.stderr
    if out.isatty():
        with _show_bars(out, redraws_per_s) as progress:
            yield progress
    else:
        yield _print_lines(out)


def _print_lines(out: TextIO) -> Progress:
    """A line for each quarter of a step, so that a log stays short."""
    printed: dict[str, int] = {}

    def progress(step: str, done: int, total: int) -> None:
        quarters = done * LINES_PER_STAGE // total if total > 0 else 0
        if printed.get(step) != quarters:
            printed[step] = quarters
            amount = f"{done}/{total}" if total > 0 else "…"
            print(f"{step} {amount}", file=out, flush=True)

    return progress


@contextlib.contextmanager
def _show_bars(out: TextIO, redraws_per_s: float) -> Iterator[Progress]:
    """A bar for each step; they disappear at the end."""
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
    console = Console(file=out)
    with Bars(*columns, console=console, transient=True, refresh_per_second=redraws_per_s) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total or None)
            bars.update(tasks[step], completed=done, total=total or None)

        yield progress
