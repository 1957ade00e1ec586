"""Arguments that several commands share, and writing their output."""

from __future__ import annotations

import argparse
import math
import os
import sys
from pathlib import Path
from typing import Any

from rtc_server.config import DEFAULT_LESSONS, ENGINES
from rtc_server.errors import BadConfig
from rtc_server.lessons.temp_files import atomic_write
from rtc_server.pose.processors import available_cores

MAX_DANCERS = 4
MAX_FPS = 120.0
# Of sections whose poses are found at the same time. Each takes memory, mostly for its decoder.
MAX_WORKERS, USUAL_WORKERS = 64, 8
STDOUT = "-"


def new_parser(
    subparsers: Any, name: str, help: str, description: str, examples: str
) -> argparse.ArgumentParser:
    """A command's parser, with examples below its help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=help,
        description=description,
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Add `--engine`."""
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="auto",
        help="what runs the pose network; auto takes OpenVINO if it is installed (default: auto)",
    )


def add_fps(parser: argparse.ArgumentParser) -> None:
    """Add `--fps`."""
    parser.add_argument(
        "--fps", type=parse_fps, default=5.0, metavar="N", help="poses per second (default: 5)"
    )


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Add `--workers`."""
    parser.add_argument(
        "--workers",
        type=parse_workers,
        default=max(1, min(USUAL_WORKERS, int(available_cores()))),
        metavar="N",
        help="find poses in N sections of the video at the same time; the result is the same "
        f"(default: one for each core, at most {USUAL_WORKERS}: %(default)s)",
    )


def add_lessons(parser: argparse.ArgumentParser) -> None:
    """Add `--lessons`."""
    parser.add_argument(
        "--lessons",
        type=Path,
        default=Path(os.environ.get("TANDEM_LESSONS") or DEFAULT_LESSONS),
        metavar="DIR",
        help="folder of the lessons (default: TANDEM_LESSONS, else lessons, next to run.py)",
    )


def add_mirror(parser: argparse.ArgumentParser) -> None:
    """Add `--mirror`."""
    parser.add_argument(
        "--mirror",
        choices=("on", "off", "auto"),
        default="auto",
        help="whether the learner moves as in a mirror; auto takes what fits better "
        "(default: auto)",
    )


def add_dancers(parser: argparse.ArgumentParser) -> None:
    """Add `--dancers`."""
    parser.add_argument(
        "--dancers",
        type=int,
        choices=range(1, MAX_DANCERS + 1),
        metavar="N",
        help="how many dance in the picture, 1 to 4: each, from left to right, gets a score of "
        "their own (default: one learner)",
    )


def parse_fps(text: str) -> float:
    """Samples per second, above 0 and up to 120."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= MAX_FPS:
        raise argparse.ArgumentTypeError(
            f"expected a number above 0 and up to {MAX_FPS:g}, got {text!r}"
        )
    return value


def parse_workers(text: str) -> int:
    """A number of workers, 1 to MAX_WORKERS."""
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MAX_WORKERS:
        raise argparse.ArgumentTypeError(
            f"expected a whole number from 1 to {MAX_WORKERS}, got {text!r}"
        )
    return int(text)


def check_target(*targets: str | Path | None) -> None:
    """Check that each output can be written, before the work begins.

    :raises BadConfig: a folder is missing, an output is a folder, or two outputs are the same.
    """
    given = [str(target) for target in targets if target is not None]
    for target in given:
        if target == STDOUT:
            continue
        path = Path(target)
        if path.is_dir():
            raise BadConfig(f"{path}: expected a file to write to, got a folder")
        if not path.absolute().parent.is_dir():
            raise BadConfig(
                f"{path}: expected a folder {path.parent} to write into, but it is missing"
            )
    if len(set(given)) < len(given):
        raise BadConfig(f"expected different files to write to, got {', '.join(given)}")


def write_text(target: str | Path, text: str) -> None:
    """Write a file, completely or not at all; `-` is stdout."""
    if str(target) == STDOUT:
        sys.stdout.write(text)
        return
    with atomic_write(Path(target)) as part:
        part.write_text(text, "utf-8")
