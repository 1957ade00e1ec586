"""Opens the database of results: connects, checks it, and migrates its tables."""

from __future__ import annotations

import sqlite3
import time
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
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from rtc_server.errors import BadHistory
from rtc_server.history.database_url import DatabaseUrl
from rtc_server.history.tables import VERSION_TABLE
from rtc_server.protocol.server_messages import to_json

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
BUSY_TIMEOUT_MS = 5000  # how long to wait for another process that writes
BUSY_PAUSE_S = 0.02
CONNECT_TIMEOUT_S = 5
STATEMENT_TIMEOUT_MS = 10_000
MIGRATION_LOCK = 0x7A6E64656D  # of PostgreSQL (advisory): one server at a time migrates
# FULL: what is committed is on the disk, also in WAL mode. Secure delete: deleted content is
# overwritten. https://www.sqlite.org/pragma.html
PRAGMAS = (
    f"busy_timeout = {BUSY_TIMEOUT_MS}",
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
)
ADVICE = "name another place with --history, or keep no results with --history ''"


def open_engine(database: DatabaseUrl, *, create: bool = True) -> sa.Engine:
    """An engine on a database whose tables are migrated to this version.

    :param create: whether a missing file of SQLite may be created.
    :raises BadHistory: the database cannot be reached or read, belongs to another program, or was
        written by a newer version.
    """
    if database.path is not None:
        _create_folder(database.path, create)
    engine = _create_engine(database)
    try:
        _migrate_when_free(engine, database)
    except (SQLAlchemyError, CommandError, OSError) as error:
        engine.dispose()
        raise BadHistory(_unusable(database, error)) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def begin_write(engine: sa.Engine) -> AbstractContextManager[sa.Connection]:
    """A transaction that writes; SQLite locks the file at once, so that it never fails later.

    https://www.sqlite.org/lang_transaction.html
    """
    return engine.execution_options(begin="BEGIN IMMEDIATE").begin()


def driver_message(error: Exception) -> str:
    """The message of the database's driver, on one line."""
    return " ".join(str(getattr(error, "orig", None) or error).split())


def _create_folder(path: Path, create: bool) -> None:
    if not create and not path.exists():
        raise BadHistory(f"{path}: expected a history, but nothing has been kept there yet")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadHistory(
            f"{path}: its folder cannot be made ({error.strerror}); {ADVICE}"
        ) from None


def _create_engine(database: DatabaseUrl) -> sa.Engine:
    # One connection, for one thread. Error messages hide parameters: they contain learners' names.
    common: dict[str, Any] = {"hide_parameters": True, "pool_size": 1, "max_overflow": 0}
    common["json_serializer"] = to_json
    if database.path is not None:
        engine = sa.create_engine(database.url, **common)
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_transaction)
        return engine
    settings: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "tcp_user_timeout": STATEMENT_TIMEOUT_MS,
        "application_name": "tandem",
        "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS}",
    }
    defaults = {name: value for name, value in settings.items() if name not in database.url.query}
    # Pinged before use, so that it reconnects to a database that was restarted.
    return sa.create_engine(database.url, connect_args=defaults, pool_pre_ping=True, **common)


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # Python's module would leave DDL out of transactions
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_transaction(connection: sa.Connection) -> None:
    if (statement := connection.get_execution_options().get("begin", "BEGIN")) is not None:
        connection.exec_driver_sql(statement)


def _migrate_when_free(engine: sa.Engine, database: DatabaseUrl) -> None:
    """Migrate; where another server makes the same file, wait for it.

    SQLite does not wait by itself while a file changes to WAL mode, but says at once that it is
    locked (https://www.sqlite.org/c3ref/busy_handler.html: it may be invoked or not).
    """
    until_s = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            with begin_write(engine) as connection:
                _migrate(connection, database)
            return
        except OperationalError as error:
            code = getattr(error.orig, "sqlite_errorcode", None)
            if code != sqlite3.SQLITE_BUSY or time.monotonic() >= until_s:
                raise
        time.sleep(BUSY_PAUSE_S)


def _migrate(connection: sa.Connection, database: DatabaseUrl) -> None:
    """Check the database, then migrate it: completely, or not at all if the process is killed."""
    if database.path is not None:
        _check_file(connection, database)
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    # In Alembic's configuration "%" begins an interpolation.
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    script = ScriptDirectory.from_config(settings)
    options = {"version_table": VERSION_TABLE}
    current = set(MigrationContext.configure(connection, opts=options).get_current_heads())
    if newer := current - {known.revision for known in script.walk_revisions()}:
        raise BadHistory(
            f"{database.redacted}: a newer Tandem wrote it (version "
            f"{', '.join(sorted(newer))}, this one knows {', '.join(script.get_heads())}); "
            f"update Tandem, or {ADVICE}"
        )
    if current != set(script.get_heads()):
        command.upgrade(settings, "head")


def _check_file(connection: sa.Connection, database: DatabaseUrl) -> None:
    """
    :raises BadHistory: SQLite's file is damaged, or belongs to another program.
    """
    if (found := connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()) != "ok":
        raise BadHistory(_broken(database, str(found)))
    tables = sa.inspect(connection).get_table_names()
    if tables and VERSION_TABLE not in tables:
        raise BadHistory(
            f"{database.redacted}: expected a history, but it holds other tables ({tables[0]}, …); "
            f"{ADVICE}"
        )


def _unusable(database: DatabaseUrl, error: Exception) -> str:
    if database.path is not None:
        return _broken(database, driver_message(error))
    return (
        f"{database.redacted}: the database cannot be used ({driver_message(error)}); "
        f"check that it is running and that the address is right, or {ADVICE}"
    )


def _broken(database: DatabaseUrl, problem: str) -> str:
    return (
        f"{database.redacted}: the history cannot be opened ({problem}); put a backup in its "
        f"place, move it away to begin a new one, or {ADVICE}"
    )
