"""Where results are stored: a path, or the URL of a database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from rtc_server.errors import BadConfig

EXPECTED = "history: expected a path, sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE"
SAFE_PARAMETERS = ("host", "port")  # of a URL's query; the others may be secrets
DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """The URL of a database, as SQLAlchemy takes it."""

    url: URL
    path: Path | None  # of SQLite's file; None for PostgreSQL

    @property
    def redacted(self) -> str:
        """The path or the URL as it may be printed: without password and other secrets."""
        if self.path is not None:
            return str(self.path)
        safe = {name: value for name, value in self.url.query.items() if name in SAFE_PARAMETERS}
        plain = self.url.set(drivername="postgresql", query=safe)
        return plain.render_as_string(hide_password=True)


def parse_database_url(setting: str) -> DatabaseUrl:
    """Parse the setting `history`, which is not empty.

    :raises BadConfig: a URL that cannot be parsed, or of another kind of database.
    """
    if "://" not in setting:
        return _sqlite_url(Path(setting))
    try:
        url = make_url(setting)
    except (ArgumentError, ValueError):
        raise BadConfig(f"{EXPECTED}, got a URL that cannot be read") from None
    if url.drivername not in DRIVERS:
        raise BadConfig(f"{EXPECTED}, got a URL that begins with {url.drivername}://")
    url = url.set(drivername=DRIVERS[url.drivername])
    if url.drivername != "sqlite":
        return DatabaseUrl(url, None)
    if url.database in (None, "", ":memory:"):
        raise BadConfig(f"{EXPECTED}, got {setting!r} without a path: it would keep nothing")
    return _sqlite_url(Path(str(url.database)))


def _sqlite_url(path: Path) -> DatabaseUrl:
    path = path.expanduser().absolute()
    return DatabaseUrl(URL.create("sqlite", database=str(path)), path)
