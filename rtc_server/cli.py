"""`python run.py COMMAND …`: finds the command, runs it, and says in one sentence what failed."""

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
from rtc_server.error_text import sentence_of

DONE, FAILED, INTERRUPTED, TERMINATED = 0, 1, 130, 143
DEFAULT = "serve"
# Commands in the order of `--help`. Their modules are light: what is heavy they import when run.
COMMANDS = {
    name: f"rtc_server.commands.{name}"
    for name in ("serve", "models", "pose", "extract", "lesson", "compare", "client", "history")
}
EPILOG = """\
examples:
  python run.py                                       the server, on http://127.0.0.1:8080
  python run.py lesson add dance.mp4 --id dance       a lesson of your own
  python run.py extract dance.mp4 --csv poses.csv     an instructor's poses
  python run.py COMMAND --help                        more, with examples
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; give the exit status: 0 done, 1 failed, 2 wrong usage, 130 Ctrl-C."""
    words = _with_default(list(sys.argv[1:] if argv is None else argv))
    args = _parser(words[0]).parse_args(words)
    if args.command != DEFAULT:  # the server sets up its own
        logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")
    try:
        with _terminable(args.command):
            status: int = importlib.import_module(COMMANDS[args.command]).run(args)
            sys.stdout.flush()
            return status
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Who read our output has gone: let Python's own flush at exit go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # a user gets one sentence of anything; --debug gives the trace
        if args.debug:
            raise
        print(f"error: {sentence_of(error, ' (--debug shows where)')}", file=sys.stderr)
        return FAILED


def _parser(command: str) -> argparse.ArgumentParser:
    """The parser of one command, or of all of them where the word is none (`--help`, a slip)."""
    parser = argparse.ArgumentParser(
        prog="run.py",
        description="Tandem plays an instructor beside a learner and says live how well they "
        "follow. Without a command it serves.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"Tandem {__version__}")
    parser.set_defaults(debug=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in [command] if command in COMMANDS else COMMANDS:
        importlib.import_module(COMMANDS[name]).add_parser(commands)
    _accept_debug(parser)
    return parser


def _with_default(argv: list[str]) -> list[str]:
    """`run.py --port 9000` serves, too."""
    if not argv or (argv[0].startswith("-") and argv[0] not in ("-h", "--help", "--version")):
        rest = [word for word in argv if word != "--debug"]
        if rest and rest[0] in COMMANDS:  # `--debug extract …`
            return [*rest, "--debug"]
        return [DEFAULT, *argv]
    return argv


def _accept_debug(parser: argparse.ArgumentParser) -> None:
    """Give every command, and every command of a command, the flag `--debug`."""
    parsers = [parser]
    while parsers:
        one = parsers.pop()
        one.add_argument(
            "--debug",
            action="store_true",
            default=argparse.SUPPRESS,
            help="show where an error came from",
        )
        for action in one._actions:
            if isinstance(action, argparse._SubParsersAction):
                parsers += set(action.choices.values())


@contextlib.contextmanager
def _terminable(command: str) -> Iterator[None]:
    """Let SIGTERM unwind as Ctrl-C does, so that nothing half-made is left behind."""

    def leave(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(TERMINATED)

    if command == DEFAULT:  # it drains its sessions first
        yield
        return
    try:
        before = signal.signal(signal.SIGTERM, leave)
    except ValueError:  # not in the main thread: the caller's signals are not ours
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
