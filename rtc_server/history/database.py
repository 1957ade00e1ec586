"""Opens the database of results: connects, checks it, and brings its tables up to date."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from rtc_server.errors import BadHistory
from rtc_server.history.database_url import Address
from rtc_server.history.tables import VERSION_TABLE
from rtc_server.protocol.server_messages import to_json

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
BUSY_MS = 5000  # how long to wait for another process that writes
CONNECT_S = 5
STATEMENT_MS = 10_000
MIGRATING = 0x7A6E64656D  # PostgreSQL's advisory lock: one server at a time prepares the tables
# FULL: what is committed is on the disk, also in WAL mode. Secure delete: what is deleted is
# overwritten. https://www.sqlite.org/pragma.html
PRAGMAS = (
    f"busy_timeout = {BUSY_MS}",
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
)
ELSEWHERE = "--history names another place, --history '' keeps no results"


def open_database(address: Address, *, create: bool = True) -> sa.Engine:
    """Give an engine whose tables are as this version needs them.

    :param create: whether a file that is not there may be begun.
    :raises BadHistory: it cannot be reached or read, is not ours, or is newer than this version.
    """
    if address.path is not None:
        _prepare_folder(address.path, create)
    engine = _engine(address)
    try:
        with writing(engine) as connection:
            _prepare(connection, address)
    except (SQLAlchemyError, CommandError, OSError) as error:
        engine.dispose()
        raise BadHistory(_sentence(address, error)) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def writing(engine: sa.Engine) -> AbstractContextManager[sa.Connection]:
    """A transaction that will write; SQLite's takes its lock at once and so never has to give up.

    https://www.sqlite.org/lang_transaction.html
    """
    return engine.execution_options(begin="BEGIN IMMEDIATE").begin()


def cause(error: Exception) -> str:
    """What the driver said, on one line."""
    return " ".join(str(getattr(error, "orig", None) or error).split())


def _prepare_folder(path: Path, create: bool) -> None:
    if not create and not path.exists():
        raise BadHistory(f"{path}: expected a history, nothing has been kept there yet")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadHistory(
            f"{path}: its folder cannot be made ({error.strerror}); {ELSEWHERE}"
        ) from None


def _engine(address: Address) -> sa.Engine:
    # One connection, for one thread. Parameters are hidden from errors: they name learners.
    common: dict[str, Any] = {"hide_parameters": True, "pool_size": 1, "max_overflow": 0}
    common["json_serializer"] = to_json
    if address.path is not None:
        engine = sa.create_engine(address.url, **common)
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    settings: dict[str, Any] = {
        "connect_timeout": CONNECT_S,
        "tcp_user_timeout": STATEMENT_MS,
        "application_name": "tandem",
        "options": f"-c statement_timeout={STATEMENT_MS}",
    }
    wanted = {name: value for name, value in settings.items() if name not in address.url.query}
    # Pinged before use: a database that was restarted is connected to anew.
    return sa.create_engine(address.url, connect_args=wanted, pool_pre_ping=True, **common)


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # Python's module would leave DDL out of transactions
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    if (statement := connection.get_execution_options().get("begin", "BEGIN")) is not None:
        connection.exec_driver_sql(statement)


def _prepare(connection: sa.Connection, address: Address) -> None:
    """Check what is there, then migrate; all of it, or nothing where the process is killed."""
    if address.path is not None:
        _check_file(connection, address)
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    # "%" begins an interpolation in Alembic's configuration.
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    script = ScriptDirectory.from_config(settings)
    options = {"version_table": VERSION_TABLE}
    there = set(MigrationContext.configure(connection, opts=options).get_current_heads())
    if newer := there - {known.revision for known in script.walk_revisions()}:
        raise BadHistory(
            f"{address.shown}: a newer Tandem wrote it (version {', '.join(sorted(newer))}, this "
            f"one knows {', '.join(script.get_heads())}); update Tandem, or {ELSEWHERE}"
        )
    if there != set(script.get_heads()):
        command.upgrade(settings, "head")


def _check_file(connection: sa.Connection, address: Address) -> None:
    """See that SQLite's file is whole, and ours."""
    if (found := connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()) != "ok":
        raise BadHistory(_broken(address, str(found)))
    tables = sa.inspect(connection).get_table_names()
    if tables and VERSION_TABLE not in tables:
        raise BadHistory(
            f"{address.shown}: expected a history, it holds other tables ({tables[0]}, …); "
            f"{ELSEWHERE}"
        )


def _sentence(address: Address, error: Exception) -> str:
    if address.path is not None:
        return _broken(address, cause(error))
    return (
        f"{address.shown}: the database cannot be used ({cause(error)}); "
        f"see that it runs and that the address is right, or {ELSEWHERE}"
    )


def _broken(address: Address, what: str) -> str:
    return (
        f"{address.shown}: the history cannot be opened ({what}); put a backup in its place, move "
        f"it away to begin a new one, or {ELSEWHERE}"
    )
