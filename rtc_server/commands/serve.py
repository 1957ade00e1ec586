"""`serve`: runs the server; the first run makes the demo lesson."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
from dataclasses import fields
from typing import Any

from rtc_server.commands.arguments import new_parser
from rtc_server.commands.serve_flags import add_serve_flags
from rtc_server.config import Config
from rtc_server.config_sources import load_config
from rtc_server.log_format import make_formatter
from rtc_server.repeated_lines import RepeatedLines

EXAMPLES = """\
  python run.py                                  the page on http://127.0.0.1:8080
  python run.py serve --port 9000 --max-sessions 4
  python run.py serve --history postgresql://tandem:secret@db.example/tandem
  python run.py serve --lan                      for phones in the same network, with a QR code
  python run.py serve --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem
                                                 for other devices: browsers give the camera only
                                                 to https or localhost

Every setting can also be in a TOML file (--config) or in the environment (TANDEM_PORT=9000). Flags
override the environment, and the environment overrides the file.
"""


def add_parser(subparsers: Any) -> None:
    """`run.py serve --help`."""
    parser = new_parser(
        subparsers,
        "serve",
        "run the server (the default command)",
        "Serve the page, the lessons and the sessions until Ctrl-C.",
        EXAMPLES,
    )
    add_serve_flags(parser)


def run(args: argparse.Namespace) -> int:
    """Prepare what is missing, then serve; give 0 after Ctrl-C."""
    names = {field.name for field in fields(Config)}
    flags = {name: value for name, value in vars(args).items() if name in names}
    config = load_config(flags, file=args.config)
    logging.basicConfig(level=logging.INFO)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(make_formatter(config.log_format))
        handler.addFilter(RepeatedLines())
    for name in ("aioice", "aiortc", "alembic", "libav"):
        logging.getLogger(name).setLevel(logging.WARNING)
    prepare(config)
    # Imported late, so that `--help` and the small commands stay quick.
    from rtc_server.app import serve
    from rtc_server.commands.lan_text import describe_lan
    from rtc_server.http.lan.announcement import Announcement
    from rtc_server.invitations.server_url import save_url
    from rtc_server.pose.inference import has_hung_workers

    def on_ready(announcement: Announcement) -> None:
        if config.access == "invite":
            save_url(config, announcement.url)
        announce(config, announcement.url)
        announce_token(config, announcement.url)
        if announcement.link is not None:
            print(describe_lan(announcement), flush=True)
        elif announcement.fingerprint:
            print(
                f"Devices that install {announcement.url}/ca.crt know its certificate; SHA-256 "
                f"{announcement.fingerprint}",
                flush=True,
            )

    asyncio.run(serve(config, on_ready))
    print("Tandem has stopped.", flush=True)
    if has_hung_workers():
        logging.shutdown()
        os._exit(0)  # everything is stored and closed; only the pose engine's thread hangs
    return 0


def announce(config: Config, url: str) -> None:
    """Print the server's address, who may do what, and where results are kept."""
    print(f"Tandem is ready: {url}", flush=True)
    if config.access == "invite":
        print("Only the invited may come: `run.py invite` makes a link for them.", flush=True)
    if not config.uploads:
        print("Lessons cannot be added over HTTP (uploads = false).", flush=True)
    if not config.history:
        print("No results are kept (--history says where to keep them).", flush=True)
        return
    from rtc_server.history.database_url import parse_database_url

    access = {
        "auto": "learners read and delete their own, teachers all"
        if config.access == "invite"
        else "only who has the token may read and delete them by name"
        if config.token or not config.on_loopback
        else "only you on this machine, and who has the token, may read and delete them by name",
        "open": "everybody who reaches this server may read and delete them by name",
        "closed": "nobody may read or delete them by name over HTTP",
    }[config.history_access]
    where = parse_database_url(config.history).redacted
    print(f"Results are kept in {where}; {access} (--history-access).", flush=True)


def announce_token(config: Config, url: str) -> None:
    """Print the link for whoever started the server, where there is no token of their own.

    A browser does not send a fragment to the server, so no proxy writes it into its log.
    """
    if not config.token:
        print(f"If the page asks for a token, open {url}/#token={config.start_token}", flush=True)


def prepare(config: Config) -> None:
    """Download the weights and make the demo lesson, if they are missing.

    :raises BadConfig: Ray is needed and not installed, or the settings of a cluster do not do.
    """
    if config.cluster:
        from rtc_server.cluster.machines.settings import check_cluster_config

        check_cluster_config(config)
    if config.workers:
        from rtc_server.http.cluster.lifetime import require_ray

        require_ray()
    from rtc_server.commands.lesson import ensure_demo_lesson

    ensure_demo_lesson(config.lessons, config.engine)
