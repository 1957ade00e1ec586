"""Where results are kept: a path, or the URL of a database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from rtc_server.errors import BadConfig

EXPECTED = "history: expected a path, sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE"
PLACES = ("host", "port")  # of the parameters that a URL may have; others may be secrets
DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


@dataclass(frozen=True, slots=True)
class Address:
    """A database's address; `shown` is safe to print, for it has no password."""

    url: URL
    path: Path | None  # of SQLite's file

    @property
    def shown(self) -> str:
        if self.path is not None:
            return str(self.path)
        where = {name: value for name, value in self.url.query.items() if name in PLACES}
        plain = self.url.set(drivername="postgresql", query=where)
        return plain.render_as_string(hide_password=True)


def parse_address(setting: str) -> Address:
    """Read the setting `history`, which is not empty.

    :raises BadConfig: a URL that cannot be read, or of another kind of database.
    """
    if "://" not in setting:
        return _file(Path(setting))
    try:
        url = make_url(setting)
    except (ArgumentError, ValueError):
        raise BadConfig(f"{EXPECTED}, got a URL that cannot be read") from None
    if url.drivername not in DRIVERS:
        raise BadConfig(f"{EXPECTED}, got a URL that begins with {url.drivername}://")
    url = url.set(drivername=DRIVERS[url.drivername])
    if url.drivername != "sqlite":
        return Address(url, None)
    if url.database in (None, "", ":memory:"):
        raise BadConfig(f"{EXPECTED}, got {setting!r} without a path: it would keep nothing")
    return _file(Path(str(url.database)))


def _file(path: Path) -> Address:
    path = path.expanduser().absolute()
    return Address(URL.create("sqlite", database=str(path)), path)
