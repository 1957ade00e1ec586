"""`healthcheck`: asks the server on this machine whether it is alive, for container engines."""

from __future__ import annotations

import argparse
import json
import ssl
import sys
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any

from rtc_server.commands.arguments import new_parser
from rtc_server.config import Config
from rtc_server.config_sources import load_config

TIMEOUT_S = 5.0
EVERY_ADDRESS = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}
EXAMPLES = """\
  python run.py healthcheck          exit status 0 if the server of the same settings is alive
"""


def add_parser(subparsers: Any) -> None:
    """`run.py healthcheck --help`."""
    parser = new_parser(
        subparsers,
        "healthcheck",
        "ask the running server whether it is alive",
        "Ask /healthz of the server that runs on this machine with the same settings (TANDEM_HOST, "
        "TANDEM_PORT, or the file); exit with 1 and the reason if it is not well.",
        EXAMPLES,
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="the TOML file with which the server runs"
    )


def run(args: argparse.Namespace) -> int:
    """Ask once; 0 if the server is well."""
    problem = find_health_problem(load_config({}, file=args.config))
    if problem is None:
        print("alive")
        return 0
    print(f"error: {problem}", file=sys.stderr)
    return 1


def find_health_problem(config: Config) -> str | None:
    """Why the server of these settings is not well; None if it is.

    A server with a certificate redirects to HTTPS on the same port.
    """
    host = EVERY_ADDRESS.get(config.host, config.host)
    try:
        status, body = _ask(HTTPConnection(host, config.port, timeout=TIMEOUT_S))
        if status == HTTPStatus.PERMANENT_REDIRECT:
            # The certificate has another name than this, and nobody is trusted here with anything.
            trusting = ssl._create_unverified_context()
            connection = HTTPSConnection(host, config.port, timeout=TIMEOUT_S, context=trusting)
            status, body = _ask(connection)
    except (OSError, HTTPException) as error:
        return (
            f"expected an answer from {host} port {config.port} within {TIMEOUT_S:.0f} s: {error}"
        )
    return (
        None if status == HTTPStatus.OK else f"expected status 200, got {status}: {_reason(body)}"
    )


def _ask(connection: HTTPConnection) -> tuple[int, bytes]:
    try:
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        return response.status, response.read(1 << 16)
    finally:
        connection.close()


def _reason(body: bytes) -> str:
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, TypeError, KeyError):
        return body[:200].decode("utf-8", "replace")
