"""`python run.py COMMAND …`: runs a command and reports a failure in one sentence."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import NoReturn

from rtc_server import __version__
from rtc_server.error_text import error_sentence

DONE, FAILED, INTERRUPTED, TERMINATED = 0, 1, 130, 143
DEFAULT_COMMAND = "serve"
# In the order of `--help`. These modules are light: they import heavy libraries only when they run.
COMMANDS = {
    name: f"rtc_server.commands.{name}"
    for name in (
        *("serve", "models", "pose", "extract", "lesson", "compare", "client", "history"),
        *("healthcheck", "invite", "cluster"),
    )
} | {"class": "rtc_server.commands.classes"}  # a word that no module can have for its name
EPILOG = """\
examples:
  python run.py                                       run the server on http://127.0.0.1:8080
  python run.py lesson add dance.mp4 --id dance       make a lesson from your own video
  python run.py extract dance.mp4 --csv poses.csv     write an instructor's poses
  python run.py COMMAND --help                        show more, with examples
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 failed, 2 wrong usage, 130 Ctrl-C."""
    words = _add_default_command(list(sys.argv[1:] if argv is None else argv))
    args = _create_parser(words[0]).parse_args(words)
    if args.command != DEFAULT_COMMAND:  # the server configures its own logging
        logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")
    try:
        with _unwind_on_sigterm(args.command):
            status: int = importlib.import_module(COMMANDS[args.command]).run(args)
            sys.stdout.flush()
            return status
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output is gone: Python's own flush at exit must not fail, too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # a user gets one sentence; --debug shows the traceback
        if args.debug:
            raise
        print(f"error: {error_sentence(error, ' (--debug shows where)')}", file=sys.stderr)
        return FAILED


def _create_parser(command: str) -> argparse.ArgumentParser:
    """A parser for one command, or for all if the word is not a command (`--help`, a typo)."""
    parser = argparse.ArgumentParser(
        prog="run.py",
        description="Tandem plays an instructor's video and scores live how well a learner "
        "follows.\nWithout a command it runs the server.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"Tandem {__version__}")
    parser.set_defaults(debug=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in [command] if command in COMMANDS else COMMANDS:
        importlib.import_module(COMMANDS[name]).add_parser(commands)
    _add_debug_flag(parser)
    return parser


def _add_default_command(argv: list[str]) -> list[str]:
    """Without a command, insert the default one: `run.py --port 9000` runs the server."""
    if not argv or (argv[0].startswith("-") and argv[0] not in ("-h", "--help", "--version")):
        rest = [word for word in argv if word != "--debug"]
        if rest and rest[0] in COMMANDS:  # `--debug extract …`
            return [*rest, "--debug"]
        return [DEFAULT_COMMAND, *argv]
    return argv


def _add_debug_flag(parser: argparse.ArgumentParser) -> None:
    """Add `--debug` to every command and its actions."""
    parsers = [parser]
    while parsers:
        one = parsers.pop()
        one.add_argument(
            "--debug",
            action="store_true",
            default=argparse.SUPPRESS,
            help="show the traceback of an error",
        )
        for action in one._actions:
            if isinstance(action, argparse._SubParsersAction):
                parsers += set(action.choices.values())


@contextlib.contextmanager
def _unwind_on_sigterm(command: str) -> Iterator[None]:
    """Make SIGTERM raise, as Ctrl-C does, so that no half-written files are left behind."""

    def on_signal(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(TERMINATED)

    if command == DEFAULT_COMMAND:  # it ends its sessions first
        yield
        return
    try:
        before = signal.signal(signal.SIGTERM, on_signal)
    except ValueError:  # not in the main thread: signal handlers are the caller's
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
