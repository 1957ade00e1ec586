"""`cluster status | drain | restart`: the session hosts of a running server (`serve --workers`)."""

from __future__ import annotations

import argparse
import json
import ssl
import time
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rtc_server.commands.arguments import new_parser
from rtc_server.config import Config
from rtc_server.config_sources import load_config
from rtc_server.errors import BadConfig, SessionFailed

TIMEOUT_S = 10.0
POLL_S = 0.5
REPLACED_S = 120.0  # for a host to start, on a slow machine
MAX_BYTES = 1 << 20
COLUMNS = ("host", "state", "learners", "cores", "slowest/s", "report", "version", "pid", "udp")
EXAMPLES = """\
  python run.py cluster status             the hosts, with their load
  python run.py cluster status --json
  python run.py cluster drain w2           nobody new there; it ends with its last session
  python run.py cluster restart            one host after the other, and no session ends for it
  python run.py cluster restart w1 --url http://127.0.0.1:9000

Start the server with --workers N. These commands are for the operator: run them as the server's
user on its machine, or with its token in TANDEM_TOKEN.
"""


def add_parser(subparsers: Any) -> None:
    """`run.py cluster --help`."""
    parser = new_parser(
        subparsers,
        "cluster",
        "list, drain and restart session hosts",
        "Look after the processes that run sessions (serve --workers).",
        EXAMPLES,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    status = actions.add_parser("status", help="list the hosts, with load, sessions and versions")
    status.add_argument("--json", action="store_true", help="print JSON")
    drain = actions.add_parser("drain", help="let a host end with its last session")
    drain.add_argument("host", metavar="HOST", help="its name, as `cluster status` shows it")
    restart = actions.add_parser(
        "restart", help="start another host for each, and drain the old one"
    )
    restart.add_argument("hosts", metavar="HOST", nargs="*", help="their names (default: all)")
    for one in (status, drain, restart):
        one.add_argument(
            "--url", help="address of the server (default: this machine, and the port as set)"
        )
        one.add_argument(
            "--config", type=Path, metavar="FILE", help="the TOML file with which the server runs"
        )


def run(args: argparse.Namespace) -> int:
    """Run the action `args.action`."""
    server = OwnServer(load_config({}, file=args.config), args.url)
    ACTIONS[args.action](args, server)
    return 0


class OwnServer:
    """The server of the same operator, over HTTP."""

    def __init__(self, config: Config, url: str | None) -> None:
        """
        :raises BadConfig: the address is none.
        """
        scheme = "https" if config.tls_cert or config.has_own_certificate else "http"
        address = urlsplit(url or f"{scheme}://127.0.0.1:{config.port}")
        if address.scheme not in ("http", "https") or not address.hostname:
            raise BadConfig(f"url: expected an address as http://127.0.0.1:8080, got {url!r:.80}")
        self._scheme, self._host = address.scheme, address.hostname
        self._port = address.port or (443 if self._scheme == "https" else 80)
        self._headers = {"Authorization": f"Bearer {config.token}"} if config.token else {}

    def ask(self, method: str, path: str) -> Any:
        """The JSON of its answer.

        :raises SessionFailed: it refuses, or there is no server.
        """
        connection = self._connect()
        try:
            connection.request(method, path, headers=self._headers)
            response = connection.getresponse()
            status, answer = response.status, json.loads(response.read(MAX_BYTES))
        except (OSError, HTTPException, ValueError) as error:
            raise SessionFailed(
                f"expected an answer from {self._host} port {self._port}: {error}; "
                "--url says where the server is"
            ) from error
        finally:
            connection.close()
        if status >= HTTPStatus.BAD_REQUEST:
            raise SessionFailed(f"the server answers {status}: {answer.get('detail')}")
        return answer

    def _connect(self) -> HTTPConnection:
        if self._scheme == "http":
            return HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        context = ssl.create_default_context()
        if self._host in ("127.0.0.1", "localhost", "::1"):
            # Its certificate has another name, and the address is this machine's.
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return HTTPSConnection(self._host, self._port, timeout=TIMEOUT_S, context=context)


def _status(args: argparse.Namespace, server: OwnServer) -> None:
    cluster = server.ask("GET", "/api/cluster")
    if args.json:
        print(json.dumps(cluster))
        return
    rows = [COLUMNS, *(_make_row(host) for host in cluster["hosts"])]
    widths = [max(len(row[k]) for row in rows) for k in range(len(COLUMNS))]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
    counted = "" if cluster["max_sessions"] else " now, by what their machines have time for"
    print(f"learners: {cluster['sessions']}, {cluster['places']} at most{counted}")
    for host in cluster["hosts"]:
        if host["problem"]:
            print(f"{host['name']} is not well: {host['problem']}")


def _make_row(host: dict[str, Any]) -> tuple[str, ...]:
    def show(name: str, form: str = "") -> str:
        return "-" if host[name] is None else format(host[name], form)

    age = "-" if host["report_age_s"] is None else f"{host['report_age_s']:.1f} s ago"
    return (
        *(host["name"], host["state"], show("sessions"), show("cores", ".2f")),
        *(show("slowest_per_s", ".2f"), age, show("version"), show("pid"), show("udp_port")),
    )


def _drain(args: argparse.Namespace, server: OwnServer) -> None:
    host = server.ask("POST", f"/api/cluster/hosts/{args.host}/drain")
    print(f"{host['name']} takes no more learners; it ends when its {host['sessions']} have ended")


def _restart(args: argparse.Namespace, server: OwnServer) -> None:
    names = args.hosts or [
        host["name"]
        for host in server.ask("GET", "/api/cluster")["hosts"]
        if host["state"] in ("starting", "ready")
    ]
    for name in names:
        server.ask("POST", f"/api/cluster/hosts/{name}/drain?replace=true")
        _wait_until_replaced(server, name)
        print(f"{name}: another host has taken its place", flush=True)


def _wait_until_replaced(server: OwnServer, name: str) -> None:
    """
    :raises SessionFailed: no other host became ready in time.
    """
    until_s = time.monotonic() + REPLACED_S
    while time.monotonic() < until_s:
        hosts = {host["name"]: host for host in server.ask("GET", "/api/cluster")["hosts"]}
        if name not in hosts or hosts[name]["state"] != "ready":
            return
        time.sleep(POLL_S)
    raise SessionFailed(f"no host took the place of {name} within {REPLACED_S:.0f} s; see the log")


ACTIONS: dict[str, Callable[[argparse.Namespace, OwnServer], None]] = {
    "status": _status,
    "drain": _drain,
    "restart": _restart,
}
