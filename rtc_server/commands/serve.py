"""`serve`: the server, with the demo lesson made on the first run."""

from __future__ import annotations

import argparse
import asyncio
import logging
from dataclasses import fields
from pathlib import Path
from typing import Any

from rtc_server import config
from rtc_server.config import ACCESS, ENGINES, PRECISIONS, Config
from rtc_server.http.auth import why_uploads_closed

EXAMPLES = """\
examples:
  python run.py                                  the page on http://127.0.0.1:8080
  python run.py serve --port 9000 --max-sessions 4
  python run.py serve --history postgresql://tandem:secret@db.example/tandem
  python run.py serve --host 0.0.0.0             for other devices; browsers give the camera
                                                 only to https or localhost, so put it behind TLS

Every setting may also stand in a TOML file (--config) or in the environment (TANDEM_PORT=9000).
Flags win over the environment, the environment over the file.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `serve`; those not given leave a setting as it is."""
    default = Config()
    parser.add_argument("--host", help=f"address to listen on (default {default.host})")
    parser.add_argument("--port", type=int, help=f"0 takes a free one (default {default.port})")
    parser.add_argument("--lessons", type=Path, metavar="DIR", help="where the lessons lie")
    parser.add_argument(
        "--history",
        metavar="URL",
        help="where results are kept: a file's path, or postgresql://USER:PASSWORD@HOST/DATABASE; "
        "'' keeps none (default data/history.sqlite3)",
    )
    parser.add_argument(
        "--history-access",
        choices=ACCESS,
        help="who may read and delete results by name over HTTP: open is all who reach the server, "
        "auto is this machine only and no proxy (default auto)",
    )
    parser.add_argument("--engine", choices=ENGINES, help="auto takes OpenVINO where it imports")
    parser.add_argument(
        "--pose-precision",
        choices=PRECISIONS,
        help="what the network calculates in when it looks at learners; bf16 takes about half the "
        "time of f32 on processors that support it, and the server does not start on others "
        "(default auto: bf16 where it is supported)",
    )
    parser.add_argument("--pose-fps", type=float, help="scores a second (default 5)")
    parser.add_argument(
        "--crop-side",
        type=int,
        metavar="PIXELS",
        help="what the network sees of a learner, 96 to 368; larger is finer (default 0: the "
        "finest that this machine has time for, measured at the start)",
    )
    parser.add_argument(
        "--max-sessions", type=int, metavar="N", help=f"learners (default {default.max_sessions})"
    )
    parser.add_argument(
        "--no-uploads",
        dest="uploads",
        action="store_const",
        const=False,
        help="lessons are not added, renamed or removed over HTTP",
    )
    parser.add_argument(
        "--token",
        help="what whoever changes lessons over HTTP must know; without one nobody may where other "
        "machines reach the server (better as TANDEM_TOKEN: others see a process's flags)",
    )
    for name, unit in (("mb", "MB"), ("s", "seconds")):
        parser.add_argument(
            f"--upload-max-{name}",
            type=int,
            metavar="N",
            help=f"{unit} that an uploaded video may have (default "
            f"{getattr(default, f'upload_max_{name}'):g})",
        )
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML")


def add_parser(subparsers: Any) -> None:
    """`run.py serve --help`."""
    parser = subparsers.add_parser(
        "serve",
        help="the server (the default command)",
        description="Serve the page, the lessons and the sessions until Ctrl-C.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Prepare what is missing, then serve; 0 after Ctrl-C."""
    names = {field.name for field in fields(Config)}
    flags = {name: value for name, value in vars(args).items() if name in names}
    settings = config.load(flags, file=args.config)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("aioice", "aiortc", "alembic", "libav"):
        logging.getLogger(name).setLevel(logging.WARNING)
    prepare(settings)
    # Imported late, so that `--help` and the small commands stay quick.
    from rtc_server.app import serve

    asyncio.run(serve(settings, lambda url: announce(settings, url)))
    print("Tandem has stopped.", flush=True)
    return 0


def announce(settings: Config, url: str) -> None:
    """Say where learners may go, whether lessons may come, and where what is kept of them lies."""
    print(f"Tandem is ready: {url}", flush=True)
    if closed := why_uploads_closed(settings, {"Host": "localhost"}):
        print(f"No lessons are taken over HTTP: {closed}.", flush=True)
    if not settings.history:
        print("No results are kept (--history says where to).", flush=True)
        return
    from rtc_server.history.database_url import parse_database_url

    who = {
        "auto": "this machine may read and delete them by name, others may not",
        "open": "whoever reaches this server may read and delete them by name",
        "closed": "nobody may read or delete them by name over HTTP",
    }[settings.history_access]
    where = parse_database_url(settings.history).redacted
    print(f"Results are kept in {where}; {who} (--history-access).", flush=True)


def prepare(settings: Config) -> None:
    """Fetch the weights and make the demo lesson, where they are not there yet."""
    from rtc_server.commands.lesson import ensure_demo_lesson

    ensure_demo_lesson(settings.lessons, settings.engine)
